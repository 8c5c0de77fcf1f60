//===- UnusedSuppressions.cpp - NOLINT that suppresses nothing ------------===//

#include "UnusedSuppressions.h"
#include "Catalogue.h"
#include "analysis/effects/Effects.h"
#include "clang/AST/ASTContext.h"
#include "clang/Basic/SourceManager.h"
#include "llvm/ADT/SmallString.h"
#include "llvm/Support/FileSystem.h"
#include "llvm/Support/GlobPattern.h"
#include "llvm/Support/Path.h"
#include "llvm/Support/Regex.h"
#include <map>

using namespace clang;
using namespace llvm;

namespace nostall {

/// Whether \p Glob is about checks of nostall, and none of them is off.
static bool canBeJudged(StringRef Glob, const tidy::ClangTidyContext &Context) {
  if (!Glob.starts_with("nostall"))
    return false;
  auto Pattern = GlobPattern::create(Glob);
  if (!Pattern) {
    consumeError(Pattern.takeError());
    return false;
  }
  return none_of(catalogue(), [&](const CheckInfo &Check) {
    return Pattern->match(Check.Name) && !Context.isCheckEnabled(Check.Name);
  });
}

/// Whether findings in \p File are shown, as clang-tidy decides it.
static bool isShown(StringRef File, bool IsMainFile,
                    const tidy::ClangTidyOptions &Options) {
  if (IsMainFile)
    return true;
  std::string Exclude = Options.ExcludeHeaderFilterRegex.value_or("");
  return Regex(Options.HeaderFilterRegex.value_or("")).match(File) &&
         (Exclude.empty() || !Regex(Exclude).match(File));
}

std::vector<NamedSuppression>
namedSuppressions(Unit &U, const tidy::ClangTidyContext &Context,
                  ArrayRef<RaisedWarning> Raised) {
  const SourceManager &SM = U.context().getSourceManager();
  Suppressions &Comments = U.effects().resolver().suppressions();
  // A function that nothing on the loop calls here may be called from another
  // unit: its calls are looked at like those of all others.
  for (const FunctionDecl *F : U.functions())
    U.effects().summary(F);
  for (const RaisedWarning &W : Raised)
    // clang-tidy honours the comments at a macro's use and at its definition.
    for (SourceLocation Loc = W.Loc;;
         Loc = SM.getImmediateExpansionRange(Loc).getBegin()) {
      if (W.OpenCall)
        Comments.coversOpenCall(SM.getSpellingLoc(Loc), W.Check, *W.OpenCall);
      else
        Comments.covers(SM.getSpellingLoc(Loc), W.Check);
      if (!Loc.isMacroID())
        break;
    }

  std::vector<NamedSuppression> Result;
  for (const Suppressions::Name &Name : Comments.all()) {
    OptionalFileEntryRef File = SM.getFileEntryRefForID(Name.File);
    if (!File || !canBeJudged(Name.Glob, Context))
      continue;
    SmallString<256> Path(File->getName());
    if (!isShown(Path, Name.File == SM.getMainFileID(), Context.getOptions()))
      continue;
    sys::path::make_absolute(Context.getCurrentBuildDirectory(), Path);
    sys::path::remove_dots(Path, /*remove_dot_dot=*/true);
    Result.push_back({std::string(Path), Name.Offset, Name.Glob.str(),
                      Name.Keyword.str(), Name.Used, Name.OpenCalls});
  }
  return Result;
}

std::vector<Finding> unusedSuppressions(ArrayRef<NamedSuppression> OfAllUnits,
                                        SourceTexts &Sources) {
  std::map<std::pair<StringRef, unsigned>, const NamedSuppression *> Unused;
  for (const NamedSuppression &S : OfAllUnits)
    Unused.try_emplace({S.File, S.Offset}, &S);
  for (const NamedSuppression &S : OfAllUnits)
    if (S.Used)
      Unused.erase({S.File, S.Offset});

  std::vector<Finding> Findings;
  for (const auto &[Place, S] : Unused) {
    Finding &F = Findings.emplace_back();
    F.Check = UnusedSuppressionCheck.str();
    bool IsName = S->Glob.find_first_of("*?[{") == std::string::npos;
    F.Main.Text = IsName && !findCheck(S->Glob)
                      ? "no check is called '" + S->Glob + "'"
                      : "nothing of '" + S->Glob + "' is suppressed by this " +
                            S->Keyword + "; remove it";
    F.Main.File = S->File;
    F.Main.Offset = S->Offset;
    std::tie(F.Main.Line, F.Main.Column) = Sources.position(S->File, S->Offset);
  }
  return Findings;
}

} // namespace nostall
