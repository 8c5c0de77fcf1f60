//===- Dump.cpp - every stage of the core, printed ------------------------===//

#include "Dump.h"
#include "analysis/Unit.h"
#include "analysis/contexts/Contexts.h"
#include "analysis/contexts/LoopCalls.h"
#include "analysis/effects/Descriptors.h"
#include "analysis/effects/Effects.h"
#include "analysis/effects/ReadyFlow.h"
#include "analysis/facts/Facts.h"
#include "analysis/facts/StoredCallables.h"
#include "analysis/flow/Solver.h"
#include "analysis/locks/LockFlow.h"
#include "analysis/source/Annotations.h"
#include "analysis/source/Awaitables.h"
#include "analysis/tasks/TaskFlow.h"
#include "analysis/words/Wording.h"
#include "clang/AST/ASTContext.h"
#include "clang/Basic/SourceManager.h"
#include "llvm/ADT/SetVector.h"

using namespace clang;

namespace nostall {
namespace {

std::string place(const Unit &U, SourceLocation Loc) {
  const SourceManager &SM = U.context().getSourceManager();
  PresumedLoc P = SM.getPresumedLoc(SM.getExpansionLoc(Loc));
  if (P.isInvalid())
    return "?";
  return std::to_string(P.getLine()) + ":" + std::to_string(P.getColumn());
}

std::string heading(const Unit &U, const FunctionDecl *F) {
  return displayName(F) + " " + place(U, F->getLocation());
}

std::string callKind(const CallFact &C) {
  constexpr llvm::StringLiteral Implied[] = {"", "default-arg ", "range-for ",
                                             "await ", "library "};
  constexpr llvm::StringLiteral Dispatch[] = {"", "virtual-", "indirect-"};
  constexpr llvm::StringLiteral Kinds[] = {"call", "construct", "destroy",
                                           "operator", "convert"};
  return (Implied[static_cast<unsigned>(C.Implied)] +
          Dispatch[static_cast<unsigned>(C.By)] +
          Kinds[static_cast<unsigned>(C.K)])
      .str();
}

llvm::StringRef discardKind(DiscardFact::How H) {
  constexpr llvm::StringLiteral Names[] = {
      "statement", "comma",    "branch",        "void-cast",
      "ignored",   "for-init", "for-increment", "tested"};
  return Names[static_cast<unsigned>(H)];
}

llvm::StringRef useKind(VariableUse::How H) {
  constexpr llvm::StringLiteral Names[] = {"awaited",   "asked",    "method",
                                           "moved",     "returned", "captured",
                                           "discarded", "replaced", "other"};
  return Names[static_cast<unsigned>(H)];
}

std::string describe(const ParamTest &T) {
  constexpr llvm::StringLiteral Signs[] = {
      "==",    "!=",      "<",    ">=",       ">",          "<=",
      " has ", " lacks ", " in ", " not in ", " known as ", " not known as "};
  static_assert(std::size(Signs) ==
                static_cast<size_t>(ParamTest::Relation::Last) + 1);
  if (T.Value == NonblockingDescriptor)
    return "param" + std::to_string(T.Param) +
           (T.Is == ParamTest::Relation::NotEqual ? " blocks"
                                                  : " does not block");
  return "param" + std::to_string(T.Param) +
         Signs[static_cast<unsigned>(T.Is)].str() + std::to_string(T.Value) +
         (T.OrNext ? " or" : "");
}

void dumpCall(const Unit &U, const CallFact &C, llvm::raw_ostream &OS) {
  OS << "  " << callKind(C) << " " << place(U, C.Loc) << " ";
  if (C.Callee)
    OS << displayName(C.Callee);
  else if (C.Through)
    OS << "through " << C.Through->getNameAsString();
  else
    OS << "unknown";
  if (C.Callee && C.Through && C.K == CallFact::Kind::Destructor)
    OS << " of " << C.Through->getNameAsString();
  for (const CallableArgument &A : C.Callables) {
    if (A.Arg == CallableArgument::InTemplate)
      OS << " template-arg=";
    else
      OS << " arg" << A.Arg << "=";
    if (A.IsTask)
      OS << "task of ";
    if (A.Body)
      OS << displayName(A.Body);
    else
      OS << "parameter " << A.Param->getNameAsString();
  }
  bool IsFirst = true;
  for (const ParamTest &T : C.When) {
    OS << (IsFirst ? " if " : " ") << describe(T);
    IsFirst = !T.OrNext;
  }
  OS << (C.Discarded ? " discarded" : "") << (C.Awaited ? " awaited" : "")
     << (C.Allowed ? " allowed" : "") << "\n";
}

} // namespace

void dumpFacts(Unit &U, llvm::raw_ostream &OS) {
  for (const FunctionDecl *F : U.functions()) {
    const FunctionFacts &Facts = U.facts(F);
    OS << (Facts.Coroutine ? "coroutine " : "function ") << heading(U, F);
    if (Facts.Coroutine) {
      AwaitableType Type = U.awaitables().classifyCoroutine(F);
      OS << " " << kindName(Type.K) << " " << startName(Type.S);
    }
    OS << (Facts.TestsWouldBlock ? " tests-would-block" : "") << "\n";
    for (const CallFact &Call : Facts.Calls)
      dumpCall(U, Call, OS);
    for (const AwaitFact &Await : Facts.Awaits)
      OS << (Await.IsYield ? "  co_yield " : "  co_await ")
         << place(U, Await.Loc) << "\n";
    for (const DiscardFact &Discard : Facts.Discards)
      OS << "  discard " << place(U, Discard.Value->getExprLoc()) << " "
         << discardKind(Discard.H) << "\n";
    for (const VariableFact &V : Facts.Variables) {
      OS << "  variable " << place(U, V.Var->getLocation()) << " "
         << V.Var->getNameAsString();
      for (const VariableUse &Use : V.Uses)
        OS << " " << useKind(Use.H) << "@" << place(U, Use.Ref->getLocation());
      OS << "\n";
    }
  }
}

/// What is stored where, and what is known of each place for it.
void dumpValues(Unit &U, llvm::raw_ostream &OS) {
  llvm::SmallSetVector<const ValueDecl *, 16> Places;
  for (const FunctionDecl *F : U.functions()) {
    const FunctionFacts &Facts = U.facts(F);
    if (Facts.Stores.empty())
      continue;
    OS << heading(U, F) << "\n";
    for (const StoreFact &S : Facts.Stores) {
      OS << "  " << (S.Of ? S.Of->getNameAsString() : "returned") << " := ";
      if (S.From)
        OS << place(U, S.From->getExprLoc());
      else
        OS << "non-blocking";
      for (const ParamTest &T : S.When)
        OS << " if " << describe(T);
      OS << "\n";
      if (S.Of)
        Places.insert(S.Of);
    }
  }
  for (const StoredCallables::Store &S : U.storedCallables().stores())
    Places.insert(S.In);
  for (const ValueDecl *D : Places) {
    const auto &Held = U.storedCallables().in(D);
    const bool IsNonblocking = U.descriptors().isNonblocking(D);
    if (Held.empty() && !IsNonblocking)
      continue;
    OS << "place " << place(U, D->getLocation()) << " " << D->getNameAsString()
       << ":" << (IsNonblocking ? " non-blocking" : "");
    for (const FunctionDecl *F : Held)
      OS << " holds " << displayName(F);
    OS << "\n";
  }
}

void dumpEffects(Unit &U, llvm::raw_ostream &OS) {
  for (const FunctionDecl *F : U.functions()) {
    const Summary &S = U.effects().summary(F);
    OS << heading(U, F) << ":";
    if (!S.blocks() && !S.loopOnly() && S.Externals.empty())
      OS << " none";
    OS << "\n";
    for (unsigned I = 0; I != NumEffects; ++I) {
      auto Kind = static_cast<Effect>(I);
      const Witness *First = S.of(Kind);
      if (!First)
        continue;
      OS << "  " << traitsOf(Kind).Name << ":";
      const auto Hops = U.effects().chain(*First);
      for (const Witness &Hop : Hops)
        OS << " " << place(U, Hop.Loc) << " "
           << displayHop(Hop, U.effects().primitive(Hops.back().Prim)) << ";";
      OS << "\n";
    }
    for (const FunctionDecl *External : S.Externals)
      OS << "  external " << displayName(External) << "\n";
  }
  for (const LoopCall &L : callsOnLoop(U)) {
    OS << "on the loop " << place(U, L.Call->Loc) << " "
       << (L.Call->Callee ? displayName(L.Call->Callee) : displayCall(*L.Call))
       << (L.isConditional() ? " blocks if one of these does:" : " blocks");
    if (L.isConditional())
      for (const FunctionDecl *External : L.Does.Externals)
        OS << " " << displayName(External);
    OS << "\n";
  }
}

static void dumpEvent(const Unit &U, const Event &E, llvm::raw_ostream &OS) {
  OS << "    " << eventName(E.K);
  if (E.Use)
    OS << "-" << useKind(E.Use->H);
  if (E.Loc.isValid())
    OS << " " << place(U, E.Loc);
  if (E.Of)
    OS << " " << E.Of.name();
  if (E.From)
    OS << (E.K == Event::Kind::Swap ? " with " : " from ") << E.From.name();
  if (E.Call && E.Call->Callee)
    OS << " by " << displayName(E.Call->Callee);
  OS << "\n";
}

/// Blocks are numbered against the direction of control.
static void dumpBlock(Unit &U, const CFGBlock &Block, const Events &Of,
                      llvm::raw_ostream &OS) {
  if (Of.of(Block).empty() && Block.succ_size() < 2)
    return;
  OS << "  block " << Block.getBlockID();
  if (const Expr *Condition = branchCondition(Block))
    OS << " asks " << place(U, Condition->getExprLoc());
  for (const CFGBlock::AdjacentBlock &Next : Block.succs())
    if (const CFGBlock *To = Next.getReachableBlock())
      OS << " -> " << To->getBlockID();
  OS << "\n";
  for (const Event &E : Of.of(Block))
    dumpEvent(U, E, OS);
}

static llvm::StringRef lockWord(LockAtAwait::State S) {
  constexpr llvm::StringLiteral Words[] = {"held",      "empty",     "released",
                                           "handed on", "not owned", "given"};
  return Words[static_cast<unsigned>(S)];
}

void dumpFlow(Unit &U, llvm::raw_ostream &OS) {
  for (const FunctionDecl *F : U.functions()) {
    const FunctionFlow *Flow = U.flow(F);
    const FunctionFacts &Facts = U.facts(F);
    OS << (Facts.Coroutine ? "coroutine " : "function ") << heading(U, F)
       << (Flow ? "\n" : " without control flow\n");
    if (!Flow)
      continue;
    std::vector<const CFGBlock *> Blocks(Flow->cfg().begin(),
                                         Flow->cfg().end());
    llvm::sort(Blocks, [](const CFGBlock *A, const CFGBlock *B) {
      return A->getBlockID() > B->getBlockID();
    });
    for (const CFGBlock *Block : Blocks)
      dumpBlock(U, *Block, Flow->events(U), OS);
    const auto Locks = locksAtAwaits(U, Facts);
    const auto Ready = readyAtAwaits(U, Facts);
    const auto Tasks = tasksAtAwaits(U, Facts);
    for (const AwaitFact &Await : Facts.Awaits) {
      OS << "  " << (Await.IsYield ? "co_yield " : "co_await ")
         << place(U, Await.Loc) << " "
         << contextName(U.contexts().at(Facts, Await)) << "\n";
      for (const LockAtAwait &L : Locks)
        if (L.Await == &Await) {
          OS << "    lock " << L.Lock.name() << " " << lockWord(L.Is)
             << " since " << place(U, L.At);
          for (const Branch &B : L.Path)
            OS << (B.Taken ? " if " : " unless ")
               << place(U, B.Condition->getExprLoc());
          OS << "\n";
        }
      for (const auto &[At, P] : Ready)
        if (At == &Await)
          OS << "    ready " << P.name() << "\n";
      for (const TaskAtAwait &T : Tasks)
        if (T.Await == &Await)
          OS << "    task " << T.Variable->getNameAsString()
             << (T.Open && T.Done ? " open on some paths"
                 : T.Open         ? " open"
                                  : " done")
             << "\n";
    }
  }
}

void dumpContexts(Unit &U, llvm::raw_ostream &OS) {
  for (const FunctionDecl *F : U.functions()) {
    const Placement &P = U.contexts().of(F);
    OS << heading(U, F) << ": " << contextName(P.C);
    switch (P.W) {
    case Placement::Why::Unknown:
      break;
    case Placement::Why::Coroutine:
      OS << ", a coroutine";
      break;
    case Placement::Why::Generator:
      OS << ", a generator: it runs where it is iterated";
      break;
    case Placement::Why::Handed:
      OS << ", handed to " << displayName(P.To) << " at " << place(U, P.At);
      break;
    case Placement::Why::Called:
      OS << ", called by " << displayName(P.To) << " at " << place(U, P.At);
      break;
    case Placement::Why::Awaited:
      OS << ", awaited by " << displayName(P.To) << " at " << place(U, P.At);
      break;
    case Placement::Why::Annotated:
      OS << ", annotated NOSTALL_LOOP_ONLY";
      break;
    }
    OS << "\n";
    const FunctionFacts &Facts = U.facts(F);
    for (const CallFact &Call : Facts.Calls)
      if (Context C = U.contexts().at(Facts, Call); C != P.C && Call.Callee)
        OS << "  " << place(U, Call.Loc) << " " << displayName(Call.Callee)
           << ": " << contextName(C) << "\n";
  }
}

} // namespace nostall
