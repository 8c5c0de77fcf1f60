//===- ForgottenCoAwaitCheck.cpp - nostall-forgotten-co-await -------------===//
//
//   save(state);
//   co_await save(state);
//
// Reports a task or awaitable that is dropped: as a discarded value, or kept in
// a variable that nothing takes care of. Says what then happens, which depends
// on whether the coroutine is lazy or eager.
//
//===----------------------------------------------------------------------===//

#include "NostallCheck.h"
#include "analysis/fixes/Rewrite.h"
#include "analysis/tasks/Drops.h"
#include "analysis/tasks/TaskFlow.h"
#include "analysis/words/Notes.h"
#include "analysis/words/Wording.h"

using namespace clang;

namespace nostall {
namespace {

class ForgottenCoAwaitCheck : public NostallCheck {
public:
  ForgottenCoAwaitCheck(StringRef Name, tidy::ClangTidyContext *Context)
      : NostallCheck(Name, Context),
        AllowCastToVoid(Options.get("AllowCastToVoid", false)),
        ReportPartialDrops(Options.get("ReportPartialDrops", false)) {}

  void storeOptions(tidy::ClangTidyOptions::OptionMap &Opts) override {
    Options.store(Opts, "AllowCastToVoid", AllowCastToVoid);
    Options.store(Opts, "ReportPartialDrops", ReportPartialDrops);
  }

protected:
  void checkUnit(Unit &U) override {
    llvm::DenseSet<SourceLocation> Reported;
    for (const FunctionDecl *F : U.functions()) {
      const FunctionFacts &Facts = U.facts(F);
      for (const Drop &D : findDrops(U, Facts))
        if (!(D.IsVoidCast && AllowCastToVoid) && Reported.insert(D.Loc).second)
          report(U, Facts, D);
      const TaskPaths Paths = taskPaths(U, Facts, ReportPartialDrops);
      for (const Drop &D : Paths.Lost)
        if (Reported.insert(D.Loc).second)
          report(U, Facts, D);
      for (const PartialDrop &D : Paths.Partial)
        if (Reported.insert(D.Variable->Var->getLocation()).second)
          reportPartial(D);
    }
  }

private:
  static StringRef remedy(const FunctionFacts &Facts, const Drop &D) {
    if (D.K == Drop::Kind::Replaced)
      return "await it before another takes its place";
    if (!D.CanAwaitHere && !D.Choice)
      return Facts.Coroutine ? "await it, or spawn it"
                             : "await it in a coroutine, or spawn it";
    return D.InHandler ? "await it outside the catch handler"
                       : "add 'co_await'";
  }

  void report(Unit &U, const FunctionFacts &Facts, const Drop &D) {
    const auto Fix = awaitFix(U, Facts, D);
    {
      auto Diag = diag(D.Loc, "%0 is never awaited, %1; %2")
                  << displayDrop(D) << consequenceOf(D) << remedy(Facts, D);
      if (Fix && Fix->Caution.empty())
        attach(Diag, U, *Fix);
    }
    if (Fix && !Fix->Caution.empty())
      attach(diag(D.Loc, "to await it here; %0", DiagnosticIDs::Note)
                 << Fix->Caution,
             U, *Fix);
    if (!Facts.Coroutine)
      noteSpawn(U, D);
  }

  void attach(const DiagnosticBuilder &Diag, Unit &U, const AwaitFix &Fix) {
    for (const FixItHint &Edit : Fix.Edits)
      Diag << Edit;
    if (Fix.MovesAt.isValid())
      if (auto Include = Includes.include(U, "<utility>", Fix.MovesAt))
        Diag << *Include;
  }

  /// One line, of a length that can be read.
  static std::string inOneLine(StringRef Text) {
    std::string Line;
    for (StringRef Rest = Text; !Rest.empty();) {
      auto [Word, After] = llvm::getToken(Rest, " \t\r\n");
      if (!Word.empty())
        Line += (Line.empty() ? "" : " ") + Word.str();
      Rest = After;
    }
    return Line;
  }

  void noteSpawn(Unit &U, const Drop &D) {
    const DialectModel *Dialect =
        D.Type->Record ? U.models().findDialect(D.Type->Record) : nullptr;
    auto Text = D.E ? sourceText(U, D.E->getSourceRange()) : std::nullopt;
    if (!Dialect || !Text)
      return;
    std::string Call = inOneLine(*Text);
    if (Call.size() > 60 && D.Callee) // the arguments stand above
      Call = displayName(D.Callee) == "lambda"
                 ? "..."
                 : displayName(D.Callee) + "(...)";
    if (auto Spawn = spawned(U, Call, *Dialect))
      diag(D.Loc, "%0'%1'", DiagnosticIDs::Note) << notes::StartIt << *Spawn;
  }

  void reportPartial(const PartialDrop &D) {
    diag(D.Variable->Var->getLocation(),
         "task in %select{variable|parameter}0 '%1' is not awaited on every "
         "path",
         DiagnosticIDs::Remark)
        << isa<ParmVarDecl>(D.Variable->Var)
        << D.Variable->Var->getNameAsString();
    for (const Branch &B : D.Path)
      diag(B.Condition->getExprLoc(), "%0%select{false|true}1",
           DiagnosticIDs::Note)
          << notes::OnPath << B.Taken;
  }

  const bool AllowCastToVoid;
  const bool ReportPartialDrops;
  Includer Includes;
};

} // namespace

std::unique_ptr<NostallCheck>
makeForgottenCoAwaitCheck(StringRef Name, tidy::ClangTidyContext *Context) {
  return std::make_unique<ForgottenCoAwaitCheck>(Name, Context);
}

} // namespace nostall
