//===- ReadyFlow.cpp - was the future seen to be ready? -------------------===//

#include "ReadyFlow.h"
#include "analysis/Unit.h"
#include "analysis/flow/Solver.h"
#include "clang/AST/ExprCXX.h"
#include <set>

using namespace clang;

namespace nostall {
namespace {

class ReadyAnalysis {
public:
  struct State {
    std::set<Place> Ready;
    Answers Kept;
    bool operator==(const State &) const = default;
  };

  explicit ReadyAnalysis(Unit &U) : U(U) {}

  State entry() { return {}; }

  void join(State &Into, const State &From) {
    std::erase_if(Into.Ready,
                  [&](const Place &P) { return !From.Ready.contains(P); });
  }

  bool asks(const Question &Q) { return readyTest(Q); }

  void learn(State &S, const Question &Q) {
    const FunctionModel *M = readyTest(Q);
    if (M && saysReady(*M, Q))
      S.Ready.insert(Q.Of);
  }

  void on(State &S, const Event &E) {
    switch (E.K) {
    case Event::Kind::Declare:
    case Event::Kind::Assign: {
      const bool IsReady = E.From && S.Ready.contains(E.From);
      S.Ready.erase(E.Of);
      if (IsReady)
        S.Ready.insert(E.Of);
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
      S.Kept.forgetIf(IsOthers);
      break;
    }
    case Event::Kind::Call:
      if (!S.Ready.empty() || !S.Kept.empty())
        forEachChanged(U, *E.Call, [&](const Place &P) { forget(S, P); });
      if (const FunctionModel *M = E.Of ? U.model(E.Call->Callee) : nullptr;
          M && M->UnlessReady && !M->IsReadyTest)
        S.Ready.insert(E.Of); // it has waited
      break;
    default:
      break;
    }
  }

private:
  const FunctionModel *readyTest(const Question &Q) {
    const FunctionDecl *Callee = Q.Call ? Q.Call->getDirectCallee() : nullptr;
    const FunctionModel *M = Q.Of && Callee ? U.model(Callee) : nullptr;
    return M && M->IsReadyTest ? M : nullptr;
  }

  static bool saysReady(const FunctionModel &M, const Question &Q) {
    if (!Q.Is)
      return Q.Holds && M.ReadyValue.empty();
    const Expr *E = Q.Is;
    if (const auto *Constant = dyn_cast<ConstantExpr>(E))
      E = Constant->getSubExpr()->IgnoreParenImpCasts();
    const auto *Ref = dyn_cast<DeclRefExpr>(E);
    const std::string Name = Ref ? modelName(Ref->getDecl()) : "";
    // It is that value, or is not another.
    return !Name.empty() && Name == (Q.Holds ? M.ReadyValue : M.NotReadyValue);
  }

  static void forget(State &S, const Place &P) {
    S.Ready.erase(P);
    S.Kept.forget(P);
  }

  Unit &U;
};

} // namespace

const ReadyFlows::Calls &ReadyFlows::of(Unit &U, const FunctionDecl *F) {
  auto [It, IsNew] = Solved.try_emplace(F);
  if (!IsNew)
    return It->second;
  Calls Ready;
  ReadyAnalysis Client(U);
  Solution Flow(U, F, Client);
  Flow.forEachState(
      [&](const ReadyAnalysis::State &S, const Event &E, const CFGBlock &) {
        if (E.K == Event::Kind::Call && E.Of && S.Ready.contains(E.Of))
          Ready.insert(E.Site);
      });
  return Solved[F] = std::move(Ready);
}

bool isKnownReady(Unit &U, const FunctionFacts &Facts, const CallFact &Call) {
  return Call.Object &&
         U.readyFlows().of(U, Facts.Function).contains(Call.Site);
}

std::vector<std::pair<const AwaitFact *, Place>>
readyAtAwaits(Unit &U, const FunctionFacts &Facts) {
  std::vector<std::pair<const AwaitFact *, Place>> Found;
  ReadyAnalysis Client(U);
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
