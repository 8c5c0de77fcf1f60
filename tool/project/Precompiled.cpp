//===- Precompiled.cpp - headers that were compiled before ----------------===//

#include "Precompiled.h"
#include "clang/Basic/Diagnostic.h"
#include "clang/Basic/DiagnosticIDs.h"
#include "clang/Basic/DiagnosticOptions.h"
#include "clang/Basic/FileManager.h"
#include "clang/Frontend/CompilerInstance.h"
#include "clang/Frontend/CompilerInvocation.h"
#include "clang/Frontend/FrontendActions.h"
#include "clang/Lex/HeaderSearchOptions.h"
#include "clang/Lex/PreprocessorOptions.h"
#include "clang/Serialization/ASTReader.h"
#include "clang/Tooling/Tooling.h"
#include "llvm/Support/MemoryBuffer.h"
#include "llvm/Support/Path.h"

using namespace clang;
using llvm::StringRef;

namespace nostall {

namespace path = llvm::sys::path;

static bool isFile(FileManager &Files, StringRef Name) {
  auto Status = Files.getVirtualFileSystem().status(Name);
  return Status && Status->isRegularFile();
}

bool compiles(const std::string &Text, const CompilerInvocation &Invocation,
              FileManager &Files,
              std::shared_ptr<PCHContainerOperations> PCHs) {
  auto Probe = std::make_shared<CompilerInvocation>(Invocation);
  Probe->getPreprocessorOpts().Includes.clear();
  Probe->getPreprocessorOpts().MacroIncludes.clear();
  Probe->getFrontendOpts().DisableFree = false;
  Probe->getCodeGenOpts().DisableFree = false;
  Probe->getDependencyOutputOpts() = DependencyOutputOptions();
  auto Source = llvm::MemoryBuffer::getMemBuffer(Text, "<probe>");
  const InputKind Kind = Probe->getFrontendOpts().Inputs.front().getKind();
  Probe->getFrontendOpts().Inputs = {
      FrontendInputFile(Source->getMemBufferRef(), Kind)};
  DiagnosticConsumer Silent; // counts errors, and does no more
  auto Action = tooling::newFrontendActionFactory<SyntaxOnlyAction>();
  return Action->runInvocation(std::move(Probe), &Files, std::move(PCHs),
                               &Silent);
}

/// Whether an empty source compiles with what \p Invocation has compiled before
/// it.
static bool canBeRead(const CompilerInvocation &Invocation, FileManager &Files,
                      std::shared_ptr<PCHContainerOperations> PCHs) {
  return compiles("\n", Invocation, Files, std::move(PCHs));
}

/// The header called \p Name in a folder above \p Source, or in one of \p
/// Below there; empty: there is none.
static std::string
findNear(FileManager &Files, StringRef Source, StringRef Name,
         llvm::ArrayRef<StringRef> Below = {"", "pch", "include"}) {
  constexpr unsigned Levels = 6;
  llvm::SmallString<256> Folder(Source);
  Files.makeAbsolutePath(Folder);
  for (unsigned Up = 0; Up != Levels && path::has_parent_path(Folder); ++Up) {
    path::remove_filename(Folder);
    for (StringRef Sub : Below) {
      llvm::SmallString<256> File(Folder);
      path::append(File, Sub, Name);
      if (isFile(Files, File))
        return std::string(File);
    }
  }
  return "";
}

/// What \p Compiled was made of, as far as it or its name tells.
static std::string headerOf(FileManager &Files, StringRef Compiled,
                            StringRef Source, PCHContainerOperations &PCHs) {
  StringRef Name = Compiled;
  if (path::extension(Name) == ".pch" || path::extension(Name) == ".gch")
    Name = Name.drop_back(4);
  if (Name != Compiled && isFile(Files, Name))
    return Name.str();
  DiagnosticOptions Options;
  DiagnosticsEngine Silent(DiagnosticIDs::create(), Options,
                           new IgnoringDiagConsumer);
  // The record has not changed its form in many years of versions.
  std::string Made = ASTReader::getOriginalSourceFile(
      Compiled.str(), Files, PCHs.getRawReader(), Silent);
  if (!Made.empty() && isFile(Files, Made))
    return Made;
  return findNear(Files, Source, path::filename(Name));
}

/// Whether \p Includes has the header that \p Compiled is named after: CMake
/// names both.
static bool isIncludedBesides(llvm::ArrayRef<std::string> Includes,
                              StringRef Compiled) {
  return llvm::any_of(Includes, [&](StringRef Header) {
    return Compiled.starts_with(Header) ||
           path::filename(Compiled).starts_with(path::filename(Header));
  });
}

static void readHeaderOfPch(CompilerInvocation &Invocation, FileManager &Files,
                            std::shared_ptr<PCHContainerOperations> PCHs,
                            StringRef Source) {
  PreprocessorOptions &Options = Invocation.getPreprocessorOpts();
  const std::string Compiled = Options.ImplicitPCHInclude;
  if (Compiled.empty() || canBeRead(Invocation, Files, PCHs))
    return;
  std::string Header;
  if (!isIncludedBesides(Options.Includes, Compiled)) {
    Header = headerOf(Files, Compiled, Source, *PCHs);
    if (Header.empty())
      return; // Clang says what is wrong with it
  }
  Options.ImplicitPCHInclude.clear();
  Options.PCHThroughHeader.clear();
  if (!Header.empty())
    Options.Includes.insert(Options.Includes.begin(), Header);
}

/// GCC looks for X.gch along the include path; X itself may lie elsewhere, and
/// Meson wants it in a folder `pch`.
static void findIncludes(CompilerInvocation &Invocation, FileManager &Files,
                         StringRef Source) {
  auto IsOnPath = [&](StringRef Name) {
    if (path::is_absolute(Name) || isFile(Files, Name))
      return isFile(Files, Name);
    return llvm::any_of(Invocation.getHeaderSearchOpts().UserEntries,
                        [&](const HeaderSearchOptions::Entry &E) {
                          llvm::SmallString<256> File(E.Path);
                          path::append(File, Name);
                          return isFile(Files, File);
                        });
  };
  for (std::string &Header : Invocation.getPreprocessorOpts().Includes) {
    if (IsOnPath(Header))
      continue;
    const StringRef Name = path::filename(Header);
    std::string Near = IsOnPath(Header + ".gch")
                           ? findNear(Files, Source, Name)
                           : findNear(Files, Source, Name, {"pch"});
    if (!Near.empty())
      Header = std::move(Near);
  }
}

/// Bazel and `-fmodules` compile the headers of a module map so.
static void readHeadersOfModules(CompilerInvocation &Invocation,
                                 FileManager &Files,
                                 std::shared_ptr<PCHContainerOperations> PCHs) {
  if (Invocation.getFrontendOpts().ModuleFiles.empty() ||
      canBeRead(Invocation, Files, PCHs))
    return;
  Invocation.getFrontendOpts().ModuleFiles.clear();
  Invocation.getFrontendOpts().ModuleMapFiles.clear();
  Invocation.getHeaderSearchOpts().ImplicitModuleMaps = false;
  LangOptions &Options = Invocation.getLangOpts();
  Options.ImplicitModules = false;
  Options.ModulesStrictDeclUse = false;
  Options.ModulesDeclUse = false;
  Options.Modules = Options.CPlusPlusModules; // as without -fmodules
}

void readHeadersInstead(CompilerInvocation &Invocation, FileManager &Files,
                        std::shared_ptr<PCHContainerOperations> PCHs) {
  if (Invocation.getFrontendOpts().Inputs.empty())
    return;
  const std::string Source =
      Invocation.getFrontendOpts().Inputs.front().isFile()
          ? Invocation.getFrontendOpts().Inputs.front().getFile().str()
          : "";
  readHeaderOfPch(Invocation, Files, PCHs, Source);
  findIncludes(Invocation, Files, Source);
  readHeadersOfModules(Invocation, Files, PCHs);
}

} // namespace nostall
