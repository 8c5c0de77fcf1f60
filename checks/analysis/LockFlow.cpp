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

using Is = LockAtAwait::State;

struct LockState {
  Is Now = Is::Held;
  SourceLocation At;
  bool IsGuard = false;
  bool OnEveryPath = true; ///< if it is held
  bool operator==(const LockState &) const = default;
};
using LockStates = std::map<const ValueDecl *, LockState>;

bool isHeld(const LockStates &S, const ValueDecl *Lock) {
  auto It = S.find(Lock);
  return It != S.end() && It->second.Now == Is::Held;
}

/// \p Lock, if it is known, is not held any more.
void leave(LockStates &S, const ValueDecl *Lock, Is Now, SourceLocation At) {
  if (auto It = S.find(Lock); It != S.end() && It->second.Now != Now)
    It->second = {Now, At, It->second.IsGuard, true};
}

/// The model of the guard that \p T is, or null.
const TypeModel *anyGuardModel(Unit &U, const CXXRecordDecl *R) {
  const TypeModel *M = R ? U.models().find(R) : nullptr;
  return M && M->LockGuard ? M : nullptr;
}

bool namesAsyncMutex(Unit &U, const CXXRecordDecl *R) {
  const auto *Spec = dyn_cast_or_null<ClassTemplateSpecializationDecl>(R);
  if (!Spec)
    return false;
  for (const TemplateArgument &Arg : Spec->getTemplateArgs().asArray()) {
    llvm::ArrayRef<TemplateArgument> Args = Arg;
    if (Arg.getKind() == TemplateArgument::Pack)
      Args = Arg.getPackAsArray();
    for (const TemplateArgument &A : Args)
      if (A.getKind() == TemplateArgument::Type &&
          U.awaitables().isAsyncMutex(A.getAsType()))
        return true;
  }
  return false;
}

/// The model of the thread-lock guard that \p T is, or null.
const TypeModel *guardModel(Unit &U, QualType T) {
  const CXXRecordDecl *R = T.getNonReferenceType()->getAsCXXRecordDecl();
  const TypeModel *M = anyGuardModel(U, R);
  return M && !namesAsyncMutex(U, R) ? M : nullptr;
}

class LockAnalysis {
public:
  LockAnalysis(Unit &U, const FunctionFacts &Facts) : U(U), Facts(Facts) {
    for (const CallFact &Call : Facts.Calls)
      if (Call.Callee)
        CallAt[Call.Site] = &Call;
    for (const VariableFact &V : Facts.Variables)
      if (guardModel(U, V.Var->getType()))
        for (const VariableUse &Use : V.Uses)
          if (Use.H == VariableUse::How::Moved ||
              Use.H == VariableUse::How::Returned)
            LeavesAt[Use.Ref] = V.Var;
  }

  std::vector<LockAtAwait> run() {
    std::vector<LockAtAwait> Result;
    if (Facts.Awaits.empty() || !mayLock(U, Facts))
      return Result;
    const FunctionFlow *Flow = U.flow(Facts.Function);
    if (!Flow)
      return Result;
    In = solveForward(
        *Flow, LockStates(),
        [&](LockStates &S, const CFGElement &E) { transfer(S, E); },
        [&](LockStates &S, const CFGBlock &From, bool IsTrue) {
          edge(S, From, IsTrue);
        },
        join);
    std::map<const Stmt *, const AwaitFact *> AwaitAt;
    for (const AwaitFact &Await : Facts.Awaits)
      AwaitAt[Await.Site] = &Await;
    for (const CFGBlock *Block : Flow->cfg()) {
      if (!In[Block->getBlockID()])
        continue;
      LockStates S = *In[Block->getBlockID()];
      for (const CFGElement &Element : *Block) {
        if (auto At = Element.getAs<CFGStmt>())
          if (auto Await = AwaitAt.find(At->getStmt()); Await != AwaitAt.end())
            for (const auto &[Lock, L] : S) {
              LockAtAwait Found{L.Now,     Await->second, Lock,
                                L.IsGuard, L.At,          {}};
              if (L.Now == Is::Held && !L.OnEveryPath)
                Found.Path = pathTo(Flow->cfg(), Block, Lock);
              Result.push_back(std::move(Found));
            }
        transfer(S, Element);
      }
    }
    llvm::sort(Result, [](const auto &A, const auto &B) {
      return std::tuple(A.Await, A.At) < std::tuple(B.Await, B.At);
    });
    return Result;
  }

private:
  static bool hasTag(llvm::ArrayRef<const Expr *> Args,
                     const std::vector<std::string> &Tags) {
    return llvm::any_of(Args, [&](const Expr *Arg) {
      const CXXRecordDecl *R =
          Arg->getType().getNonReferenceType()->getAsCXXRecordDecl();
      return R && llvm::is_contained(Tags, modelName(R));
    });
  }

  /// \p V, a guard, gets the value \p Init at \p Loc.
  void setGuard(LockStates &S, const ValueDecl *V, const Expr *Init,
                SourceLocation Loc) {
    const TypeModel *M = guardModel(U, V->getType());
    if (!M || !Init)
      return;
    S[V] = {Is::Empty, Loc, true, true};
    const Expr *E = Init->IgnoreImplicit();
    if (const auto *Cast = dyn_cast<CXXFunctionalCastExpr>(E))
      E = Cast->getSubExpr()->IgnoreImplicit();
    if (const auto *Forwarded = stripForwarding(U, E);
        isa<DeclRefExpr>(Forwarded) && guardModel(U, Forwarded->getType())) {
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
    S[V] = {Is::Held, Loc, true, true};
  }

  void transfer(LockStates &S, const CFGElement &Element) {
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
      if (isHeld(S, Leaves->second))
        MovedFrom.insert(Leaves->second);
      leave(S, Leaves->second, Is::HandedOn, Leaves->first->getBeginLoc());
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
        leave(S, Mutex, Is::Released, C.Loc);
    if (M->Acquires && !C.Callee->getReturnType()->isBooleanType())
      acquire(S, C, *M);
  }

  const ValueDecl *entity(const CallFact &C, int Index) {
    const Expr *Arg = modelArgument(C, Index);
    return Arg ? namedEntity(U, Arg) : nullptr;
  }

  void acquire(LockStates &S, const CallFact &C, const FunctionModel &M) {
    const ValueDecl *Mutex = entity(C, *M.Acquires);
    if (Mutex && !guardModel(U, Mutex->getType()) &&
        !U.awaitables().isAsyncMutex(Mutex->getType()))
      S[Mutex] = {Is::Held, C.Loc, false, true};
  }

  void onGuard(LockStates &S, const CallFact &C) {
    const ValueDecl *V = namedEntity(U, C.Object);
    const TypeModel *M = V ? guardModel(U, V->getType()) : nullptr;
    if (!M || !C.Callee->getDeclName().isIdentifier())
      return;
    std::string Name = C.Callee->getName().str();
    if (llvm::is_contained(M->GuardReleases, Name))
      leave(S, V, Is::Released, C.Loc);
    else if (acquires(*M, C) && !C.Callee->getReturnType()->isBooleanType())
      S[V] = {Is::Held, C.Loc, true, true};
  }

  static bool acquires(const TypeModel &Guard, const CallFact &C) {
    return C.Callee->getDeclName().isIdentifier() &&
           llvm::is_contained(Guard.GuardAcquires, C.Callee->getName().str());
  }

  /// `if (guard.owns_lock())`, `if (!guard)`, `if (mutex.try_lock())`,
  /// `if (guard.try_lock())`.
  void edge(LockStates &S, const CFGBlock &From, bool IsTrue) {
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
    const TypeModel *Guard = V ? guardModel(U, V->getType()) : nullptr;
    if (!Guard)
      return;
    if (acquires(*Guard, C)) {
      if (IsTrue)
        S[V] = {Is::Held, C.Loc, true, true};
    } else if (!IsTrue && cast<CXXMethodDecl>(C.Callee)->isConst()) {
      leave(S, V, Is::NotOwned, C.Loc);
    }
  }

  /// Held on one of the paths that meet is held.
  static void join(LockStates &Into, const LockStates &From) {
    for (auto &[Lock, L] : Into)
      if (!isHeld(From, Lock))
        L.OnEveryPath = false;
    for (const auto &[Lock, L] : From) {
      auto [It, IsNew] = Into.try_emplace(Lock, L);
      LockState &Here = It->second;
      const bool WasHeld = !IsNew && Here.Now == Is::Held;
      if (L.Now == Is::Held && !WasHeld)
        Here = L;
      Here.OnEveryPath &= L.OnEveryPath && WasHeld;
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
      if (!State || !isHeld(*State, Lock)) {
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
    LockStates S = *In[Block.getBlockID()];
    for (const CFGElement &Element : Block)
      transfer(S, Element);
    return isHeld(S, Lock);
  }

  Unit &U;
  const FunctionFacts &Facts;
  std::vector<std::optional<LockStates>> In;
  llvm::DenseMap<const Stmt *, const CallFact *> CallAt;
  llvm::DenseMap<const Stmt *, const VarDecl *> LeavesAt;
  llvm::SmallPtrSet<const ValueDecl *, 2> MovedFrom;
};

} // namespace

std::vector<LockAtAwait> locksAtAwaits(Unit &U, const FunctionFacts &Facts) {
  return LockAnalysis(U, Facts).run();
}

bool mayLock(Unit &U, const FunctionFacts &Facts) {
  return llvm::any_of(Facts.Variables,
                      [&](const VariableFact &V) {
                        return guardModel(U, V.Var->getType());
                      }) ||
         llvm::any_of(Facts.Calls, [&](const CallFact &C) {
           const FunctionModel *M = C.Callee ? U.model(C.Callee) : nullptr;
           return M && M->Acquires;
         });
}

bool isAsyncGuard(Unit &U, QualType T) {
  const CXXRecordDecl *R = T.getNonReferenceType()->getAsCXXRecordDecl();
  return anyGuardModel(U, R) && namesAsyncMutex(U, R);
}

} // namespace nostall
