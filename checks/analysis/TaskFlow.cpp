//===- TaskFlow.cpp - tasks kept in variables -----------------------------===//

#include "TaskFlow.h"
#include "Awaitables.h"
#include "Expressions.h"
#include "Flow.h"
#include "Unit.h"
#include <map>

using namespace clang;

namespace nostall {

bool takesCare(const VariableUse &Use) {
  using How = VariableUse::How;
  return Use.H != How::ConstMethod && Use.H != How::Discarded;
}

void addKeptTasks(Unit &U, FunctionFacts &Facts) {
  for (const VariableFact &V : Facts.Variables) {
    if (V.Uses.size() != 1 || V.Uses[0].H != VariableUse::How::Moved ||
        !V.Var->getInit())
      continue;
    auto Task = taskMadeBy(U, stripForwarding(U, V.Var->getInit()));
    if (!Task)
      continue;
    for (CallFact &Call : Facts.Calls)
      for (Task->Arg = 0; Task->Arg != Call.Args.size(); ++Task->Arg)
        if (stripForwarding(U, Call.Args[Task->Arg]) == V.Uses[0].Ref)
          Call.Callables.push_back(*Task);
  }
}

std::vector<PartialDrop> partialDrops(Unit &U, const FunctionFacts &Facts) {
  std::map<const Stmt *, const VarDecl *> CaredAt;
  std::map<const VarDecl *, const VariableFact *> Tracked;
  for (const VariableFact &V : Facts.Variables) {
    if (!V.Decl || V.Var->getType()->isReferenceType() ||
        !U.awaitables().classify(V.Var->getType()).isAwaitable() ||
        U.awaitables().classify(V.Var->getType()).Droppable)
      continue;
    bool Any = false;
    for (const VariableUse &Use : V.Uses)
      if (takesCare(Use)) {
        CaredAt[Use.Ref] = V.Var;
        Any = true;
      }
    if (Any)
      Tracked[V.Var] = &V;
  }
  std::vector<PartialDrop> Result;
  const FunctionFlow *Flow = Tracked.empty() ? nullptr : U.flow(Facts.Function);
  if (!Flow)
    return Result;
  /// Variables not yet cared for, with the last decision on the way.
  using State = std::map<const VarDecl *, std::pair<const Expr *, bool>>;
  auto Transfer = [&](State &S, const CFGElement &Element) {
    if (auto Dtor = Element.getAs<CFGAutomaticObjDtor>())
      S.erase(Dtor->getVarDecl());
    auto At = Element.getAs<CFGStmt>();
    if (!At)
      return;
    if (const auto *Decls = dyn_cast<DeclStmt>(At->getStmt())) {
      for (const Decl *D : Decls->decls())
        if (const auto *V = dyn_cast<VarDecl>(D); V && Tracked.contains(V))
          S[V] = {nullptr, true};
    } else if (auto Cared = CaredAt.find(At->getStmt());
               Cared != CaredAt.end()) {
      S.erase(Cared->second);
    }
  };
  auto In = solveForward(
      *Flow, State(), Transfer,
      [](State &S, const CFGBlock &From, bool IsTrue) {
        if (const Expr *Cond = branchCondition(From))
          for (auto &[V, Last] : S)
            Last = {Cond, IsTrue};
      },
      [](State &Into, const State &From) {
        for (const auto &Entry : From)
          Into.insert(Entry);
      });
  std::map<const VarDecl *, PartialDrop> Found;
  for (const CFGBlock *Block : Flow->cfg()) {
    if (!In[Block->getBlockID()])
      continue;
    State S = *In[Block->getBlockID()];
    for (const CFGElement &Element : *Block) {
      if (auto Dtor = Element.getAs<CFGAutomaticObjDtor>())
        if (auto Open = S.find(Dtor->getVarDecl()); Open != S.end()) {
          PartialDrop &Drop = Found[Open->first];
          Drop.Variable = Tracked[Open->first];
          if (Open->second.first && Drop.Path.empty())
            Drop.Path.push_back({Open->second.first, Open->second.second});
        }
      Transfer(S, Element);
    }
  }
  for (const VariableFact &V : Facts.Variables)
    if (auto It = Found.find(V.Var); It != Found.end())
      Result.push_back(std::move(It->second));
  return Result;
}

} // namespace nostall
