//===- MadeObjects.cpp - members whose values are known -------------------===//

#include "MadeObjects.h"
#include "Effects.h"
#include "ReadyFlow.h"
#include "analysis/Unit.h"
#include "analysis/facts/CallArguments.h"
#include "analysis/facts/ConditionReader.h"
#include "analysis/source/Bodies.h"
#include "analysis/source/Emptiness.h"
#include "analysis/source/Expressions.h"
#include "clang/AST/ExprCXX.h"

using namespace clang;

namespace nostall {

const CXXRecordDecl *MadeObjects::Making::madeClass() const {
  return List ? List->getType()->getAsCXXRecordDecl()
         : By ? By->getParent()
              : Defaulted;
}

const CallFact *MadeObjects::callOf(const Making &M) const {
  if (!M.In || !M.By || M.Args.empty())
    return nullptr;
  auto It = llvm::find_if(M.In->Calls, [&](const CallFact &C) {
    return C.Callee == M.By && llvm::ArrayRef<const Expr *>(C.Args) == M.Args;
  });
  return It == M.In->Calls.end() ? nullptr : &*It;
}

/// Whether the member \p Path keeps its value after \p M; \p IsConst: nobody
/// that is given the object can change it.
bool MadeObjects::isKept(const Making &M, bool IsConst, MemberPathRef Path,
                         std::optional<int64_t> Is) {
  if (const QualType T = Path.back()->getType(); T->isReferenceType())
    return Is && T->getPointeeType()->isRecordType() &&
           !canBeEmpty(T->getPointeeType().getUnqualifiedType()); // a stream
  const bool IsMutable = llvm::any_of(
      Path, [](const FieldDecl *Field) { return Field->isMutable(); });
  return IsConst ? !IsMutable : keeps(M, Path, Is);
}

void MadeObjects::forEachKnown(const Making &M, bool IsConst,
                               VisitKnown Visit) {
  forEachValue(M, [&](MemberPathRef Path, const Expr *, auto Is) {
    if (Is && isKept(M, IsConst, Path, Is))
      Visit(Path, *Is);
  });
}

void MadeObjects::forEachKnown(const FunctionFacts &Facts, const Expr *E,
                               VisitKnown Visit) {
  if (const auto Made = makingOf(Facts, E))
    forEachKnown(*Made, Made->IsOnlyRead, Visit);
}

/// `if (!options_.dir.empty()) fd_ = open(...);`: whether the constructor may
/// change the member \p Path, where its parameters and members have what \p M
/// gives them.
bool MadeObjects::changesInMaking(const Making &M, MemberPathRef Path,
                                  std::optional<int64_t> Is) {
  if (!M.By || !Members.changes(M.By, Path, Is))
    return false;
  if (!Members.mayKeep(M.By, Path.back()))
    return true;
  std::vector<PassedValue> Passed = passedTo(M);
  std::vector<uint32_t> Cares{memberOf(OwnObject, AnyMember)};
  for (const PassedValue &V : Passed)
    Cares.push_back(V.Param);
  forEachValue(M, [&](MemberPathRef Of, const Expr *, auto Has) {
    if (Has && !Members.changesAtFirst(M.By, Of, Has))
      Passed.push_back({memberNumber(OwnObject, Of), false, *Has});
  });
  const KnownValues Known = KnownValues().after(Passed, Cares);
  return Members.changes(M.By, Path, Is, OwnObject, &Known);
}

/// Nothing that is called on what \p M makes changes its member \p Path.
bool MadeObjects::keeps(const Making &M, MemberPathRef Path,
                        std::optional<int64_t> Is) {
  if (Path.back()->getType()->isIntegralOrEnumerationType() &&
      Members.isSettled(Path))
    return true;
  if (changesInMaking(M, Path, Is))
    return false;
  return llvm::none_of(M.Called,
                       [&](const CXXMethodDecl *Method) {
                         return !Method || Members.changes(Method, Path, Is);
                       }) &&
         llvm::none_of(M.Lent, [&](const GivenFor &To) {
           return Members.changes(To.F, Path, Is, objectOf(To.Param));
         });
}

MemberValues MadeObjects::madeWith(const FunctionFacts &Facts,
                                   const VarDecl *V) {
  MemberValues Values;
  const VariableFact *Var = Facts.variable(V);
  const auto Made =
      Var && hasMembers(U, V->getType()) ? makingOf(Facts, *Var) : std::nullopt;
  if (!Made)
    return Values;
  // What becomes of it, the caller follows.
  Making Whole = *Made;
  Whole.Touched.clear();
  Whole.IsLent = false;
  forEachValue(Whole, [&](MemberPathRef Path, const Expr *Value, auto Has) {
    if (llvm::any_of(Path, [](const FieldDecl *Field) {
          return Field->getType()->isReferenceType() || Field->isMutable();
        }))
      return;
    const QualType T = Path.back()->getType();
    const bool IsNumber =
        T->isIntegralOrEnumerationType() || canBeEmpty(T.getUnqualifiedType());
    const auto Is = Value      ? constantOf(U.context(), Value)
                    : IsNumber ? Has
                               : std::nullopt;
    if (Is && !changesInMaking(*Made, Path, std::nullopt))
      Values.push_back({MemberPath(Path), *Is});
  });
  // Quiet() { options_.sync = false; }
  CallFact By;
  By.K = CallFact::Kind::Constructor;
  By.Callee = Made->By;
  By.Args.append(Made->Args.begin(), Made->Args.end());
  if (By.Callee)
    Flows.setters().forEachSet(By, OwnObject,
                               [&](MemberPathRef Path, int64_t Is) {
                                 Values.push_back({MemberPath(Path), Is});
                               });
  return Values;
}

/// The object of its callee, a method, that \p Call is made on; null if no
/// expression names it.
static const Expr *calledOn(const CallFact &Call) {
  // The awaiter, or what its operator co_await makes one of.
  if (Call.Implied == CallFact::ImpliedBy::Await)
    if (const auto *Await = dyn_cast_or_null<CoroutineSuspendExpr>(Call.Site))
      return Call.Callee->getOverloadedOperator() == OO_Coawait
                 ? Await->getOperand()
                 : Await->getCommonExpr();
  if (!Call.Object && Call.K == CallFact::Kind::Operator && !Call.Args.empty())
    return Call.Args.front();
  return Call.Object;
}

void MadeObjects::forEachObject(
    const CallFact &Call,
    llvm::function_ref<void(const Expr *, uint32_t, bool)> Visit) {
  if (!Call.Callee || U.isInSystemHeader(Call.Callee))
    return;
  if (const auto *Method = dyn_cast<CXXMethodDecl>(Call.Callee);
      Method && !Method->isStatic())
    if (const Expr *Object = calledOn(Call))
      Visit(Object, OwnObject, onlyReads(Method, OwnObject));
  for (unsigned I = 0; I != Call.Callee->getNumParams(); ++I) {
    const QualType T = Call.Callee->getParamDecl(I)->getType();
    const Expr *Arg = argumentFor(Call, I);
    if (Arg && objectOf(I) <= LastObject && hasMembers(U, T))
      Visit(Arg, objectOf(I), onlyReads(Call.Callee, objectOf(I)));
  }
}

void MadeObjects::forEachMade(
    const FunctionFacts &Facts, const CallFact &Call,
    llvm::function_ref<void(const Making &, uint32_t, bool)> Visit) {
  auto *Method = dyn_cast_or_null<CXXMethodDecl>(Call.Callee);
  auto VisitIt = [&](std::optional<Making> Made, uint32_t Object,
                     bool IsConst) {
    if (!Made)
      return;
    if (Object == OwnObject)
      Made->Called.push_back(Method);
    Visit(*Made, Object, IsConst && Made->IsOnlyRead);
  };
  forEachObject(Call, [&](const Expr *E, uint32_t Object, bool IsConst) {
    const auto Own = ownPart(Facts.Function, E);
    if (!Own)
      VisitIt(makingOf(Facts, E), Object, IsConst);
    else if (Own->Object == OwnObject && Own->Path.size() == 1)
      VisitIt(makingOf(Facts, *Own->Path.front()), Object, IsConst);
  });
  // What a constructor has initialised is so in its body.
  if (const auto *Ctor = dyn_cast_or_null<CXXConstructorDecl>(Method);
      Ctor && !U.isInSystemHeader(Ctor))
    VisitIt(Making{Ctor, Call.Args, nullptr, &Facts}, OwnObject, false);
  const VariableFact *Dies = Call.K == CallFact::Kind::Destructor
                                 ? Facts.variable(Call.Through)
                                 : nullptr;
  if (!Dies || !Method)
    return;
  if (owns(Dies->Var->getType())) {
    const auto Owned = makingOf(Facts, *Dies);
    const CXXRecordDecl *R = Owned ? Owned->madeClass() : nullptr;
    Method = R ? R->getDestructor() : nullptr;
    return VisitIt(Owned, OwnObject, false);
  }
  if (!U.isInSystemHeader(Method))
    VisitIt(makingOf(Facts, *Dies), OwnObject, false);
}

/// A member that is none of the object's own parts: it refers to what it is.
static bool leadsAway(QualType T) {
  const CXXRecordDecl *R = T->getAsCXXRecordDecl();
  return !R || !R->isPolymorphic();
}

/// The class of what \p E is, points to or owns, which the callee has as its
/// \p Object.
void MadeObjects::addClass(const FunctionFacts &Facts, const Expr *E,
                           uint32_t Object, std::vector<PassedValue> &Out) {
  ExactClass &Exact = U.effects().resolver().exactClass();
  if (!Exact.leadsToBase(E->getType()))
    return;
  if (const Symbol Is = Exact.symbolOf(E)) {
    Out.push_back(
        {memberOf(Object, ItsClass), false, static_cast<int64_t>(Is)});
    return;
  }
  const Expr *Owner = Exact.ownerOf(E);
  const auto Own =
      ownPart(Facts.Function, Owner ? Owner : stripForwarding(U, E));
  if (Own && (Own->Path.empty() || leadsAway(Own->Path.back()->getType())))
    Out.push_back({memberOf(Object, ItsClass), true,
                   Own->Path.empty() ? memberOf(Own->Object, ItsClass)
                                     : memberNumber(Own->Object, Own->Path)});
}

/// What is known of the object that \p E is, which the callee has as its
/// \p Object: of the function's own, all.
void MadeObjects::addObject(const FunctionFacts &Facts, const Expr *E,
                            uint32_t Object, std::vector<PassedValue> &Out) {
  const CXXRecordDecl *Class = classOf(E->getType());
  const auto Own = ownPart(Facts.Function, E);
  if (Own && (!Facts.changes(memberOf(Own->Object, AnyMember)) ||
              Members.isSettled(Class)))
    Out.push_back({memberOf(Object, AnyMember), true,
                   allMembersOf(Own->Object, memberName(Own->Path))});
}

/// `Writer writer(options);`, where the function was given the options, and the
/// constructor copies `options.sync`.
void MadeObjects::addCopied(const FunctionFacts &Facts, const Making &M,
                            uint32_t Object, bool IsConst,
                            std::vector<PassedValue> &Out) {
  const auto *Ctor = cast_or_null<CXXConstructorDecl>(definitionOf(M.By));
  if (!Ctor)
    return;
  for (const CXXCtorInitializer *I : Ctor->inits()) {
    const auto From =
        I->isMemberInitializer() ? ownPart(Ctor, I->getInit()) : std::nullopt;
    if (!From || From->Object == OwnObject || From->Path.empty() ||
        U.facts(Ctor).changes(From->Object - objectOf(0)))
      continue;
    const unsigned Param = From->Object - objectOf(0);
    const auto Given = Param < M.Args.size()
                           ? ownPart(Facts.Function, M.Args[Param])
                           : std::nullopt;
    if (!Given || Facts.changes(memberOf(Given->Object, AnyMember)) ||
        !isKept(M, IsConst, I->getMember()))
      continue;
    MemberPath Path = Given->Path;
    Path.append(From->Path.begin(), From->Path.end());
    Out.push_back({memberNumber(Object, I->getMember()), true,
                   memberNumber(Given->Object, Path)});
  }
}

void MadeObjects::addMembers(const FunctionFacts &Facts, const CallFact &Call,
                             std::vector<PassedValue> &Out) {
  const auto *Method = dyn_cast_or_null<CXXMethodDecl>(Call.Callee);
  if (Method && !Method->isStatic() && !U.isInSystemHeader(Method)) {
    if (calledOn(Call)) {
      const auto &Ready = U.readyFlows().of(U, Facts.Function).Members;
      if (auto It = Ready.find(Call.Site); It != Ready.end())
        for (const MemberPath &Path : It->second)
          Out.push_back({memberNumber(OwnObject, Path), false, ReadyFuture});
    }
    for (const auto &[Path, Value] : Flows.at(Facts, Call))
      if (Members.readsBeforeChange(Method, Path, Value))
        Out.push_back({memberNumber(OwnObject, Path), false, Value});
  }
  llvm::append_range(Out, Flows.passed(Facts, Call));
  // guard().dismiss();
  const auto *Temporary =
      Call.K == CallFact::Kind::Destructor
          ? dyn_cast_or_null<CXXBindTemporaryExpr>(Call.Site)
          : nullptr;
  if (const CallFact *Last =
          Temporary ? calledOnTemporary(Facts, *Temporary) : nullptr)
    Flows.setters().forEachSet(
        *Last, OwnObject, [&](MemberPathRef Path, int64_t Is) {
          if (Members.readsBeforeChange(Call.Callee, Path, Is))
            Out.push_back({memberNumber(OwnObject, Path), false, Is});
        });
  forEachObject(Call, [&](const Expr *E, uint32_t Object, bool) {
    addClass(Facts, E, Object, Out);
    addObject(Facts, E, Object, Out);
  });
  // Of what an owner that is passed on owns.
  if (Call.Callee && !U.isInSystemHeader(Call.Callee))
    for (unsigned I = 0; I != Call.Callee->getNumParams(); ++I)
      if (const Expr *Arg = argumentFor(Call, I);
          Arg && objectOf(I) <= LastObject &&
          !hasMembers(U, Call.Callee->getParamDecl(I)->getType()))
        addClass(Facts, Arg, objectOf(I), Out);
  forEachMade(Facts, Call, [&](const Making &M, uint32_t Object, bool IsConst) {
    forEachKnown(M, IsConst, [&](MemberPathRef Path, int64_t Is) {
      Out.push_back({memberNumber(Object, Path), false, Is});
    });
    // Journal journal(mode), where mode is the function's own parameter
    if (M.In == &Facts && !(M.By && definitionOf(M.By) == Facts.Function)) {
      forEachValue(M, [&](MemberPathRef Path, const Expr *Value, auto Is) {
        if (!Is && isKept(M, IsConst, Path))
          addPassed(U, Facts, memberNumber(Object, Path),
                    Path.back()->getType(), Value, Out);
      });
      addCopied(Facts, M, Object, IsConst, Out);
    }
  });
}

} // namespace nostall
