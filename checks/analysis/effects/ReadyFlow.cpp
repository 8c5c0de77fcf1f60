//===- ReadyFlow.cpp - was the future seen to be ready? -------------------===//

#include "ReadyFlow.h"
#include "analysis/Unit.h"
#include "analysis/facts/CallArguments.h"
#include "analysis/facts/ConditionReader.h"
#include "analysis/flow/Solver.h"
#include "analysis/source/Bodies.h"
#include "analysis/source/Emptiness.h"
#include "analysis/source/Expressions.h"
#include "clang/AST/ExprCXX.h"
#include <map>
#include <set>

using namespace clang;

namespace nostall {
namespace {

/// One of those that a container or an array has.
struct Element {
  Place In;
  const VarDecl *By = nullptr; ///< its number, or key, is that variable
  int64_t At = 0;              ///< or that constant
  auto operator<=>(const Element &) const = default;
};

class ReadyAnalysis {
public:
  struct State {
    std::set<Place> Ready;      ///< futures, and promises that were fulfilled
    std::set<Element> Elements; ///< the same
    std::map<Place, Place> PromiseOf; ///< by future
    Answers Kept;
    bool operator==(const State &) const = default;
  };

  ReadyAnalysis(Unit &U, const FunctionFacts &Facts) : U(U) {
    for (const CallFact &Call : Facts.Calls)
      if (Call.Site && Call.Implied == CallFact::ImpliedBy::Nothing)
        CallAt[Call.Site] = &Call;
  }

  State entry() { return {}; }

  void join(State &Into, const State &From) {
    std::erase_if(Into.Ready,
                  [&](const Place &P) { return !From.Ready.contains(P); });
    std::erase_if(Into.Elements, [&](const Element &One) {
      return !From.Elements.contains(One);
    });
    std::erase_if(Into.PromiseOf, [&](const auto &Entry) {
      auto It = From.PromiseOf.find(Entry.first);
      return It == From.PromiseOf.end() || It->second != Entry.second;
    });
  }

  bool isReadyElement(const State &S, const Expr *E) {
    const auto One = S.Elements.empty() ? std::nullopt : elementOf(E);
    return One && S.Elements.contains(*One);
  }

  /// Whether what \p Made makes is ready: the future of a promise that was
  /// fulfilled, what a helper gives, a call that waits for nobody.
  bool isReady(const State &S, const Expr *Made) {
    const auto *By =
        dyn_cast_or_null<CallExpr>(Made ? stripForwarding(U, Made) : nullptr);
    const CallFact *Call = By ? CallAt.lookup(By) : nullptr;
    if (!Call || !Call->Callee)
      return false;
    if (const FunctionModel *M = U.model(Call->Callee)) {
      if (M->GivesFuture)
        return Call->Object && S.Ready.contains(placeOf(U, Call->Object));
      return M->ResultWaitsOnDestroy && holdAny(U, M->Unless, *Call);
    }
    return Call->By == CallFact::Dispatch::Static &&
           !U.isInSystemHeader(Call->Callee) && definitionOf(Call->Callee) &&
           U.readyFlows().returnsReady(U, definitionOf(Call->Callee));
  }

  bool asks(const Question &Q) { return readyTest(Q) || helperAsked(Q); }

  void learn(State &S, const Question &Q) {
    const FunctionModel *M = readyTest(Q);
    if (M && saysReady(*M, Q)) {
      if (Q.Of)
        S.Ready.insert(Q.Of);
      else if (const auto One = elementAsked(Q))
        S.Elements.insert(*One);
    }
    if (const FunctionDecl *Helper = helperAsked(Q); Helper && Q.Holds)
      for (const Place &There : U.readyFlows().readyIfTrue(U, Helper))
        if (const Place Here = inCaller(There, *Q.Call))
          S.Ready.insert(Here);
  }

  /// \p There, as a function names it, in the words of \p Call of it.
  Place inCaller(const Place &There, const CallExpr &Call) {
    const auto *V = dyn_cast_or_null<VarDecl>(There.Root);
    if (V && V->getDeclContext() != Call.getDirectCallee() && isClosure(Call))
      return There; // captured
    if (const auto *P = dyn_cast_or_null<ParmVarDecl>(There.Root))
      return P->getFunctionScopeIndex() < Call.getNumArgs()
                 ? placeOf(U, Call.getArg(P->getFunctionScopeIndex()))
                 : Place();
    const auto *Member = dyn_cast<CXXMemberCallExpr>(&Call);
    const Place Object =
        Member ? placeOf(U, Member->getImplicitObjectArgument()) : Place();
    return Object ? partOf(U, Object, There.members()) : Place();
  }

  /// Visits the parameters of \p F, and members of its object, that are ready
  /// where \p Test holds.
  void forEachReady(const FunctionDecl *F, const Expr *Test,
                    llvm::function_ref<void(const Place &)> Visit) {
    Answers().read(U, Test, true, [&](const Question &Q) {
      const FunctionModel *M = readyTest(Q);
      const auto *V = dyn_cast_or_null<VarDecl>(Q.Of.Root);
      const auto *Method = dyn_cast<CXXMethodDecl>(F);
      const bool IsGiven =
          V && isa<ParmVarDecl>(V) && !Q.Of.Member && V->getDeclContext() == F;
      const bool IsCaptured = V && V->hasLocalStorage() && Method &&
                              Method->getParent()->isLambda() &&
                              V->getDeclContext() != F;
      if (M && saysReady(*M, Q) && Q.Of &&
          (Q.Of.Root ? IsGiven || IsCaptured : Q.Of.Member != nullptr))
        Visit(Q.Of);
    });
  }

  void on(State &S, const Event &E) {
    switch (E.K) {
    case Event::Kind::Declare:
    case Event::Kind::Assign: {
      const bool IsReady =
          (E.From && S.Ready.contains(E.From)) || isReady(S, E.Value);
      forgetFuture(S, E.Of);
      forgetBehind(S, E.Of);
      if (IsReady)
        S.Ready.insert(E.Of);
      else if (const Place Promise = promiseOf(E.Value))
        S.PromiseOf[E.Of] = Promise;
      break;
    }
    case Event::Kind::Swap: {
      const bool A = S.Ready.contains(E.Of), B = S.Ready.contains(E.From);
      forget(S, E.Of);
      forget(S, E.From);
      if (A)
        S.Ready.insert(E.From);
      if (B)
        S.Ready.insert(E.Of);
      break;
    }
    case Event::Kind::Move:
      forget(S, E.Of);
      break;
    case Event::Kind::Suspend: {
      auto IsOthers = [](const Place &P) { return !P.isOwn(); };
      std::erase_if(S.Ready, IsOthers);
      std::erase_if(S.Elements,
                    [&](const Element &One) { return IsOthers(One.In); });
      std::erase_if(S.PromiseOf, [&](const auto &Entry) {
        return IsOthers(Entry.first) || IsOthers(Entry.second);
      });
      S.Kept.forgetIf(IsOthers);
      break;
    }
    case Event::Kind::Call:
      if (const Place Object = changedBy(E))
        forgetBehind(S, Object);
      if (!S.Ready.empty() || !S.Elements.empty() || !S.PromiseOf.empty() ||
          !S.Kept.empty())
        forEachChanged(U, *E.Call, [&](const Place &P) { forget(S, P); });
      if (const FunctionModel *M =
              E.Of && E.Call->Callee ? U.model(E.Call->Callee) : nullptr;
          M && M->UnlessReady && !M->IsReadyTest)
        S.Ready.insert(E.Of); // it has waited
      if (const FunctionModel *M =
              E.Call->Callee ? U.model(E.Call->Callee) : nullptr;
          M && M->Fulfils)
        if (const Expr *Object = modelArgument(*E.Call, ObjectArgument))
          fulfil(S, placeOf(U, Object));
      break;
    default:
      break;
    }
  }

private:
  /// The promise whose future \p Made gets.
  Place promiseOf(const Expr *Made) {
    const auto *By =
        dyn_cast_or_null<CallExpr>(Made ? stripForwarding(U, Made) : nullptr);
    const CallFact *Call = By ? CallAt.lookup(By) : nullptr;
    const FunctionModel *M =
        Call && Call->Callee ? U.model(Call->Callee) : nullptr;
    return M && M->GivesFuture && Call->Object ? placeOf(U, Call->Object)
                                               : Place();
  }

  static void fulfil(State &S, const Place &Promise) {
    S.Ready.insert(Promise);
    for (const auto &[Future, Of] : S.PromiseOf)
      if (Of == Promise)
        S.Ready.insert(Future);
  }

  static bool isClosure(const CallExpr &Call) {
    const auto *Method =
        dyn_cast_or_null<CXXMethodDecl>(Call.getDirectCallee());
    return Method && Method->getParent()->isLambda();
  }

  /// The one of many that \p E is, if it says by a variable or a constant
  /// which: `futures[i]`, `pending.at(0)`.
  std::optional<Element> elementOf(const Expr *E) {
    E = E ? stripForwarding(U, E) : nullptr;
    const Expr *Of = nullptr, *Index = nullptr;
    if (const auto *Op = dyn_cast_or_null<CXXOperatorCallExpr>(E);
        Op && Op->getOperator() == OO_Subscript && Op->getNumArgs() == 2) {
      Of = Op->getArg(0);
      Index = Op->getArg(1);
    } else if (const auto *Sub = dyn_cast_or_null<ArraySubscriptExpr>(E)) {
      Of = Sub->getBase();
      Index = Sub->getIdx();
    } else if (const auto *Call = dyn_cast_or_null<CXXMemberCallExpr>(E);
               Call && Call->getNumArgs() == 1 && Call->getMethodDecl() &&
               Call->getMethodDecl()->getIdentifier() &&
               Call->getMethodDecl()->getName() == "at") {
      Of = Call->getImplicitObjectArgument();
      Index = Call->getArg(0);
    }
    const Place In = Of ? placeOf(U, Of) : Place();
    if (!In)
      return std::nullopt;
    const auto *Ref = dyn_cast<DeclRefExpr>(stripForwarding(U, Index));
    const auto *By = Ref ? dyn_cast<VarDecl>(Ref->getDecl()) : nullptr;
    if (By && Place{By}.isOwn())
      return Element{In, By, 0};
    const auto At = constantOf(U.context(), Index);
    return At ? std::optional(Element{In, nullptr, *At}) : std::nullopt;
  }

  std::optional<Element> elementAsked(const Question &Q) {
    const auto *Member = dyn_cast_or_null<CXXMemberCallExpr>(Q.Call);
    return Member && !Q.Of ? elementOf(Member->getImplicitObjectArgument())
                           : std::nullopt;
  }

  const FunctionModel *readyTest(const Question &Q) {
    const FunctionDecl *Callee = Q.Call ? Q.Call->getDirectCallee() : nullptr;
    const FunctionModel *M =
        Callee && (Q.Of || elementAsked(Q)) ? U.model(Callee) : nullptr;
    return M && M->IsReadyTest ? M : nullptr;
  }

  /// `bool is_ready(std::future<int> &f) { return f.wait_for(0s) == ...; }`
  const FunctionDecl *helperAsked(const Question &Q) {
    const FunctionDecl *F = Q.Call && !Q.Is && !isDispatched(Q.Call)
                                ? Q.Call->getDirectCallee()
                                : nullptr;
    const FunctionDecl *Body = F && !U.model(F) ? definitionOf(F) : nullptr;
    return Body && Body->getReturnType()->isBooleanType() &&
                   !U.isInSystemHeader(Body) &&
                   !U.readyFlows().readyIfTrue(U, Body).empty()
               ? Body
               : nullptr;
  }

  /// constexpr auto ready = std::future_status::ready;
  static const Expr *valueOf(const Expr *E) {
    if (const auto *Constant = dyn_cast<ConstantExpr>(E))
      E = Constant->getSubExpr();
    E = E->IgnoreParenImpCasts();
    const auto *Ref = dyn_cast<DeclRefExpr>(E);
    const auto *V = Ref ? dyn_cast<VarDecl>(Ref->getDecl()) : nullptr;
    return V && V->getType().isConstQualified() && V->getInit() &&
                   !V->getInit()->isValueDependent()
               ? V->getInit()->IgnoreParenImpCasts()
               : E;
  }

  static bool saysReady(const FunctionModel &M, const Question &Q) {
    if (!Q.Is)
      return Q.Holds && M.ReadyValue.empty();
    const auto *Ref = dyn_cast<DeclRefExpr>(valueOf(Q.Is));
    const std::string Name = Ref ? modelName(Ref->getDecl()) : "";
    // It is that value, or is not another.
    return !Name.empty() && Name == (Q.Holds ? M.ReadyValue : M.NotReadyValue);
  }

  static void forgetFuture(State &S, const Place &P) {
    S.Ready.erase(P);
    S.PromiseOf.erase(P);
    std::erase_if(S.PromiseOf,
                  [&](const auto &Entry) { return Entry.second == P; });
  }

  /// The iterator or queue that \p E, a call of one of its members, makes lead
  /// to something else: `++it`, `queue.pop_front()`.
  Place changedBy(const Event &E) {
    const auto *Method = dyn_cast_or_null<CXXMethodDecl>(E.Call->Callee);
    if (!Method || Method->isStatic() || Method->isConst() ||
        keepsEmptiness(Method) ||
        Method->getOverloadedOperator() == OO_Subscript)
      return {};
    return E.Call->K == CallFact::Kind::Operator && !E.Call->Args.empty()
               ? placeOf(U, E.Call->Args.front())
               : E.Of;
  }

  static void forgetBehind(State &S, const Place &P) {
    auto IsBehind = [&](const Place &Of) {
      return Of.Root == P.Root && isa_and_nonnull<FunctionDecl>(Of.Member);
    };
    if (P.Root && !P.Member) {
      std::erase_if(S.Ready, IsBehind);
      S.Kept.forgetIf(IsBehind);
    }
    forgetElements(S, P);
  }

  /// \p P, which has them or says which is meant, changes.
  static void forgetElements(State &S, const Place &P) {
    std::erase_if(S.Elements, [&](const Element &One) {
      return One.In.mayBe(P) || (One.By && P == Place{One.By});
    });
  }

  static void forget(State &S, const Place &P) {
    forgetFuture(S, P);
    forgetElements(S, P);
    S.Kept.forget(P);
  }

  Unit &U;
  llvm::DenseMap<const Stmt *, const CallFact *> CallAt;
};

} // namespace

const ReadyFlows::Calls &ReadyFlows::of(Unit &U, const FunctionDecl *F) {
  auto [It, IsNew] = Solved.try_emplace(F);
  if (!IsNew)
    return It->second;
  Calls Ready;
  // Most functions ask for nothing, and wait for nothing that could be ready.
  if (llvm::none_of(U.facts(F).Calls, [&](const CallFact &C) {
        const FunctionModel *M = C.Callee ? U.model(C.Callee) : nullptr;
        if (M)
          return M->IsReadyTest || M->UnlessReady;
        const FunctionDecl *Body =
            C.Callee && C.Callee->getReturnType()->isBooleanType() &&
                    !U.isInSystemHeader(C.Callee)
                ? definitionOf(C.Callee)
                : nullptr;
        return Body && !readyIfTrue(U, Body).empty();
      }))
    return Solved[F] = std::move(Ready);
  ReadyAnalysis Client(U, U.facts(F));
  Solution Flow(U, F, Client);
  Flow.forEachState(
      [&](const ReadyAnalysis::State &S, const Event &E, const CFGBlock &) {
        if (E.K != Event::Kind::Call)
          return;
        if (E.Of ? S.Ready.contains(E.Of)
                 : Client.isReady(S, E.Call->Object) ||
                       Client.isReadyElement(S, E.Call->Object))
          Ready.OnReady.insert(E.Site);
        for (const Place &P : S.Ready)
          if (const auto Way = E.Of ? P.within(E.Of) : std::nullopt)
            if (const auto Path = memberPath(*Way))
              Ready.Members[E.Site].push_back(*Path);
      });
  return Solved[F] = std::move(Ready);
}

llvm::ArrayRef<Place> ReadyFlows::readyIfTrue(Unit &U, const FunctionDecl *F) {
  auto [It, IsNew] = IfTrue.try_emplace(F);
  if (!IsNew)
    return It->second; // or it calls itself
  llvm::SmallVector<Place, 1> Ready;
  if (const Expr *Test = returnedBy(F))
    ReadyAnalysis(U, U.facts(F)).forEachReady(F, Test, [&](const Place &P) {
      Ready.push_back(P);
    });
  return IfTrue[F] = std::move(Ready);
}

bool ReadyFlows::returnsReady(Unit &U, const FunctionDecl *F) {
  auto [It, IsNew] = Returns.try_emplace(F, false); // false: it calls itself
  const FunctionFacts &Facts = U.facts(F);
  // Most functions have no promise that could be fulfilled.
  if (!IsNew || !F->getReturnType()->isRecordType() || Facts.Coroutine ||
      llvm::none_of(Facts.Calls, [&](const CallFact &C) {
        const FunctionModel *M = C.Callee ? U.model(C.Callee) : nullptr;
        return M && (M->GivesFuture || M->ResultWaitsOnDestroy);
      }))
    return Returns[F];
  llvm::DenseSet<const Stmt *> Returned;
  forEachStatement(writtenBody(F), [&](const Stmt *S, auto) {
    const auto *Return = dyn_cast<ReturnStmt>(S);
    if (Return && Return->getRetValue())
      Returned.insert(stripForwarding(U, Return->getRetValue()));
  });
  bool Any = false, All = true;
  auto Sees = [&](bool IsReady) {
    Any = true;
    All &= IsReady;
  };
  ReadyAnalysis Client(U, Facts);
  Solution Flow(U, F, Client);
  Flow.forEachState(
      [&](const ReadyAnalysis::State &S, const Event &E, const CFGBlock &) {
        if (E.K == Event::Kind::Move && E.Use &&
            E.Use->H == VariableUse::How::Returned)
          Sees(S.Ready.contains(E.Of));
        else if (E.K == Event::Kind::Call && Returned.contains(E.Site))
          Sees(Client.isReady(S, cast<Expr>(E.Site)));
      });
  return Returns[F] = Any && All;
}

bool isKnownReady(Unit &U, const FunctionFacts &Facts, const CallFact &Call) {
  return Call.Object &&
         U.readyFlows().of(U, Facts.Function).OnReady.contains(Call.Site);
}

std::vector<std::pair<const AwaitFact *, Place>>
readyAtAwaits(Unit &U, const FunctionFacts &Facts) {
  std::vector<std::pair<const AwaitFact *, Place>> Found;
  ReadyAnalysis Client(U, Facts);
  Solution Flow(U, Facts.Function, Client);
  Flow.forEachState(
      [&](const ReadyAnalysis::State &S, const Event &E, const CFGBlock &) {
        if (E.Await)
          for (const Place &P : S.Ready)
            Found.emplace_back(E.Await, P);
      });
  return Found;
}

} // namespace nostall
