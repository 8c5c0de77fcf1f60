//===- TaskFlow.cpp - tasks kept in variables -----------------------------===//

#include "TaskFlow.h"
#include "analysis/Unit.h"
#include "analysis/flow/Flow.h"
#include "analysis/source/Awaitables.h"
#include "analysis/source/Expressions.h"
#include <map>

using namespace clang;

namespace nostall {

bool takesCare(const VariableUse &Use) {
  using How = VariableUse::How;
  return Use.H != How::ConstMethod && Use.H != How::Discarded &&
         Use.H != How::Replaced;
}

namespace {

/// What a path knows of one variable.
struct Holding {
  /// Holds a task that nothing has taken care of; on some path, none.
  bool Open = false, Done = false;
  /// That task was made in this body, on every path.
  bool IsMade = false;
  const Expr *Decision = nullptr; ///< the last on the way
  bool Taken = false;
  bool operator==(const Holding &) const = default;
};
using Holdings = std::map<const VarDecl *, Holding>;

class PathJudge {
public:
  PathJudge(Unit &U, const FunctionFacts &Facts) : U(U), Facts(Facts) {
    for (const VariableFact &V : Facts.Variables)
      if (V.Decl && !V.Var->getType()->isReferenceType())
        track(V);
    for (const VariableFact &P : Facts.Parameters)
      track(P);
  }

  TaskPaths run() {
    const FunctionFlow *Flow =
        Tracked.empty() ? nullptr : U.flow(Facts.Function);
    if (!Flow)
      return {};
    Holdings Entry;
    for (const VariableFact &P : Facts.Parameters)
      if (Tracked.contains(P.Var))
        Entry[P.Var].Open = true;
    auto In = solveForward(
        *Flow, Entry, [&](Holdings &S, const CFGElement &E) { transfer(S, E); },
        edge, join);
    for (const CFGBlock *Block : Flow->cfg()) {
      if (!In[Block->getBlockID()])
        continue;
      Holdings S = *In[Block->getBlockID()];
      for (const CFGElement &Element : *Block) {
        if (auto Dtor = Element.getAs<CFGAutomaticObjDtor>())
          leave(S, Dtor->getVarDecl());
        if (auto At = Element.getAs<CFGStmt>())
          replace(S, At->getStmt());
        transfer(S, Element);
      }
      if (leadsOut(*Block, Flow->cfg()))
        for (const VariableFact &P : Facts.Parameters)
          leave(S, P.Var);
    }
    TaskPaths Result;
    for (const auto *All : {&Facts.Parameters, &Facts.Variables})
      for (const VariableFact &V : *All)
        if (auto It = Found.find(V.Var); It != Found.end())
          Result.Partial.push_back(std::move(It->second));
    Result.Replaced = std::move(Replaced);
    return Result;
  }

private:
  void track(const VariableFact &V) {
    const AwaitableType &Type = U.awaitables().classify(V.Var->getType());
    if (!Type.isAwaitable() || Type.Droppable ||
        llvm::none_of(V.Uses, takesCare))
      return;
    Tracked[V.Var] = &V;
    for (const VariableUse &Use : V.Uses)
      if (takesCare(Use))
        CaredAt[Use.Ref] = V.Var;
      else if (Use.Assignment)
        AssignedAt[Use.Assignment] = &Use;
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

  void transfer(Holdings &S, const CFGElement &Element) {
    if (auto Dtor = Element.getAs<CFGAutomaticObjDtor>())
      S.erase(Dtor->getVarDecl());
    auto At = Element.getAs<CFGStmt>();
    if (!At)
      return;
    if (const auto *Decls = dyn_cast<DeclStmt>(At->getStmt())) {
      for (const Decl *D : Decls->decls())
        if (const auto *V = dyn_cast<VarDecl>(D); V && Tracked.contains(V))
          S[V] = made(V->getInit());
    } else if (auto Cared = CaredAt.find(At->getStmt());
               Cared != CaredAt.end()) {
      S[Cared->second] = {};
      S[Cared->second].Done = true;
    } else if (auto Given = AssignedAt.find(At->getStmt());
               Given != AssignedAt.end()) {
      S[cast<VarDecl>(Given->second->Ref->getDecl())] =
          made(Given->second->Assignment->getArg(1));
    }
  }

  Holding made(const Expr *Value) const {
    Holding H;
    const auto *Construct =
        Value ? dyn_cast<CXXConstructExpr>(Value->IgnoreImplicit()) : nullptr;
    H.Open = Value && !(Construct && Construct->getNumArgs() == 0);
    H.Done = !H.Open;
    H.IsMade = isMade(Value);
    return H;
  }

  static void edge(Holdings &S, const CFGBlock &From, bool IsTrue) {
    if (const Expr *Cond = branchCondition(From))
      for (auto &[V, H] : S)
        if (H.Open)
          H.Decision = Cond, H.Taken = IsTrue;
  }

  static void join(Holdings &Into, const Holdings &From) {
    for (const auto &[V, H] : From) {
      auto [It, IsNew] = Into.try_emplace(V, H);
      if (IsNew)
        continue;
      Holding &Old = It->second;
      if (!Old.Open)
        Old.Decision = H.Decision, Old.Taken = H.Taken;
      Old.IsMade = (Old.IsMade || !Old.Open) && (H.IsMade || !H.Open);
      Old.Open |= H.Open;
      Old.Done |= H.Done;
    }
  }

  void leave(const Holdings &S, const VarDecl *V) {
    auto It = S.find(V);
    if (It == S.end() || !It->second.Open || !Tracked.contains(V))
      return;
    PartialDrop &Drop = Found[V];
    Drop.Variable = Tracked[V];
    if (It->second.Decision && Drop.Path.empty())
      Drop.Path.push_back({It->second.Decision, It->second.Taken});
  }

  void replace(const Holdings &S, const Stmt *At) {
    auto Given = AssignedAt.find(At);
    if (Given == AssignedAt.end())
      return;
    const auto *V = cast<VarDecl>(Given->second->Ref->getDecl());
    auto It = S.find(V);
    if (It == S.end() || !It->second.Open || It->second.Done ||
        !It->second.IsMade)
      return;
    Drop D;
    D.K = Drop::Kind::Replaced;
    D.Type = &U.awaitables().classify(V->getType());
    D.Named = V;
    D.Loc = Given->second->Ref->getLocation();
    if (D.Type->K == AwaitableType::Kind::Task)
      Replaced.push_back(std::move(D));
  }

  /// Leaves the function, but not by an exception.
  static bool leadsOut(const CFGBlock &Block, const CFG &Graph) {
    if (Block.hasNoReturnElement() ||
        isa_and_nonnull<CXXThrowExpr>(Block.getTerminatorStmt()))
      return false;
    for (const CFGElement &Element : Block)
      if (auto At = Element.getAs<CFGStmt>();
          At && isa<CXXThrowExpr>(At->getStmt()))
        return false;
    return llvm::any_of(Block.succs(), [&](const CFGBlock *Next) {
      return Next == &Graph.getExit();
    });
  }

  Unit &U;
  const FunctionFacts &Facts;
  std::map<const VarDecl *, const VariableFact *> Tracked;
  std::map<const Stmt *, const VarDecl *> CaredAt;
  std::map<const Stmt *, const VariableUse *> AssignedAt;
  std::map<const VarDecl *, PartialDrop> Found;
  std::vector<Drop> Replaced;
};

} // namespace

TaskPaths taskPaths(Unit &U, const FunctionFacts &Facts) {
  return PathJudge(U, Facts).run();
}

} // namespace nostall
