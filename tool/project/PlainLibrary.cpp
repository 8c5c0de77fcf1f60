//===- PlainLibrary.cpp - the standard library without constexpr ----------===//

#include "PlainLibrary.h"
#include "clang/Frontend/CompilerInstance.h"
#include "clang/Lex/HeaderSearchOptions.h"
#include "clang/Lex/MacroInfo.h"
#include "clang/Lex/PPCallbacks.h"
#include "clang/Lex/Preprocessor.h"
#include "clang/Lex/PreprocessorOptions.h"
#include "llvm/ADT/SmallPtrSet.h"

using namespace clang;

namespace nostall {

llvm::ArrayRef<llvm::StringLiteral> PlainLibrary::macros() {
  static constexpr llvm::StringLiteral Names[] = {
      // libstdc++; the second is basic_string.h's own, up to GCC 12.
      "_GLIBCXX20_CONSTEXPR",
      "_GLIBCXX_STRING_CONSTEXPR",
      // libc++
      "_LIBCPP_CONSTEXPR_SINCE_CXX20",
      "_LIBCPP_CONSTEXPR_SINCE_CXX23",
  };
  return Names;
}

class PlainLibrary::Macros : public PPCallbacks {
public:
  Macros(PlainLibrary &Library, Preprocessor &PP) : Library(Library), PP(PP) {
    // Before C++23, a constexpr function cannot return a string that is plain,
    // as one of libc++ does.
    for (StringRef Name : macros())
      if (PP.getLangOpts().CPlusPlus23 || !Name.starts_with("_LIBCPP_"))
        Names.insert(PP.getIdentifierInfo(Name));
  }

  void MacroDefined(const Token &Name, const MacroDirective *MD) override {
    IdentifierInfo *Macro = Name.getIdentifierInfo();
    if (!Names.contains(Macro) || MD->getMacroInfo()->tokens_empty() ||
        Library.HasFailed ||
        !PP.getSourceManager().isInSystemHeader(Name.getLocation()))
      return;
    Library.IsPlain = true;
    PP.appendDefMacroDirective(Macro, PP.AllocateMacroInfo(Name.getLocation()));
  }

private:
  PlainLibrary &Library;
  Preprocessor &PP;
  llvm::SmallPtrSet<IdentifierInfo *, 4> Names;
};

static bool readsCompiledHeaders(const CompilerInstance &Compiler) {
  const HeaderSearchOptions &Search = Compiler.getHeaderSearchOpts();
  return !Compiler.getPreprocessorOpts().ImplicitPCHInclude.empty() ||
         !Compiler.getFrontendOpts().ModuleFiles.empty() ||
         !Search.PrebuiltModuleFiles.empty() ||
         !Search.PrebuiltModulePaths.empty() || Search.ImplicitModuleMaps;
}

void PlainLibrary::provide(CompilerInstance &Compiler) {
  if (readsCompiledHeaders(Compiler))
    return;
  Preprocessor &PP = Compiler.getPreprocessor();
  PP.addPPCallbacks(std::make_unique<Macros>(*this, PP));
}

void PlainLibrary::HandleDiagnostic(DiagnosticsEngine::Level Level,
                                    const Diagnostic &Info) {
  // A header that is not found, or a limit: no library has to do with it, and
  // Clang says nothing more after it.
  HasFailed |= Level == DiagnosticsEngine::Fatal ||
               (Level == DiagnosticsEngine::Error && !IsPlain);
  if (IsPlain && !HasFailed)
    IsAtFault = true;
  if (!IsAtFault)
    User.HandleDiagnostic(Level, Info);
}

} // namespace nostall
