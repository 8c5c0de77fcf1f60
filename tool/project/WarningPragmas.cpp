//===- WarningPragmas.cpp - pragmas about warnings that nobody sees -------===//

#include "WarningPragmas.h"
#include "clang/Basic/DiagnosticIDs.h"
#include "clang/Basic/SourceManager.h"
#include "clang/Lex/PPCallbacks.h"
#include "clang/Lex/Preprocessor.h"
#include "llvm/ADT/STLExtras.h"
#include <cstring>

using namespace clang;

namespace nostall {

/// The group in `#pragma GCC diagnostic ignored "-Wgroup"`; empty for all that
/// is written in another way.
static StringRef warningGroup(StringRef Line) {
  auto Takes = [&](llvm::ArrayRef<StringRef> Words) {
    Line = Line.ltrim();
    return llvm::any_of(
        Words, [&](StringRef Word) { return Line.consume_front(Word); });
  };
  if (!Takes({"#"}) || !Takes({"pragma "}) || !Takes({"GCC ", "clang "}) ||
      !Takes({"diagnostic "}) ||
      !Takes({"ignored ", "warning ", "error ", "fatal "}) ||
      !Takes({"\"-W"}) || !Line.rtrim().ends_with("\""))
    return "";
  return Line.rtrim().drop_back();
}

namespace {
class PragmaFilter : public PPCallbacks {
public:
  explicit PragmaFilter(Preprocessor &PP) : PP(PP) {}

  void PragmaDirective(SourceLocation Hash,
                       PragmaIntroducerKind Kind) override {
    const bool Matters = Kind != PIK_HashPragma || mayMatter(Hash);
    PP.setPragmasEnabled(Matters);
    Token Skipped;
    Skipped.startToken();
    while (!Matters && Skipped.isNot(tok::eod))
      PP.LexUnexpandedToken(Skipped);
  }

private:
  bool mayMatter(SourceLocation Hash) const {
    const char *Text = PP.getSourceManager().getCharacterData(Hash);
    const StringRef Group =
        warningGroup(StringRef(Text, std::strcspn(Text, "\r\n")));
    if (Group.empty() || Group == "everything")
      return true;
    const DiagnosticIDs &Ids = *PP.getDiagnostics().getDiagnosticIDs();
    llvm::SmallVector<diag::kind, 16> Of;
    Ids.getDiagnosticsInGroup(diag::Flavor::WarningOrError, Group, Of);
    return llvm::any_of(
        Of, [&](diag::kind Kind) { return Ids.isDefaultMappingAsError(Kind); });
  }

  Preprocessor &PP;
};
} // namespace

void leaveOutWarningPragmas(Preprocessor &PP) {
  PP.addPPCallbacks(std::make_unique<PragmaFilter>(PP));
}

} // namespace nostall
