//===- TaskFlow.cpp - tasks kept in variables -----------------------------===//

#include "TaskFlow.h"
#include "TaskValues.h"
#include "Unattended.h"
#include "analysis/Unit.h"
#include "analysis/flow/SharedMap.h"
#include "analysis/flow/Solver.h"
#include "analysis/source/Awaitables.h"
#include "llvm/ADT/MapVector.h"
#include "llvm/ADT/SmallPtrSet.h"
#include <map>
#include <set>
#include <variant>

using namespace clang;

namespace nostall {

/// `t.done()`, but not `t.wait_for(1s)`, which waits, or `t.result()`.
static bool isQuestion(const VariableUse &Use) {
  if (Use.H != VariableUse::How::ConstMethod)
    return false;
  const QualType Answer = Use.Method ? Use.Method->getReturnType() : QualType();
  return Answer.isNull() ||
         ((Answer->isBooleanType() || Answer->isEnumeralType()) &&
          (Use.Method->isOverloadedOperator() ||
           Use.Method->getNumParams() == 0));
}

bool takesCare(const VariableUse &Use) {
  using How = VariableUse::How;
  return !isQuestion(Use) && Use.H != How::Discarded && Use.H != How::Replaced;
}

namespace {

/// Assignments; of many, most are on all the paths that meet.
class Assignments {
public:
  Assignments() = default;
  explicit Assignments(const CXXOperatorCallExpr *By) { Sites.set(By, {}); }
  bool empty() const { return Sites.empty(); }
  void add(const Assignments &Others) {
    Sites.join(Others.Sites, [](auto, auto) { return std::monostate(); });
  }
  void forEachNotIn(
      const Assignments &Others,
      llvm::function_ref<void(const CXXOperatorCallExpr *)> Visit) const {
    Sites.forEach([&](const CXXOperatorCallExpr *By, auto) {
      if (!Others.Sites.find(By))
        Visit(By);
    });
  }
  bool operator==(const Assignments &) const = default;

private:
  SharedMap<const CXXOperatorCallExpr *, std::monostate> Sites;
};

/// What a path knows of one variable.
struct Holding {
  /// Holds a task that nothing has taken care of; on some path, none.
  bool Open = false, Done = false;
  /// That task was made in this body, on every path.
  bool IsMade = false;
  /// The assignments that may have given it.
  Assignments By;
  bool operator==(const Holding &) const = default;
};

class TaskAnalysis {
public:
  struct State {
    SharedMap<const VarDecl *, Holding> Of;
    Answers Kept;
    bool operator==(const State &) const = default;
  };

  TaskAnalysis(Unit &U, const FunctionFacts &Facts) : U(U), Facts(Facts) {
    for (const VariableFact &P : Facts.Parameters)
      track(P);
    for (const VariableFact &V : Facts.Variables)
      if (V.Decl && !V.Var->getType()->isReferenceType())
        track(V);
  }

  /// Variables that hold an awaitable which something takes care of.
  llvm::MapVector<const VarDecl *, const VariableFact *> Tracked;

  State entry() {
    State S;
    for (const VariableFact &P : Facts.Parameters)
      if (Tracked.contains(P.Var))
        S.Of.set(P.Var, {true, false, false, {}});
    return S;
  }

  void join(State &Into, const State &From) {
    Into.Of.join(From.Of, [](Holding Old, const Holding &H) {
      Old.IsMade = (Old.IsMade || !Old.Open) && (H.IsMade || !H.Open);
      Old.Open |= H.Open;
      Old.Done |= H.Done;
      Old.By.add(H.By);
      return Old;
    });
  }

  void on(State &S, const Event &E) {
    const VarDecl *V = tracked(E.Of);
    if (!V)
      return;
    switch (E.K) {
    case Event::Kind::Declare:
      S.Of.set(V, given(E.Value));
      break;
    case Event::Kind::Assign:
      if (!replaces(E))
        break; // a use that takes care
      S.Of.set(V, given(E.Value, cast<CXXOperatorCallExpr>(E.Site)));
      S.Kept.forget(E.Of);
      break;
    case Event::Kind::Use:
    case Event::Kind::Move:
      if (!E.Use || takesCare(*E.Use)) {
        S.Of.set(V, done());
        S.Kept.forget(E.Of);
      }
      break;
    case Event::Kind::Destroy:
      S.Of.erase(V);
      break;
    default:
      break;
    }
  }

  bool asks(const Question &Q) { return tracked(Q.Of) && isEmptiness(Q); }

  /// `if (!t) ...`: there is no task in it.
  void learn(State &S, const Question &Q) {
    const VarDecl *V = asks(Q) && !Q.Holds ? tracked(Q.Of) : nullptr;
    if (V)
      S.Of.set(V, done());
  }

  const VarDecl *tracked(const Place &P) const {
    const auto *V = P.Member ? nullptr : dyn_cast_or_null<VarDecl>(P.Root);
    return V && Tracked.contains(V) ? V : nullptr;
  }

  bool isOpen(const State &S, const VarDecl *V) const {
    const Holding *Held = S.Of.find(V);
    return Held && Held->Open;
  }

  /// An assignment of another value of the same class.
  static bool replaces(const Event &E) {
    const auto *By = E.K == Event::Kind::Assign && E.Call
                         ? dyn_cast_or_null<CXXMethodDecl>(E.Call->Callee)
                         : nullptr;
    return By &&
           (By->isCopyAssignmentOperator() || By->isMoveAssignmentOperator());
  }

  /// What \p V holds is a task of this body that nothing has taken care of, on
  /// every path.
  bool isLost(const State &S, const VarDecl *V) const {
    const Holding *Held = S.Of.find(V);
    return Held && Held->Open && !Held->Done && Held->IsMade &&
           U.awaitables().classify(V->getType()).K == AwaitableType::Kind::Task;
  }

  /// The assignments of whose tasks none was taken care of where \p V ends.
  Assignments lostAtEnd(const State &S, const VarDecl *V) const {
    if (Shared.contains(V) || !isLost(S, V) || V->hasAttr<UnusedAttr>())
      return {};
    return S.Of.find(V)->By;
  }

private:
  static Holding done() { return {false, true, false, {}}; }

  /// Its value as a truth value, or its comparison with the null pointer.
  bool isEmptiness(const Question &Q) const {
    if (Q.Is || !Q.Call)
      return !Q.Is;
    const FunctionDecl *Asks = Q.Call->getDirectCallee();
    const FunctionModel *M = Asks ? U.model(Asks) : nullptr;
    return isa_and_nonnull<CXXConversionDecl>(Asks) && !(M && M->IsReadyTest);
  }

  void track(const VariableFact &V) {
    const AwaitableType &Type = U.awaitables().classify(V.Var->getType());
    if (!Type.isAwaitable() || Type.Droppable ||
        llvm::none_of(V.Uses, takesCare))
      return;
    Tracked[V.Var] = &V;
    if (llvm::any_of(V.Uses, [](const VariableUse &Use) {
          return Use.H == VariableUse::How::Captured ||
                 Use.H == VariableUse::How::Other;
        }))
      Shared.insert(V.Var);
  }

  bool isMade(const Expr *Value) const {
    const Expr *Made = Value ? madeValue(U, Facts, Value) : nullptr;
    // A placeholder, of which nothing is lost.
    const auto *Call = dyn_cast_or_null<CallExpr>(Made);
    const FunctionModel *M = Call && Call->getDirectCallee()
                                 ? U.model(Call->getDirectCallee())
                                 : nullptr;
    return Made && !(M && (M->Droppable || M->DroppableOutsideCoroutines));
  }

  Holding given(const Expr *Value,
                const CXXOperatorCallExpr *By = nullptr) const {
    Holding H;
    if (By)
      H.By = Assignments(By);
    const auto *Construct =
        Value ? dyn_cast<CXXConstructExpr>(Value->IgnoreImplicit()) : nullptr;
    H.Open = Value && !(Construct && Construct->getNumArgs() == 0);
    H.Done = !H.Open;
    H.IsMade = isMade(Value);
    return H;
  }

  Unit &U;
  const FunctionFacts &Facts;
  /// Those that somebody else may look at: they were passed on by reference.
  llvm::SmallPtrSet<const VarDecl *, 4> Shared;
};

/// What \p V held where \p By gives it another task (Replaced), or the task
/// that \p By gives it (Assigned).
Drop lostAt(Unit &U, Drop::Kind K, const VarDecl *V,
            const CXXOperatorCallExpr *By) {
  Drop D;
  D.K = K;
  D.Type = &U.awaitables().classify(V->getType());
  D.EndsUnfinished = endsUnfinished(*D.Type);
  D.Named = V;
  D.Loc = By->getArg(0)->getExprLoc();
  return D;
}

/// The variables of which a run of the body may still hold a task at the end.
std::set<const VarDecl *> openAtEnd(Unit &U, const FunctionFacts &Facts,
                                    TaskAnalysis &Client,
                                    const Alternatives &Given) {
  std::set<const VarDecl *> Open;
  for (unsigned N = 0; N != Given.size(); ++N)
    Solution(U, Facts.Function, Client, &Given, N)
        .forEachState([&](const TaskAnalysis::State &S, const Event &E,
                          const CFGBlock &) {
          auto Note = [&](const VarDecl *V) {
            if (Client.isOpen(S, V))
              Open.insert(V);
          };
          if (E.K == Event::Kind::Leave)
            for (const VariableFact &P : Facts.Parameters)
              Note(P.Var);
          else if (const VarDecl *V = Client.tracked(E.Of);
                   V && E.K == Event::Kind::Destroy)
            Note(V);
        });
  return Open;
}

} // namespace

TaskPaths taskPaths(Unit &U, const FunctionFacts &Facts, bool WithPartial) {
  TaskPaths Result;
  TaskAnalysis Client(U, Facts);
  if (Client.Tracked.empty())
    return Result;
  Solution Flow(U, Facts.Function, Client);
  std::map<const VarDecl *, PartialDrop> Found;
  llvm::MapVector<const VarDecl *, Assignments> Assigned;
  Flow.forEachState(
      [&](const TaskAnalysis::State &S, const Event &E, const CFGBlock &Block) {
        auto Drops = [&](const VarDecl *V) {
          if (!WithPartial || !Client.isOpen(S, V))
            return;
          PartialDrop &Drop = Found[V];
          Drop.Variable = Client.Tracked[V];
          if (!Drop.Path.empty())
            return;
          auto IsOpen = [&](const TaskAnalysis::State &Then) {
            return Client.isOpen(Then, V);
          };
          if (auto Path = Flow.pathTo(Block, IsOpen); !Path.empty())
            Drop.Path.push_back(Path.back());
        };
        const VarDecl *V = Client.tracked(E.Of);
        if (E.K == Event::Kind::Leave)
          for (const VariableFact &P : Facts.Parameters)
            Drops(P.Var);
        else if (V && E.K == Event::Kind::Destroy)
          Drops(V);
        else if (V && TaskAnalysis::replaces(E) && Client.isLost(S, V))
          Result.Lost.push_back(lostAt(U, Drop::Kind::Replaced, V,
                                       cast<CXXOperatorCallExpr>(E.Site)));
        if (V && E.K == Event::Kind::Destroy)
          if (const Assignments Lost = Client.lostAtEnd(S, V); !Lost.empty())
            Assigned[V].add(Lost);
      });
  // What is awaited in the next turn of a loop is left over after the last.
  std::map<const VarDecl *, Assignments> Used;
  if (!Assigned.empty())
    Flow.forEachState(
        [&](const TaskAnalysis::State &S, const Event &E, const CFGBlock &) {
          const VarDecl *V = Client.tracked(E.Of);
          const Holding *Held = V ? S.Of.find(V) : nullptr;
          if (Held && E.Use && takesCare(*E.Use))
            Used[V].add(Held->By);
        });
  for (const auto &[V, By] : Assigned)
    By.forEachNotIn(Used[V], [&](const CXXOperatorCallExpr *Site) {
      Result.Lost.push_back(lostAt(U, Drop::Kind::Assigned, V, Site));
    });
  if (!Found.empty())
    if (const Alternatives Given(U, Facts.Function); Given.size()) {
      const auto Open = openAtEnd(U, Facts, Client, Given);
      std::erase_if(
          Found, [&](const auto &Drop) { return !Open.contains(Drop.first); });
    }
  for (const auto &[V, Fact] : Client.Tracked)
    if (auto It = Found.find(V); It != Found.end())
      Result.Partial.push_back(std::move(It->second));
  return Result;
}

std::vector<TaskAtAwait> tasksAtAwaits(Unit &U, const FunctionFacts &Facts) {
  std::vector<TaskAtAwait> Found;
  TaskAnalysis Client(U, Facts);
  if (Client.Tracked.empty())
    return Found;
  Solution Flow(U, Facts.Function, Client);
  Flow.forEachState(
      [&](const TaskAnalysis::State &S, const Event &E, const CFGBlock &) {
        if (E.Await)
          for (const auto &[V, Fact] : Client.Tracked)
            if (const Holding *Held = S.Of.find(V))
              Found.push_back({E.Await, V, Held->Open, Held->Done});
      });
  return Found;
}

} // namespace nostall
