//===- AwaitedFlow.cpp - has what is waited for been awaited? -------------===//

#include "AwaitedFlow.h"
#include "Effects.h"
#include "analysis/Unit.h"
#include "analysis/facts/CallArguments.h"
#include "analysis/facts/SetOnce.h"
#include "analysis/flow/Solver.h"
#include "analysis/source/Awaitables.h"
#include "analysis/source/Bodies.h"
#include "analysis/source/Expressions.h"
#include "clang/AST/DeclTemplate.h"
#include "clang/AST/ExprCXX.h"
#include "llvm/ADT/StringExtras.h"
#include <set>

using namespace clang;

namespace nostall {

/// Whether one of the words that the name of \p F is made of is in \p List:
/// async_shut_down, waitAll.
static bool hasWord(const FunctionDecl *F,
                    const std::vector<std::string> &List) {
  if (!F || !F->getIdentifier())
    return false;
  const llvm::StringRef Name = F->getName();
  std::string Word;
  for (size_t I = 0; I <= Name.size(); ++I) {
    const bool Ends = I == Name.size() || Name[I] == '_' ||
                      (llvm::isUpper(Name[I]) && I &&
                       (!llvm::isUpper(Name[I - 1]) ||
                        (I + 1 != Name.size() && llvm::isLower(Name[I + 1]))));
    if (Ends) {
      if (llvm::is_contained(List, Word))
        return true;
      Word.clear();
    }
    if (I != Name.size() && Name[I] != '_')
      Word += llvm::toLower(Name[I]);
  }
  return false;
}

/// A task, or something that holds tasks.
static bool holdsAwaitable(Unit &U, QualType T) {
  T = T.getNonReferenceType();
  if (U.awaitables().classify(T).isAwaitable())
    return true;
  const auto *Spec = dyn_cast_or_null<ClassTemplateSpecializationDecl>(
      T->getAsCXXRecordDecl());
  return Spec && Spec->getTemplateArgs().size() &&
         Spec->getTemplateArgs()[0].getKind() == TemplateArgument::Type &&
         U.awaitables()
             .classify(Spec->getTemplateArgs()[0].getAsType())
             .isAwaitable();
}

/// The place of an object, or of what owns or holds it: `*owner`,
/// `owner->`, `tasks[0]`, `tasks.back()`.
static Place holderOf(Unit &U, const Expr *E) {
  E = stripForwarding(U, E);
  const Expr *Holder = nullptr;
  if (const auto *Op = dyn_cast<CXXOperatorCallExpr>(E)) {
    if (Op->getOperator() == OO_Subscript || Op->getOperator() == OO_Star ||
        Op->getOperator() == OO_Arrow)
      Holder = Op->getArg(0);
  } else if (const auto *At = dyn_cast<CXXMemberCallExpr>(E)) {
    if (At->getType()->isRecordType() && At->isLValue())
      Holder = At->getImplicitObjectArgument();
  } else if (const auto *Element = dyn_cast<ArraySubscriptExpr>(E)) {
    Holder = Element->getBase();
  }
  return placeOf(U, Holder ? Holder : E);
}

/// The place of an object, or of what owns it alone: not of one of many.
static Place ownerOf(Unit &U, const Expr *E) {
  if (const Place Itself = placeOf(U, E);
      Itself && !isa_and_nonnull<FunctionDecl>(Itself.Member))
    return Itself;
  const auto *Op = dyn_cast<CXXOperatorCallExpr>(stripForwarding(U, E));
  if (!Op || (Op->getOperator() != OO_Star && Op->getOperator() != OO_Arrow))
    return {};
  const CXXRecordDecl *R = Op->getArg(0)->getType()->getAsCXXRecordDecl();
  const TypeModel *M = R ? U.models().find(R) : nullptr;
  return M && (M->Owns || M->OwnsAlone) ? placeOf(U, Op->getArg(0)) : Place();
}

/// What is done where \p Operand has been awaited.
static std::vector<Place> doneBy(Unit &U, const Expr *Operand) {
  std::vector<Place> Done;
  auto Add = [&](const Expr *E) {
    if (const Place P = ownerOf(U, E))
      Done.push_back(P);
  };
  const Expr *E = stripForwarding(U, Operand);
  Add(E);
  const StateNames &Names = U.models().stateNames();
  const auto *Call = dyn_cast<CallExpr>(E);
  const FunctionDecl *F = Call ? Call->getDirectCallee() : nullptr;
  if (hasWord(F, Names.EndsWork)) {
    if (const auto *Method = dyn_cast<CXXMemberCallExpr>(Call))
      Add(Method->getImplicitObjectArgument());
    else if (Call->getNumArgs())
      Add(Call->getArg(0));
  }
  if (hasWord(F, Names.AwaitsAll))
    for (const Expr *Arg : Call->arguments())
      if (holdsAwaitable(U, Arg->getType()))
        Add(Arg);
  return Done;
}

/// The object of \p Call, or what holds it.
static Place objectOf(Unit &U, const CallFact &Call) {
  if (Call.K == CallFact::Kind::Destructor && Call.Through)
    return {Call.Through};
  return Call.Object ? holderOf(U, Call.Object) : Place();
}

/// What control does last in \p Body.
static const Stmt *lastAct(const Stmt *Body) {
  while (Body) {
    if (const auto *Block = dyn_cast<CompoundStmt>(Body))
      Body = Block->body_empty() ? nullptr : Block->body_back();
    else if (const auto *Try = dyn_cast<CXXTryStmt>(Body))
      Body = Try->getTryBlock();
    else if (const auto *Full = dyn_cast<FullExpr>(Body))
      Body = Full->getSubExpr();
    else
      break;
  }
  return Body;
}

namespace {

/// A thread in a local variable, and what the last call of its body names.
struct Teller {
  const ValueDecl *Thread;
  const Stmt *LastAct;
};

} // namespace

static std::vector<Teller> tellersIn(Unit &U, const FunctionFacts &Facts) {
  std::vector<Teller> Found;
  for (const CallFact &Call : Facts.Calls) {
    if (Call.K != CallFact::Kind::Constructor || !Call.Through ||
        Call.Callables.size() != 1 || Call.Callables.front().IsTask)
      continue;
    const CallableArgument &Given = Call.Callables.front();
    const FunctionDecl *Body = definitionOf(Given.Body);
    const FunctionModel *M =
        Body && Call.Callee ? U.model(Call.Callee) : nullptr;
    const CallableModel *Runs = M ? callableModel(U, *M, Call, Given) : nullptr;
    if (!Runs || Runs->Use != CallableUse::Worker)
      continue;
    if (const auto *Last =
            dyn_cast_or_null<CallExpr>(lastAct(writtenBody(Body))))
      Found.push_back({Call.Through, Last});
  }
  return Found;
}

namespace {

class AwaitedAnalysis {
public:
  struct State {
    std::set<Place> Done;
    std::set<std::pair<Place, Place>> Grouped; ///< the second is in the first
    bool operator==(const State &) const = default;
  };

  AwaitedAnalysis(Unit &U, const FunctionFacts &Facts,
                  llvm::ArrayRef<Teller> Tellers)
      : U(U), Facts(Facts), Tellers(Tellers) {}

  State entry() { return {}; }
  void join(State &Into, const State &From) {
    std::erase_if(Into.Done,
                  [&](const Place &P) { return !From.Done.contains(P); });
    std::erase_if(Into.Grouped, [&](const auto &Pair) {
      return !From.Grouped.contains(Pair);
    });
  }

  void on(State &S, const Event &E) {
    switch (E.K) {
    case Event::Kind::Suspend:
      // Others may have given it new work meanwhile.
      std::erase_if(S.Done, [](const Place &P) { return !P.isOwn(); });
      if (!E.Await || E.Await->IsYield)
        break;
      for (const Place &P : doneBy(U, E.Await->Operand)) {
        S.Done.insert(P);
        for (const auto &[Group, Member] : S.Grouped)
          if (Group == P)
            S.Done.insert(Member);
      }
      for (const Teller &T : Tellers)
        if (tells(T, E.Await->Operand))
          S.Done.insert({T.Thread});
      break;
    case Event::Kind::Declare: {
      const VariableFact *V = E.Of.Member ? nullptr : Facts.variable(E.Of.Root);
      // for (auto &t : tasks), for (auto it = tasks.begin(); ...)
      const auto *Begin =
          E.Value ? dyn_cast<CXXMemberCallExpr>(E.Value->IgnoreImplicit())
                  : nullptr;
      const Expr *Of = V && V->Range ? V->Range->getRangeInit()
                       : Begin       ? Begin->getImplicitObjectArgument()
                                     : nullptr;
      const bool IsDone = (E.From && S.Done.contains(E.From)) ||
                          (Of && S.Done.contains(placeOf(U, Of)));
      S.Done.erase(E.Of);
      if (IsDone)
        S.Done.insert(E.Of);
      // auto group = fork_group(job);
      const auto *Made =
          E.Value ? dyn_cast<CallExpr>(stripForwarding(U, E.Value)) : nullptr;
      if (Made)
        group(S, E.Of, {Made->getArgs(), Made->getNumArgs()});
      break;
    }
    case Event::Kind::Assign:
    case Event::Kind::Move:
      S.Done.erase(E.Of);
      break;
    case Event::Kind::Swap:
      S.Done.erase(E.Of);
      S.Done.erase(E.From);
      break;
    case Event::Kind::Call:
      // group.fork(job);
      if (E.Of && E.Call->Object && E.Call->K == CallFact::Kind::Function)
        group(S, E.Of, E.Call->Args);
      if (S.Done.empty())
        break;
      forEachChanged(U, *E.Call, [&](const Place &P) { S.Done.erase(P); });
      if (E.Of && S.Done.contains(E.Of) && mayGiveWork(*E.Call))
        S.Done.erase(E.Of);
      break;
    default:
      break;
    }
  }

private:
  /// \p Group is given \p Args: whoever awaits it awaits what there is to await
  /// among them.
  void group(State &S, const Place &Group, llvm::ArrayRef<const Expr *> Args) {
    if (!Group.isOwn())
      return;
    for (const Expr *Arg : Args)
      if (Arg->isLValue() &&
          U.awaitables().classify(Arg->getType()).isAwaitable())
        if (const Place Member = placeOf(U, Arg); Member && Member.isOwn())
          S.Grouped.insert({Group, Member});
  }

  /// A local variable of the function is told by the one, and awaited by the
  /// other.
  bool tells(const Teller &T, const Expr *Operand) {
    return llvm::any_of(Facts.Variables, [&](const VariableFact &V) {
      return V.Var != T.Thread && mentions(T.LastAct, V.Var) &&
             mentions(Operand, V.Var);
    });
  }

  /// `group.start(task)`, and not `t.get()`, `tasks.begin()`.
  bool mayGiveWork(const CallFact &Call) {
    const auto *Method = dyn_cast_or_null<CXXMethodDecl>(Call.Callee);
    if (!Method || Method->isConst() || isa<CXXDestructorDecl>(Method))
      return false;
    const bool IsGiven = llvm::any_of(Call.Args, [](const Expr *Arg) {
      return !isa<CXXDefaultArgExpr>(Arg);
    });
    if (IsGiven || Method->getReturnType()->isVoidType()) {
      const Summary Does = U.effects().effectOf(Facts, Call);
      return IsGiven || !Does.of(Effect::Wait);
    }
    return false;
  }

  Unit &U;
  const FunctionFacts &Facts;
  llvm::ArrayRef<Teller> Tellers;
};

} // namespace

bool AwaitedFlows::has(Unit &U, const FunctionFacts &Facts,
                       const CallFact &Call) {
  if (Facts.Awaits.empty() || !objectOf(U, Call))
    return false;
  auto [It, IsNew] = Solved.try_emplace(Facts.Function);
  if (!IsNew)
    return It->second.contains(&Call);
  Calls Found;
  const std::vector<Teller> Tellers = tellersIn(U, Facts);
  if (!Tellers.empty() || llvm::any_of(Facts.Awaits, [&](const AwaitFact &A) {
        return !A.IsYield && !doneBy(U, A.Operand).empty();
      })) {
    AwaitedAnalysis Client(U, Facts, Tellers);
    Solution Flow(U, Facts.Function, Client);
    Flow.forEachState([&](const AwaitedAnalysis::State &S, const Event &E,
                          const CFGBlock &) {
      if (E.Call && !S.Done.empty() && S.Done.contains(objectOf(U, *E.Call)))
        Found.insert(E.Call);
    });
    // Parameters die with the coroutine, where no event says so.
    if (const auto AtExit = Flow.atExit())
      for (const CallFact &Dies : Facts.Calls)
        if (Dies.K == CallFact::Kind::Destructor &&
            isa_and_nonnull<ParmVarDecl>(Dies.Through) &&
            AtExit->Done.contains({Dies.Through}))
          Found.insert(&Dies);
  }
  return (Solved[Facts.Function] = std::move(Found)).contains(&Call);
}

} // namespace nostall
