//===- LocksElsewhere.cpp - locks that other units take -------------------===//

#include "LocksElsewhere.h"
#include "LockGuards.h"
#include "LockHelpers.h"
#include "analysis/Unit.h"
#include "analysis/facts/ConditionReader.h"
#include "analysis/flow/Solver.h"
#include "analysis/source/Bodies.h"
#include <map>
#include <set>

using namespace clang;

namespace nostall {

/// A mutex of threads, or something of the user's that has one or refers to
/// one.
static bool hasMutex(Unit &U, QualType T, unsigned Depth = 0) {
  constexpr unsigned MaxDepth = 4; // a guard of a part of a registry
  T = T.getNonReferenceType();
  if (T->isAnyPointerType())
    T = T->getPointeeType();
  if (isThreadMutex(U, T) || guardModel(U, T))
    return true;
  const CXXRecordDecl *R = T->getAsCXXRecordDecl();
  if (!R || !R->hasDefinition() || U.models().isOpaque(R) || Depth == MaxDepth)
    return false;
  return llvm::any_of(R->fields(),
                      [&](const FieldDecl *Field) {
                        return hasMutex(U, Field->getType(), Depth + 1);
                      }) ||
         llvm::any_of(R->bases(), [&](const CXXBaseSpecifier &Base) {
           return hasMutex(U, Base.getType(), Depth + 1);
         });
}

static bool mayGiveOrTake(QualType Param) {
  return (Param->isReferenceType() || Param->isPointerType()) &&
         !Param->getPointeeType().isConstQualified();
}

/// By call of a body that is not here: what it may do something to.
using Asked = llvm::SmallVector<std::pair<Place, LockQuestion>, 2>;

static Asked askedBy(Unit &U, const CallFact &C, const Place &Object) {
  Asked Result;
  if (!C.Callee || C.By != CallFact::Dispatch::Static ||
      C.K == CallFact::Kind::Destructor || definitionOf(C.Callee) ||
      U.model(C.Callee) || !mayBeElsewhere(U, C.Callee))
    return Result;
  const auto *Method = dyn_cast<CXXMethodDecl>(C.Callee);
  if (Object && Method && !Method->isConst() && hasMutex(U, Object.type()))
    Result.push_back({Object, {C.Callee->getCanonicalDecl(), OwnObject}});
  for (unsigned I = 0;
       I != C.Callee->getNumParams() && objectOf(I) <= LastObject; ++I) {
    const Expr *Arg = argumentFor(C, I);
    const Place P = Arg ? placeOf(U, Arg) : Place();
    if (P && mayGiveOrTake(C.Callee->getParamDecl(I)->getType()) &&
        hasMutex(U, P.type()))
      Result.push_back({P, {C.Callee->getCanonicalDecl(), objectOf(I)}});
  }
  return Result;
}

namespace {

/// Which calls may have taken what, and what may have given it back since.
class OpenLocks {
public:
  struct Key {
    Place Lock;
    LockQuestion Takes;
    SourceLocation At;
    auto operator<=>(const Key &Other) const {
      return std::tuple(Lock, At.getRawEncoding(), Takes) <=>
             std::tuple(Other.Lock, Other.At.getRawEncoding(), Other.Takes);
    }
    bool operator==(const Key &Other) const { return (*this <=> Other) == 0; }
  };
  struct State {
    std::map<Key, std::set<LockQuestion>> Open;
    bool operator==(const State &) const = default;
  };

  OpenLocks(Unit &U, const FunctionFacts &Facts) : U(U) {
    for (const CallFact &C : Facts.Calls)
      if (C.Site && C.K == CallFact::Kind::Constructor)
        Constructions[C.Site] = &C;
  }

  State entry() { return {}; }
  void join(State &Into, const State &From) {
    for (const auto &[Key, Since] : From.Open)
      Into.Open[Key].insert(Since.begin(), Since.end());
  }

  void on(State &S, const Event &E) {
    switch (E.K) {
    case Event::Kind::Declare: {
      const Expr *Made = E.Value ? E.Value->IgnoreImplicit() : nullptr;
      if (const CallFact *C = Constructions.lookup(Made))
        call(S, *C, E.Of, E.Loc);
      return;
    }
    case Event::Kind::Call:
      if (E.Call->K != CallFact::Kind::Constructor)
        call(S, *E.Call, E.Of, E.Call->Loc);
      return;
    case Event::Kind::Assign:
    case Event::Kind::Swap:
    case Event::Kind::Move:
    case Event::Kind::Destroy:
      return forget(S, E.Of);
    default:
      return;
    }
  }

private:
  void call(State &S, const CallFact &C, const Place &Object,
            SourceLocation At) {
    for (const auto &[Of, Question] : askedBy(U, C, Object)) {
      for (auto &[Key, Since] : S.Open)
        if (Key.Lock.mayBe(Of) || Key.Lock == Of)
          Since.insert(Question);
      S.Open[{Of, Question, At}].clear();
    }
    const FunctionModel *M = C.Callee ? U.model(C.Callee) : nullptr;
    if (M && M->Releases)
      for (const Place &Lock : locksNamed(U, C, *M->Releases))
        forget(S, Lock);
    if (const FunctionDecl *Body = helperOf(U, C))
      for (const auto &[On, Does] : U.lockHelpers().of(U, Body).On)
        if (Does == LockEffect::Does::GivesBack)
          forget(S, On.Root ? argumentOr(U, C, Body, On) : Object);
  }

  static void forget(State &S, const Place &Of) {
    if (Of)
      std::erase_if(S.Open, [&](const auto &Entry) {
        return Entry.first.Lock == Of || Entry.first.Lock.mayBe(Of);
      });
  }

  Unit &U;
  llvm::DenseMap<const Stmt *, const CallFact *> Constructions;
};

} // namespace

std::vector<OpenLock> openLocksAtAwaits(Unit &U, const FunctionFacts &Facts) {
  std::vector<OpenLock> Result;
  auto MayAsk = [&](const CallFact &C) {
    const QualType Made = C.K == CallFact::Kind::Constructor && C.Callee
                              ? U.context().getCanonicalTagType(
                                    cast<CXXMethodDecl>(C.Callee)->getParent())
                              : QualType();
    return !askedBy(U, C, C.Object ? placeOf(U, C.Object) : Place()).empty() ||
           (!Made.isNull() && !definitionOf(C.Callee) && hasMutex(U, Made));
  };
  if (Facts.Awaits.empty() || llvm::none_of(Facts.Calls, MayAsk))
    return Result;
  OpenLocks Client(U, Facts);
  Solution(U, Facts.Function, Client)
      .forEachState(
          [&](const OpenLocks::State &S, const Event &E, const CFGBlock &) {
            if (!E.Await)
              return;
            const size_t Before = Result.size();
            for (const auto &[Key, Since] : S.Open) {
              if (heldAcross(U, *E.Await, Key.Lock) != LockAtAwait::State::Held)
                continue;
              if (Result.size() == Before || Result.back().Lock != Key.Lock)
                Result.push_back({E.Await, Key.Lock, {}});
              Result.back().By.push_back(
                  {Key.At, Key.Takes, {Since.begin(), Since.end()}});
            }
          });
  llvm::stable_sort(Result, [](const OpenLock &A, const OpenLock &B) {
    return A.Await < B.Await;
  });
  return Result;
}

std::vector<LockAnswer> lockAnswersOf(Unit &U, const FunctionDecl *F) {
  std::vector<LockAnswer> Answers;
  if (coroutineBody(F))
    return Answers;
  for (const auto &[On, Does] : U.lockHelpers().of(U, F).On) {
    const auto *Param = dyn_cast_or_null<ParmVarDecl>(On.Root);
    if (Param ? Param->getDeclContext() != F : On.Root != nullptr)
      continue; // a variable that callers do not pass
    const uint32_t Object =
        Param ? objectOf(Param->getFunctionScopeIndex()) : OwnObject;
    if (Object <= LastObject)
      Answers.push_back({Object, Does == LockEffect::Does::Takes});
  }
  return Answers;
}

} // namespace nostall
