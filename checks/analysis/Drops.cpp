//===- Drops.cpp - awaitables that nobody takes care of -------------------===//

#include "Drops.h"
#include "Annotations.h"
#include "TaskFlow.h"
#include "Unit.h"
#include "clang/AST/ASTContext.h"
#include "clang/AST/ExprCXX.h"
#include "clang/Basic/SourceManager.h"

using namespace clang;

namespace nostall {
namespace {

class DropFinder {
public:
  DropFinder(Unit &U, const FunctionFacts &Facts) : U(U), Facts(Facts) {}

  std::vector<Drop> run() {
    for (const DiscardFact &Discard : Facts.Discards)
      addValue(Discard);
    for (const VariableFact &V : Facts.Variables)
      addVariable(V);
    for (Drop &D : Drops)
      if (D.Choice && llvm::count_if(Drops, [&](const Drop &Other) {
                        return Other.Choice == D.Choice;
                      }) != 2)
        D.CanAwaitHere = false;
    const SourceManager &SM = U.context().getSourceManager();
    llvm::stable_sort(Drops, [&](const Drop &A, const Drop &B) {
      return SM.isBeforeInTranslationUnit(A.Loc, B.Loc);
    });
    return std::move(Drops);
  }

private:
  /// The awaitable that a value of type \p T is here, unless it may be dropped.
  const AwaitableType *awaitable(QualType T) {
    if (T.isNull() || T->isDependentType())
      return nullptr;
    const AwaitableType &Type = U.awaitables().classify(T);
    if (Type.Droppable)
      return nullptr;
    if (Type.isAwaitable())
      return &Type;
    static const AwaitableType ByPromise{AwaitableType::Kind::Operation,
                                         Start::Unknown, false, false, nullptr};
    return U.awaitables().isAwaitableIn(T, Facts.Coroutine) ? &ByPromise
                                                            : nullptr;
  }

  bool mayDropResultOf(const FunctionDecl *Callee) {
    if (annotation(Callee, "droppable") || annotation(Callee, "spawns"))
      return true;
    const FunctionModel *M = U.model(Callee);
    return M && (M->Droppable || M->Spawns);
  }

  bool canAwait(QualType T) {
    return Facts.Coroutine &&
           U.awaitables().classifyCoroutine(Facts.Function).K !=
               AwaitableType::Kind::Generator &&
           U.awaitables().accepts(T, Facts.Coroutine);
  }

  /// A name, or what a name leads to by operators that do nothing: evaluating
  /// it has no effect, so a statement of it was meant to be more.
  static bool isPureGlvalue(const Expr *E) {
    E = E->IgnoreParenImpCasts();
    if (isa<DeclRefExpr, MemberExpr, ArraySubscriptExpr, CXXThisExpr>(E))
      return true;
    if (const auto *Unary = dyn_cast<UnaryOperator>(E))
      return Unary->getOpcode() == UO_Deref;
    if (const auto *Op = dyn_cast<CXXOperatorCallExpr>(E))
      return Op->getOperator() == OO_Star || Op->getOperator() == OO_Arrow ||
             Op->getOperator() == OO_Subscript;
    return false;
  }

  void addValue(const DiscardFact &Discard) {
    const Expr *E = Discard.Value;
    Drop D;
    D.E = E;
    D.Loc = E->getExprLoc();
    D.InHandler = Discard.InHandler;
    D.IsVoidCast = Discard.H == DiscardFact::How::VoidCast;
    D.Choice = Discard.Choice;
    const Expr *Stripped = stripForwarding(U, E);
    if (E->isPRValue()) {
      if (isa<CoroutineSuspendExpr>(E))
        D.CanAwaitHere = false;
      const auto *Call = dyn_cast<CallExpr>(E);
      D.Callee = Call ? Call->getDirectCallee() : nullptr;
      if (D.Callee && mayDropResultOf(D.Callee))
        return;
    } else {
      if (!isPureGlvalue(Stripped))
        return;
      D.K = Drop::Kind::NamedValue;
      D.Named = namedEntity(U, Stripped);
    }
    D.Type = awaitable(E->getType());
    if (!D.Type)
      return;
    // `(void)` on what runs anyway is the usual way to say "I know".
    if (D.IsVoidCast &&
        (D.Type->S == Start::Eager || D.K == Drop::Kind::NamedValue))
      return;
    D.CanAwaitHere = !isa<CoroutineSuspendExpr>(E) && canAwait(E->getType());
    Drops.push_back(std::move(D));
  }

  void addVariable(const VariableFact &V) {
    if (llvm::any_of(V.Uses, takesCare))
      return;
    Drop D;
    D.Named = V.Var;
    D.Decl = V.Decl;
    D.Loc = V.Var->getLocation();
    D.InHandler = V.InHandler;
    if (V.IsRangeForElement) {
      if (!V.Range || (V.Var->getType()->isReferenceType() &&
                       !yieldsAwaitables(V.Range->getRangeInit())))
        return;
      D.K = Drop::Kind::RangeElement;
    } else {
      const Expr *Init = V.Var->getInit();
      if (!Init || V.Var->isStaticLocal())
        return;
      const auto *Call = dyn_cast<CallExpr>(stripForwarding(U, Init));
      if (!Call || !Call->isPRValue())
        return;
      D.K = Drop::Kind::Variable;
      D.E = Call;
      D.Callee = Call->getDirectCallee();
      if (D.Callee && mayDropResultOf(D.Callee))
        return;
    }
    D.Type = awaitable(V.Var->getType().getNonReferenceType());
    if (!D.Type)
      return;
    // Named again as a statement of its own: that one is reported.
    if (llvm::any_of(V.Uses, [](const VariableUse &Use) {
          return Use.H == VariableUse::How::Discarded;
        }))
      return;
    D.CanAwaitHere = canAwait(V.Var->getType());
    Drops.push_back(std::move(D));
  }

  bool yieldsAwaitables(const Expr *Range) {
    const auto *Call =
        dyn_cast_or_null<CallExpr>(Range ? stripForwarding(U, Range) : nullptr);
    const FunctionModel *M = Call && Call->getDirectCallee()
                                 ? U.model(Call->getDirectCallee())
                                 : nullptr;
    return M && M->YieldsAwaitables;
  }

  Unit &U;
  const FunctionFacts &Facts;
  std::vector<Drop> Drops;
};

} // namespace

std::vector<Drop> findDrops(Unit &U, const FunctionFacts &Facts) {
  return DropFinder(U, Facts).run();
}

} // namespace nostall
