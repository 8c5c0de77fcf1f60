//===- AlwaysValues.cpp - members that never have another value -----------===//
//
//   class Journal { ... private: const bool sync_ = false; Limits limits_; };
//
// The part of MadeObjects that says what private members have in every object
// of their class, because nobody gives them another value.
//
//===----------------------------------------------------------------------===//

#include "MadeObjects.h"
#include "analysis/Unit.h"
#include "analysis/facts/ConditionReader.h"
#include "analysis/source/Emptiness.h"
#include "analysis/source/Expressions.h"
#include "clang/AST/ExprCXX.h"

using namespace clang;

namespace nostall {

/// The one value that a member has which is given \p Values and nothing else:
/// nothing, if that is what it is made with.
static std::optional<int64_t> onlyValue(Unit &U, QualType T,
                                        const ValuesGiven &Values) {
  if (Values.empty())
    return canBeEmpty(T) ? std::optional<int64_t>(0) : std::nullopt;
  std::optional<int64_t> Only;
  for (const Expr *Value : Values) {
    std::optional<int64_t> Is;
    if (canBeEmpty(T))
      if (const auto Holds = holdsSomething(T, Value))
        Is = *Holds;
    if (!Is)
      Is = constantOf(U.context(), Value);
    if (!Is || (Only && Only != Is))
      return std::nullopt;
    Only = Is;
  }
  return Only;
}

/// What \p Part, a field of an aggregate, has where that is made with \p Values
/// and nothing else: `Limits limits_{.tries = 3};`, or `Limits limits_;`.
static std::optional<ValuesGiven> valuesOfPart(const FieldDecl *Part,
                                               const ValuesGiven &Values) {
  ValuesGiven Found;
  auto Add = [&](const Expr *Value) {
    if (Value)
      Found.push_back(Value);
    return Value != nullptr;
  };
  const Expr *Default =
      Part->hasInClassInitializer() ? Part->getInClassInitializer() : nullptr;
  if (Values.empty())
    return Add(Default) ? std::optional(Found) : std::nullopt;
  for (const Expr *Value : Values) {
    const Expr *E = Value->IgnoreImplicit();
    const auto *List = dyn_cast<InitListExpr>(E);
    const auto *Made = dyn_cast<CXXConstructExpr>(E);
    const auto *R = cast<CXXRecordDecl>(Part->getParent());
    const unsigned At = R->getNumBases() + Part->getFieldIndex();
    const Expr *Of = List && !List->isTransparent() && At < List->getNumInits()
                         ? List->getInit(At)
                     : Made && Made->getConstructor()->isDefaultConstructor() &&
                             !Made->getConstructor()->isUserProvided()
                         ? Default
                         : nullptr;
    if (const auto *InClass = dyn_cast_or_null<CXXDefaultInitExpr>(Of))
      Of = InClass->getExpr();
    if (!Add(Of))
      return std::nullopt;
  }
  return Found;
}

KnownValues MadeObjects::always(const CXXMethodDecl &Method,
                                const Condition &When) {
  const CXXRecordDecl *R = Method.getParent();
  auto [It, IsNew] = MembersOf.try_emplace(R);
  if (IsNew)
    for (const FieldDecl *Field : R->fields()) {
      if (Field->getAccess() != AS_private &&
          !Field->getType().isConstQualified())
        continue;
      It->second[memberNumber(OwnObject, Field)] = {Field};
      const CXXRecordDecl *Whole = Field->getType()->getAsCXXRecordDecl();
      if (Whole && hasMembers(U, Field->getType()) && Whole->isAggregate())
        for (const FieldDecl *Part : Whole->fields())
          It->second[memberNumber(OwnObject, {Field, Part})] = {Field, Part};
    }
  std::vector<PassedValue> Passed;
  std::vector<uint32_t> Cares;
  for (const ParamTest &T : When) {
    const MemberPath Path = It->second.lookup(T.Param);
    if (Path.empty())
      continue;
    std::optional<ValuesGiven> Values = Given.of(Path.front());
    if (Values && Path.size() > 1)
      Values = valuesOfPart(Path.back(), *Values);
    const auto Is =
        Values ? onlyValue(U, Path.back()->getType(), *Values) : std::nullopt;
    if (Is) {
      Passed.push_back({T.Param, false, *Is});
      Cares.push_back(T.Param);
    }
  }
  return KnownValues().after(Passed, Cares);
}

} // namespace nostall
