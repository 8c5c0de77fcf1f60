//===- LocksElsewhere.cpp - locks that other units take -------------------===//

#include "LocksElsewhere.h"
#include "LockGuards.h"
#include "LockHelpers.h"
#include "analysis/Unit.h"
#include "analysis/facts/ConditionReader.h"
#include "analysis/flow/Solver.h"
#include "analysis/source/Bodies.h"
#include "analysis/source/Expressions.h"
#include "clang/AST/DeclTemplate.h"
#include <map>
#include <set>

using namespace clang;

namespace nostall {

/// What an owner of type \p T owns, or \p T itself.
static QualType whatIsOwned(Unit &U, QualType T) {
  if (const auto *Owner = dyn_cast_or_null<ClassTemplateSpecializationDecl>(
          T->getAsCXXRecordDecl()))
    if (const TypeModel *M = U.models().find(Owner);
        M && (M->Owns || M->OwnsAlone) && Owner->getTemplateArgs().size() &&
        Owner->getTemplateArgs()[0].getKind() == TemplateArgument::Type)
      return Owner->getTemplateArgs()[0].getAsType();
  return T;
}

/// A lock of C's, as the functions that take it name its type.
static bool isPlainMutex(QualType T) {
  for (const auto *Alias = T->getAs<TypedefType>(); Alias;
       Alias = Alias->desugar()->getAs<TypedefType>())
    if (const StringRef Name = Alias->getDecl()->getName();
        Name == "pthread_mutex_t" || Name == "pthread_rwlock_t" ||
        Name == "pthread_spinlock_t" || Name == "mtx_t")
      return true;
  return false;
}

/// A mutex of threads, or something of the user's that has one, refers to one,
/// or hides what it has in another file (`struct Impl;`).
static bool hasMutex(Unit &U, QualType T, unsigned Depth = 0) {
  constexpr unsigned MaxDepth = 4; // a guard of a part of a registry
  T = T.getNonReferenceType();
  if (T->isAnyPointerType())
    T = T->getPointeeType();
  if (isPlainMutex(T) || isThreadMutex(U, T) || guardModel(U, T))
    return true;
  if (Depth)
    T = whatIsOwned(U, T);
  const CXXRecordDecl *R = T->getAsCXXRecordDecl();
  if (R && !R->hasDefinition())
    return Depth && isa<CXXRecordDecl>(R->getDeclContext());
  if (!R || U.models().isOpaque(R) || Depth == MaxDepth)
    return false;
  return llvm::any_of(R->fields(),
                      [&](const FieldDecl *Field) {
                        return hasMutex(U, Field->getType(), Depth + 1);
                      }) ||
         llvm::any_of(R->bases(), [&](const CXXBaseSpecifier &Base) {
           return hasMutex(U, Base.getType(), Depth + 1);
         });
}

/// An owner of such a class, too.
static bool mayHoldLock(Unit &U, QualType T) {
  if (T.isNull())
    return false; // {a, b} in a template
  T = whatIsOwned(U, T);
  const CXXRecordDecl *R = T->getAsCXXRecordDecl();
  return R && R->hasDefinition() && !R->hasTrivialDestructor() &&
         !guardModel(U, T) && hasMutex(U, T);
}

static bool isElsewhere(Unit &U, const FunctionDecl *F) {
  if (U.model(F))
    return false;
  const FunctionDecl *Body = definitionOf(F);
  return Body ? U.lockHelpers().leansOnOthers(U, Body) : mayBeElsewhere(U, F);
}

/// Which call makes \p Value, a guard, by a body that is not here.
static std::optional<LockQuestion>
askedOfMaker(Unit &U, const FunctionFacts &Facts, const Expr *Value) {
  if (!mayHoldLock(U, Value->getType()))
    return std::nullopt;
  const auto *By = dyn_cast<CallExpr>(Value);
  const FunctionDecl *Callee =
      By && !isDispatched(By) ? By->getDirectCallee() : nullptr;
  if (Callee && isElsewhere(U, Callee))
    return LockQuestion{Callee->getCanonicalDecl(), ResultObject};
  for (const CallFact &C : Facts.Calls) // the library may construct it
    if (const auto *Ctor = dyn_cast_or_null<CXXConstructorDecl>(
            C.Site == Value ? C.Callee : nullptr);
        Ctor && isElsewhere(U, Ctor))
      return LockQuestion{Ctor->getCanonicalDecl(), OwnObject};
  return std::nullopt;
}

static bool mayGiveOrTake(QualType Param) {
  return (Param->isReferenceType() || Param->isPointerType()) &&
         !Param->getPointeeType().isConstQualified();
}

/// By call of a body that is not here: what it may do something to.
using Asked = llvm::SmallVector<std::pair<Place, LockQuestion>, 2>;

/// `Registry::get().begin()`: the accessor, which stands for what it gives.
static const FunctionDecl *accessorOf(Unit &U, const CallFact &C) {
  const auto *By =
      C.Object ? dyn_cast<CallExpr>(stripForwarding(U, C.Object)) : nullptr;
  const FunctionDecl *F = By && !By->getNumArgs() && !isDispatched(By)
                              ? By->getDirectCallee()
                              : nullptr;
  const auto *Method = dyn_cast_or_null<CXXMethodDecl>(F);
  return F && F->getReturnType()->isReferenceType() &&
                 (!Method || Method->isStatic())
             ? F->getCanonicalDecl()
             : nullptr;
}

/// `void lock_registry();`: asked where a coroutine calls it, because a helper
/// around it is rare, and such functions are not.
static bool mayLockGlobal(const FunctionDecl *F) {
  const auto *Method = dyn_cast<CXXMethodDecl>(F);
  return (!Method || Method->isStatic()) && !F->getNumParams() &&
         F->getReturnType()->isVoidType();
}

static Asked askedBy(Unit &U, const FunctionFacts &Facts, const CallFact &C,
                     Place Object) {
  Asked Result;
  if (!C.Callee || C.By != CallFact::Dispatch::Static ||
      C.K == CallFact::Kind::Destructor || !isElsewhere(U, C.Callee))
    return Result;
  const auto *Method = dyn_cast<CXXMethodDecl>(C.Callee);
  if (Facts.Coroutine && mayLockGlobal(C.Callee))
    Result.push_back({{nullptr, Facts.Function},
                      {C.Callee->getCanonicalDecl(), GlobalObject}});
  if (!Object && Method && !Method->isConst())
    if (const FunctionDecl *By = accessorOf(U, C);
        By && hasMutex(U, By->getReturnType()))
      Result.push_back({{By}, {C.Callee->getCanonicalDecl(), OwnObject}});
  if (Object && Method && !Method->isConst() && hasMutex(U, Object.type()))
    Result.push_back({Object, {C.Callee->getCanonicalDecl(), OwnObject}});
  // What its constructor takes, the object stands for.
  if (C.K == CallFact::Kind::Constructor &&
      !Method->getParent()->hasTrivialDestructor())
    return Result;
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

  OpenLocks(Unit &U, const FunctionFacts &Facts) : U(U), Facts(Facts) {
    for (const CallFact &C : Facts.Calls)
      if (C.Site && C.K == CallFact::Kind::Constructor &&
          C.Implied != CallFact::ImpliedBy::Library)
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
      if (auto Asked = Made ? askedOfMaker(U, Facts, Made) : std::nullopt)
        S.Open[{E.Of, *Asked, E.Loc}].clear();
      else if (const CallFact *C = Constructions.lookup(Made))
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
    for (const auto &[Of, Question] : askedBy(U, Facts, C, Object)) {
      for (auto &[Key, Since] : S.Open)
        if (Key.Lock.mayBe(Of) || Key.Lock == Of)
          Since.insert(Question);
      S.Open[{Of, Question, At}].clear();
    }
    const FunctionModel *M = C.Callee ? U.model(C.Callee) : nullptr;
    if (M && M->Releases)
      for (const Place &Lock : locksNamed(U, C, *M->Releases))
        forget(S, Lock);
    if (M && M->LetsGo != FunctionModel::Part::None)
      forget(S, Object); // an owner of a guard
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
  const FunctionFacts &Facts;
  llvm::DenseMap<const Stmt *, const CallFact *> Constructions;
};

} // namespace

/// Whether anything in \p Facts is asked about.
static bool asksOthers(Unit &U, const FunctionFacts &Facts) {
  return llvm::any_of(Facts.Calls, [&](const CallFact &C) {
    if (!C.Callee || C.K == CallFact::Kind::Destructor)
      return false;
    const QualType Made = C.K == CallFact::Kind::Constructor
                              ? U.context().getCanonicalTagType(
                                    cast<CXXMethodDecl>(C.Callee)->getParent())
                              : C.Callee->getReturnType();
    return !askedBy(U, Facts, C, C.Object ? placeOf(U, C.Object) : Place())
                .empty() ||
           (mayHoldLock(U, Made) && isElsewhere(U, C.Callee));
  });
}

bool LockHelpers::leansOnOthers(Unit &U, const FunctionDecl *F) {
  auto [It, IsNew] = Leans.try_emplace(F, false); // false: it calls itself
  if (IsNew && helperBody(U, F) && asksOthers(U, U.facts(F)))
    return Leans[F] = true;
  return Leans[F];
}

std::vector<OpenLock> openLocksAtAwaits(Unit &U, const FunctionFacts &Facts) {
  std::vector<OpenLock> Result;
  if (Facts.Awaits.empty() || !asksOthers(U, Facts))
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
              if (Result.size() == Before || Result.back().Lock != Key.Lock ||
                  !Result.back().isNamed())
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

/// \p P, as callers of \p F can name it.
static std::optional<uint32_t> objectFor(const FunctionDecl *F,
                                         const Place &P) {
  const auto *Param = dyn_cast_or_null<ParmVarDecl>(P.Root);
  const auto *V = dyn_cast_or_null<VarDecl>(P.Root);
  if (isa<FunctionDecl>(P.decl()) || (V && V->hasGlobalStorage()))
    return GlobalObject;
  if (Param ? Param->getDeclContext() != F : P.Root != nullptr)
    return std::nullopt; // a variable that callers do not pass
  const uint32_t Object =
      Param ? objectOf(Param->getFunctionScopeIndex()) : OwnObject;
  return Object <= LastObject ? std::optional(Object) : std::nullopt;
}

/// What \p Facts leaves to its callers if functions with bodies elsewhere do.
static void answerByOthers(Unit &U, const FunctionFacts &Facts,
                           std::vector<LockAnswer> &Answers) {
  const FunctionDecl *F = Facts.Function;
  bool Asks = false;
  for (const CallFact &C : Facts.Calls)
    for (const auto &[Of, Question] :
         askedBy(U, Facts, C, C.Object ? placeOf(U, C.Object) : Place())) {
      Asks = true;
      if (const auto Object = objectFor(F, Of))
        Answers.push_back({*Object, false, Question, {}});
    }
  if (Asks) {
    OpenLocks Client(U, Facts);
    if (const auto AtExit = Solution(U, F, Client).atExit())
      for (const auto &[Key, Since] : AtExit->Open)
        if (const auto Object = objectFor(F, Key.Lock))
          Answers.push_back(
              {*Object, true, Key.Takes, {Since.begin(), Since.end()}});
  }
  if (!mayHoldLock(U, F->getReturnType()))
    return;
  forEachReturned(F, [&](const Expr *Value) {
    const Expr *Made = Value->IgnoreImplicit();
    if (const auto *Cast = dyn_cast<CXXFunctionalCastExpr>(Made))
      Made = Cast->getSubExpr()->IgnoreImplicit();
    if (auto Question = askedOfMaker(U, Facts, Made))
      Answers.push_back({ResultObject, true, Question, {}});
  });
}

std::vector<LockAnswer> lockAnswersOf(Unit &U, const FunctionDecl *F) {
  std::vector<LockAnswer> Answers;
  if (coroutineBody(F) || U.isInSystemHeader(F) || U.models().isOpaque(F))
    return Answers;
  const LockEffect &Effect = U.lockHelpers().of(U, F);
  for (const auto &[On, Does] : Effect.On)
    if (const auto Object = objectFor(F, On))
      Answers.push_back({*Object, Does == LockEffect::Does::Takes, {}, {}});
  if (Effect.Result == true)
    Answers.push_back({ResultObject, true, {}, {}});
  answerByOthers(U, U.facts(F), Answers);
  // What a constructor takes, its object stands for.
  if (const auto *Ctor = dyn_cast<CXXConstructorDecl>(F);
      Ctor && !Ctor->getParent()->hasTrivialDestructor())
    for (LockAnswer &Answer : Answers)
      if (Answer.Takes)
        Answer.Object = OwnObject;
  return Answers;
}

} // namespace nostall
