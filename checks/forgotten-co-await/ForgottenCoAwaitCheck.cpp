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
#include "analysis/Drops.h"
#include "analysis/Rewrite.h"
#include "analysis/TaskFlow.h"
#include "analysis/Wording.h"

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
      if (ReportPartialDrops)
        for (const PartialDrop &D : partialDrops(U, Facts))
          if (Reported.insert(D.Variable->Var->getLocation()).second)
            reportPartial(D);
    }
  }

private:
  static StringRef remedy(const FunctionFacts &Facts, const Drop &D) {
    if (!D.CanAwaitHere && !D.Choice)
      return Facts.Coroutine ? "await it, or spawn it"
                             : "await it in a coroutine, or spawn it";
    return D.InHandler ? "await it outside the catch handler"
                       : "add 'co_await'";
  }

  void report(Unit &U, const FunctionFacts &Facts, const Drop &D) {
    {
      auto Diag = diag(D.Loc, "%0 is never awaited, %1; %2")
                  << displayDrop(D) << consequenceOf(*D.Type)
                  << remedy(Facts, D);
      if (D.CanAwaitHere && !D.InHandler)
        addAwait(Diag, U, D);
    }
    if (!Facts.Coroutine)
      noteSpawn(U, D);
  }

  /// `co_await f();`, `co_await (a || b);`, `co_await std::move(t);`, and for
  /// `auto t = f();`, where nothing reads t, the same without the variable.
  void addAwait(const DiagnosticBuilder &Diag, Unit &U, const Drop &D) {
    if (D.K == Drop::Kind::RangeElement || !D.E)
      return;
    auto Range = fileRange(U, D.E->getSourceRange());
    if (!Range)
      return;
    // What is replaced before and after the value: of `task<> t{f()};` all.
    SourceLocation Begin = Range->getBegin(), End = Range->getEnd();
    if (D.K == Drop::Kind::Variable) {
      if (!D.Decl || !D.Decl->isSingleDecl() ||
          !cast<VarDecl>(D.Named)->isThisDeclarationADefinition() || isUsed(D))
        return;
      Begin = D.Decl->getBeginLoc();
      End = D.Decl->getEndLoc(); // the semicolon
      if (Begin.isMacroID() || End.isMacroID())
        return;
    }
    std::string Before = "co_await ", After;
    const bool Moves = D.K == Drop::Kind::NamedValue && D.Type->MoveOnly &&
                       !D.E->isXValue() &&
                       D.Type->K == AwaitableType::Kind::Task;
    if (Moves) {
      if (D.E->getType().isConstQualified())
        return;
      Before += "std::move(";
      After = ")";
    } else if (isLooserThanUnary(D.E)) {
      Before += "(";
      After = ")";
    }
    Diag << FixItHint::CreateReplacement(
        CharSourceRange::getCharRange(Begin, Range->getBegin()), Before);
    if (!After.empty() || End != Range->getEnd())
      Diag << FixItHint::CreateReplacement(
          CharSourceRange::getCharRange(Range->getEnd(), End), After);
    if (Moves)
      if (auto Include = Includes.include(U, "<utility>", Begin))
        Diag << *Include;
  }

  static bool isUsed(const Drop &D) {
    return D.Named->isReferenced() || D.Named->isUsed();
  }

  static bool isLooserThanUnary(const Expr *E) {
    E = E->IgnoreImplicit();
    if (const auto *Op = dyn_cast<CXXOperatorCallExpr>(E))
      return Op->isInfixBinaryOp();
    return isa<BinaryOperator, AbstractConditionalOperator>(E);
  }

  void noteSpawn(Unit &U, const Drop &D) {
    const DialectModel *Dialect =
        D.Type->Record ? U.models().findDialect(D.Type->Record) : nullptr;
    auto Text = D.E ? sourceText(U, D.E->getSourceRange()) : std::nullopt;
    auto Spawn = Dialect && Text ? spawned(U, *Text, *Dialect) : std::nullopt;
    if (Spawn)
      diag(D.Loc, "to start it from a function that is no coroutine: '%0'",
           DiagnosticIDs::Note)
          << *Spawn;
  }

  void reportPartial(const PartialDrop &D) {
    diag(D.Variable->Var->getLocation(),
         "task in variable '%0' is not awaited on every path",
         DiagnosticIDs::Remark)
        << D.Variable->Var->getNameAsString();
    for (const Branch &B : D.Path)
      diag(B.Condition->getExprLoc(),
           "on the path where this is %select{false|true}0",
           DiagnosticIDs::Note)
          << B.Taken;
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
