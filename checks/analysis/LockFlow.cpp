//===- LockFlow.cpp - thread locks held at a suspension -------------------===//

#include "LockFlow.h"
#include "Awaitables.h"
#include "CallArguments.h"
#include "Flow.h"
#include "Unit.h"
#include "clang/AST/DeclTemplate.h"
#include <map>

using namespace clang;

namespace nostall {
namespace {

struct Held {
  SourceLocation TakenAt;
  bool IsGuard = false;
  bool OnEveryPath = true;
  bool operator==(const Held &) const = default;
};
using LockState = std::map<const ValueDecl *, Held>;

class LockAnalysis {
public:
  LockAnalysis(Unit &U, const FunctionFacts &Facts) : U(U), Facts(Facts) {
    for (const CallFact &Call : Facts.Calls)
      if (Call.Callee)
        CallAt[Call.Site] = &Call;
    for (const VariableFact &V : Facts.Variables)
      if (guardModel(V.Var->getType()))
        for (const VariableUse &Use : V.Uses)
          if (Use.H == VariableUse::How::Moved ||
              Use.H == VariableUse::How::Returned)
            LeavesAt[Use.Ref] = V.Var;
  }

  std::vector<LockAcrossAwait> run() {
    std::vector<LockAcrossAwait> Result;
    if (Facts.Awaits.empty() || !mayLock())
      return Result;
    const FunctionFlow *Flow = U.flow(Facts.Function);
    if (!Flow)
      return Result;
    In = solveForward(
        *Flow, LockState(),
        [&](LockState &S, const CFGElement &E) { transfer(S, E); },
        [&](LockState &S, const CFGBlock &From, bool IsTrue) {
          edge(S, From, IsTrue);
        },
        join);
    std::map<const Stmt *, const AwaitFact *> AwaitAt;
    for (const AwaitFact &Await : Facts.Awaits)
      AwaitAt[Await.Site] = &Await;
    for (const CFGBlock *Block : Flow->cfg()) {
      if (!In[Block->getBlockID()])
        continue;
      LockState S = *In[Block->getBlockID()];
      for (const CFGElement &Element : *Block) {
        if (auto At = Element.getAs<CFGStmt>())
          if (auto Await = AwaitAt.find(At->getStmt()); Await != AwaitAt.end())
            for (const auto &[Lock, H] : S) {
              LockAcrossAwait Found{
                  Await->second, Lock, H.IsGuard, H.TakenAt, {}};
              if (!H.OnEveryPath)
                Found.Path = pathTo(Flow->cfg(), Block, Lock);
              Result.push_back(std::move(Found));
            }
        transfer(S, Element);
      }
    }
    llvm::sort(Result, [](const auto &A, const auto &B) {
      return std::tuple(A.Await, A.TakenAt) < std::tuple(B.Await, B.TakenAt);
    });
    return Result;
  }

private:
  bool mayLock() const {
    return llvm::any_of(Facts.Variables,
                        [&](const VariableFact &V) {
                          return guardModel(V.Var->getType());
                        }) ||
           llvm::any_of(Facts.Calls, [&](const CallFact &C) {
             const FunctionModel *M = C.Callee ? U.model(C.Callee) : nullptr;
             return M && M->Acquires;
           });
  }

  /// The model of the thread-lock guard that \p T is, or null.
  const TypeModel *guardModel(QualType T) const {
    const CXXRecordDecl *R = T.getNonReferenceType()->getAsCXXRecordDecl();
    const TypeModel *M = R ? U.models().find(R) : nullptr;
    if (!M || !M->LockGuard)
      return nullptr;
    if (const auto *Spec = dyn_cast<ClassTemplateSpecializationDecl>(R))
      for (const TemplateArgument &Arg : Spec->getTemplateArgs().asArray()) {
        llvm::ArrayRef<TemplateArgument> Args = Arg;
        if (Arg.getKind() == TemplateArgument::Pack)
          Args = Arg.getPackAsArray();
        for (const TemplateArgument &A : Args)
          if (A.getKind() == TemplateArgument::Type &&
              U.awaitables().isAsyncMutex(A.getAsType()))
            return nullptr;
      }
    return M;
  }

  static bool hasTag(llvm::ArrayRef<const Expr *> Args,
                     const std::vector<std::string> &Tags) {
    return llvm::any_of(Args, [&](const Expr *Arg) {
      const CXXRecordDecl *R =
          Arg->getType().getNonReferenceType()->getAsCXXRecordDecl();
      return R && llvm::is_contained(Tags, modelName(R));
    });
  }

  /// \p V, a guard, gets the value \p Init at \p Loc.
  void setGuard(LockState &S, const ValueDecl *V, const Expr *Init,
                SourceLocation Loc) {
    const TypeModel *M = guardModel(V->getType());
    if (!M || !Init)
      return;
    S.erase(V);
    const Expr *E = Init->IgnoreImplicit();
    if (const auto *Cast = dyn_cast<CXXFunctionalCastExpr>(E))
      E = Cast->getSubExpr()->IgnoreImplicit();
    if (const auto *Forwarded = stripForwarding(U, E);
        isa<DeclRefExpr>(Forwarded) && guardModel(Forwarded->getType())) {
      // The source has left at its own use; held is what it held.
      if (!MovedFrom.contains(namedEntity(U, Forwarded)))
        return;
    } else if (const auto *C = dyn_cast<CXXConstructExpr>(E)) {
      llvm::ArrayRef<const Expr *> Args(C->getArgs(), C->getNumArgs());
      if (Args.empty() || hasTag(Args, M->DeferTags))
        return;
      if (hasTag(Args, M->AdoptTags))
        for (const Expr *Arg : Args)
          S.erase(namedEntity(U, Arg));
    }
    S[V] = {Loc, true, true};
  }

  void transfer(LockState &S, const CFGElement &Element) {
    if (auto Dtor = Element.getAs<CFGAutomaticObjDtor>()) {
      S.erase(Dtor->getVarDecl());
      return;
    }
    auto At = Element.getAs<CFGStmt>();
    if (!At)
      return;
    const Stmt *Site = At->getStmt();
    if (const auto *Decls = dyn_cast<DeclStmt>(Site)) {
      for (const Decl *D : Decls->decls())
        if (const auto *V = dyn_cast<VarDecl>(D))
          setGuard(S, V, V->getInit(), V->getLocation());
      return;
    }
    if (auto Leaves = LeavesAt.find(Site); Leaves != LeavesAt.end()) {
      if (S.erase(Leaves->second))
        MovedFrom.insert(Leaves->second);
      return;
    }
    auto Call = CallAt.find(Site);
    if (Call == CallAt.end())
      return;
    const CallFact &C = *Call->second;
    if (C.Object)
      onGuard(S, C);
    if (const auto *Assign = dyn_cast<CXXOperatorCallExpr>(Site);
        Assign && Assign->isAssignmentOp())
      if (const ValueDecl *V = namedEntity(U, Assign->getArg(0)))
        setGuard(S, V, Assign->getArg(1), C.Loc);
    const FunctionModel *M = U.model(C.Callee);
    if (!M)
      return;
    if (M->Releases)
      if (const ValueDecl *Mutex = entity(C, *M->Releases))
        S.erase(Mutex);
    if (M->Acquires && !C.Callee->getReturnType()->isBooleanType())
      acquire(S, C, *M);
  }

  const ValueDecl *entity(const CallFact &C, int Index) {
    const Expr *Arg = modelArgument(C, Index);
    return Arg ? namedEntity(U, Arg) : nullptr;
  }

  void acquire(LockState &S, const CallFact &C, const FunctionModel &M) {
    const ValueDecl *Mutex = entity(C, *M.Acquires);
    if (Mutex && !guardModel(Mutex->getType()) &&
        !U.awaitables().isAsyncMutex(Mutex->getType()))
      S[Mutex] = {C.Loc, false, true};
  }

  void onGuard(LockState &S, const CallFact &C) {
    const ValueDecl *V = namedEntity(U, C.Object);
    const TypeModel *M = V ? guardModel(V->getType()) : nullptr;
    if (!M || !C.Callee->getDeclName().isIdentifier())
      return;
    std::string Name = C.Callee->getName().str();
    if (llvm::is_contained(M->GuardReleases, Name))
      S.erase(V);
    else if (acquires(*M, C) && !C.Callee->getReturnType()->isBooleanType())
      S[V] = {C.Loc, true, true};
  }

  static bool acquires(const TypeModel &Guard, const CallFact &C) {
    return C.Callee->getDeclName().isIdentifier() &&
           llvm::is_contained(Guard.GuardAcquires, C.Callee->getName().str());
  }

  /// `if (guard.owns_lock())`, `if (!guard)`, `if (mutex.try_lock())`,
  /// `if (guard.try_lock())`.
  void edge(LockState &S, const CFGBlock &From, bool IsTrue) {
    const Expr *Cond = branchCondition(From);
    while (Cond) {
      Cond = Cond->IgnoreParenImpCasts();
      const auto *Not = dyn_cast<UnaryOperator>(Cond);
      if (!Not || Not->getOpcode() != UO_LNot)
        break;
      IsTrue = !IsTrue;
      Cond = Not->getSubExpr();
    }
    auto Call = CallAt.find(Cond);
    if (!Cond || Call == CallAt.end() ||
        !Call->second->Callee->getReturnType()->isBooleanType())
      return;
    const CallFact &C = *Call->second;
    const FunctionModel *M = U.model(C.Callee);
    if (M && M->Acquires && IsTrue)
      acquire(S, C, *M);
    const ValueDecl *V = C.Object ? namedEntity(U, C.Object) : nullptr;
    const TypeModel *Guard = V ? guardModel(V->getType()) : nullptr;
    if (!Guard)
      return;
    if (acquires(*Guard, C)) {
      if (IsTrue)
        S[V] = {C.Loc, true, true};
    } else if (!IsTrue && cast<CXXMethodDecl>(C.Callee)->isConst()) {
      S.erase(V);
    }
  }

  static void join(LockState &Into, const LockState &From) {
    for (auto &[Lock, H] : Into)
      if (!From.contains(Lock))
        H.OnEveryPath = false;
    for (const auto &[Lock, H] : From) {
      auto [It, IsNew] = Into.try_emplace(Lock, H);
      It->second.OnEveryPath &= H.OnEveryPath && !IsNew;
    }
  }

  /// The decisions on a shortest way along which \p Lock stays held up to \p
  /// To.
  llvm::SmallVector<Branch, 2> pathTo(const CFG &Graph, const CFGBlock *To,
                                      const ValueDecl *Lock) {
    std::map<const CFGBlock *, const CFGBlock *> CameFrom{{To, nullptr}};
    std::deque<const CFGBlock *> Work{To};
    const CFGBlock *Source = nullptr;
    while (!Work.empty() && !Source) {
      const CFGBlock *Block = Work.front();
      Work.pop_front();
      const auto &State = In[Block->getBlockID()];
      if (!State || !State->contains(Lock)) {
        Source = Block; // taken in here
        break;
      }
      for (const CFGBlock *Pred : Block->preds())
        if (Pred && In[Pred->getBlockID()] && holdsAtEnd(*Pred, Lock) &&
            CameFrom.try_emplace(Pred, Block).second)
          Work.push_back(Pred);
    }
    llvm::SmallVector<Branch, 2> Path;
    for (const CFGBlock *B = Source; B && B != To; B = CameFrom[B])
      if (B->succ_size() == 2)
        if (const Expr *Cond = branchCondition(*B))
          Path.push_back(
              {Cond, B->succ_begin()->getReachableBlock() == CameFrom[B]});
    // The decision that led to the place where it was taken.
    if (Source && Source->pred_size() == 1)
      if (const CFGBlock *Pred = *Source->pred_begin();
          Pred && Pred->succ_size() == 2)
        if (const Expr *Cond = branchCondition(*Pred))
          Path.insert(
              Path.begin(),
              {Cond, Pred->succ_begin()->getReachableBlock() == Source});
    return Path;
  }

  bool holdsAtEnd(const CFGBlock &Block, const ValueDecl *Lock) {
    LockState S = *In[Block.getBlockID()];
    for (const CFGElement &Element : Block)
      transfer(S, Element);
    return S.contains(Lock);
  }

  Unit &U;
  const FunctionFacts &Facts;
  std::vector<std::optional<LockState>> In;
  llvm::DenseMap<const Stmt *, const CallFact *> CallAt;
  llvm::DenseMap<const Stmt *, const VarDecl *> LeavesAt;
  llvm::SmallPtrSet<const ValueDecl *, 2> MovedFrom;
};

} // namespace

std::vector<LockAcrossAwait> locksAcrossAwaits(Unit &U,
                                               const FunctionFacts &Facts) {
  return LockAnalysis(U, Facts).run();
}

} // namespace nostall
