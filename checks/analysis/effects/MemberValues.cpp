//===- MemberValues.cpp - what members are made with ----------------------===//
//
// The part of MadeObjects that reads constructors, lists, initialisers and
// factories for the values that they give members, and members of members.
//
//===----------------------------------------------------------------------===//

#include "Effects.h"
#include "MadeObjects.h"
#include "SpecialValues.h"
#include "analysis/Unit.h"
#include "analysis/facts/ConditionReader.h"
#include "analysis/facts/SetOnce.h"
#include "analysis/facts/StoredCallables.h"
#include "analysis/source/Bodies.h"
#include "analysis/source/Callables.h"
#include "analysis/source/Emptiness.h"
#include "analysis/source/Expressions.h"
#include "clang/AST/ExprCXX.h"
#include "llvm/Support/SaveAndRestore.h"

using namespace clang;

namespace nostall {

/// The members of \p Field, an object itself that \p Value gives its value.
void MadeObjects::forEachPart(const FieldDecl *Field, const Expr *Value,
                              const FunctionFacts &In, VisitValue Visit) {
  const QualType T = Field->getType();
  if (!hasMembers(U, T) || T->isPointerType() || PartDepth >= MaxPartDepth)
    return;
  const auto Made = makingOf(In, Value);
  if (!Made)
    return;
  // What it refers to is somebody else's.
  if (T->isReferenceType() &&
      !(T->getPointeeType().isConstQualified() && Made->IsOnlyRead &&
        !Made->IsLent && Made->Touched.empty()))
    return;
  llvm::SaveAndRestore Deeper(PartDepth, PartDepth + 1);
  forEachValue(*Made, [&](MemberPathRef Part, const Expr *Of, auto Is) {
    if (!Is || !keeps(*Made, Part, *Is))
      return;
    MemberPath Path{Field};
    Path.append(Part.begin(), Part.end());
    Visit(Path, Of, Is);
  });
}

/// What \p E, in the factory of \p M, is by what that was given: `c.wait_ =
/// options.wait;`.
std::optional<int64_t> MadeObjects::givenToFactory(const Making &M,
                                                   const Expr *E) {
  const auto From =
      M.Factory ? ownPart(M.In->Function, stripForwarding(U, E)) : std::nullopt;
  if (!From || From->Object == OwnObject || PartDepth >= MaxPartDepth ||
      M.In->changes(From->Object - objectOf(0)))
    return std::nullopt;
  const unsigned Param = From->Object - objectOf(0);
  const Expr *Arg =
      Param < M.Factory->getNumArgs() ? M.Factory->getArg(Param) : nullptr;
  if (const auto *Default = dyn_cast_or_null<CXXDefaultArgExpr>(Arg))
    Arg = Default->getExpr();
  if (!Arg || From->Path.empty())
    return Arg ? constantOf(U.context(), Arg) : std::nullopt;
  llvm::SaveAndRestore Deeper(PartDepth, PartDepth + 1);
  std::optional<int64_t> Found;
  forEachKnown(*M.Caller, Arg, [&](MemberPathRef Path, int64_t Is) {
    if (Path == MemberPathRef(From->Path))
      Found = Is;
  });
  return Found;
}

/// What the constructor of \p M is given, as far as it is known.
std::vector<PassedValue> MadeObjects::passedTo(const Making &M) {
  std::vector<PassedValue> Passed;
  for (unsigned I = 0; I != M.Args.size() && M.In; ++I) {
    const Expr *Arg = M.Args[I];
    if (const auto *Default = dyn_cast<CXXDefaultArgExpr>(Arg))
      Arg = Default->getExpr();
    if (const auto Constant = constantOf(U.context(), Arg))
      Passed.push_back({I, false, *Constant});
    if (objectOf(I) > LastObject || PartDepth >= MaxPartDepth)
      continue;
    llvm::SaveAndRestore Deeper(PartDepth, PartDepth + 1);
    forEachKnown(*M.In, Arg, [&](MemberPathRef Path, int64_t Is) {
      Passed.push_back({memberNumber(objectOf(I), Path), false, Is});
    });
  }
  if (const CallFact *Call = callOf(M))
    llvm::append_range(Passed, Flows.passed(*M.In, *Call));
  return Passed;
}

/// `sync_(options.sync == Sync::Always)`: whether that holds where \p Passed
/// gives what the constructor is given.
std::optional<bool> MadeObjects::testedBy(
    const CXXConstructorDecl &Ctor, const CXXCtorInitializer &I,
    llvm::function_ref<const std::vector<PassedValue> &()> Passed) {
  if (!I.getMember()->getType()->isBooleanType() ||
      constantOf(U.context(), I.getInit()))
    return std::nullopt;
  SetOnce &Locals = U.setOnce(&Ctor);
  for (const bool Holds : {true, false}) {
    Condition When;
    addTests(&Ctor, U.context(), Locals, I.getInit(), Holds, When);
    std::vector<uint32_t> Tested;
    for (const ParamTest &T : When)
      Tested.push_back(T.Param);
    if (!When.empty() && KnownValues().after(Passed(), Tested).ruleOut(When))
      return !Holds;
  }
  return std::nullopt;
}

/// The members that \p M gives a value, and what they are given.
void MadeObjects::forEachValue(const Making &M, VisitValue Visit) {
  bool ByFactory = true;
  auto IsAssigned = [&](const FieldDecl *Field) {
    return llvm::any_of(
        M.Assigned, [&](const auto &Given) { return Given.first == Field; });
  };
  auto Add = [&](const FieldDecl *Field, const Expr *Value,
                 const FunctionFacts *In,
                 std::optional<int64_t> Is = std::nullopt) {
    if (llvm::is_contained(M.Touched, Field) ||
        (M.IsLent && !Members.isSettled(Field)) ||
        (!ByFactory && IsAssigned(Field)))
      return;
    if (const auto *Default = dyn_cast_or_null<CXXDefaultInitExpr>(Value))
      Value = Default->getExpr();
    if (!Is && Value && In && In == M.In)
      Is = givenToFactory(M, Value);
    if (!Value && !Is)
      return;
    Visit(Field, Value, Is ? Is : valueIn(Field, Value));
    if (In)
      forEachPart(Field, Value, *In, Visit);
  };
  for (const auto &[Field, Value] : M.Assigned)
    Add(Field, Value, M.In);
  ByFactory = false;
  if (M.List) {
    const auto *R =
        dyn_cast_or_null<CXXRecordDecl>(M.List->getType()->getAsRecordDecl());
    if (!R || R->isUnion() || M.List->isTransparent())
      return;
    unsigned I = R->getNumBases();
    for (const FieldDecl *Field : R->fields())
      if (!Field->isUnnamedBitField() && I < M.List->getNumInits())
        Add(Field, M.List->getInit(I++), M.In);
    return;
  }
  if (M.Defaulted)
    for (const FieldDecl *Field : M.Defaulted->fields()) {
      if (Field->hasInClassInitializer())
        Add(Field, Field->getInClassInitializer(), M.In);
      else if (isMadeEmpty(Field->getType()))
        Add(Field, nullptr, nullptr, 0);
    }
  const auto *Ctor = cast_or_null<CXXConstructorDecl>(definitionOf(M.By));
  if (!Ctor)
    return;
  // What it gives: a parameter is what is given for that.
  auto Given = [&](const Expr *Value) {
    const FunctionFacts *In = &U.facts(Ctor);
    const auto *Ref = dyn_cast<DeclRefExpr>(stripForwarding(U, Value));
    const auto *P = Ref ? dyn_cast<ParmVarDecl>(Ref->getDecl()) : nullptr;
    if (P && P->getDeclContext() == Ctor && !M.Args.empty()) {
      In = M.In;
      Value = P->getFunctionScopeIndex() < M.Args.size()
                  ? M.Args[P->getFunctionScopeIndex()]
                  : nullptr;
    }
    if (const auto *Default = dyn_cast_or_null<CXXDefaultArgExpr>(Value))
      Value = Default->getExpr();
    return std::pair(Value, In);
  };
  std::optional<std::vector<PassedValue>> Passed;
  auto PassedHere = [&]() -> const std::vector<PassedValue> & {
    if (!Passed)
      Passed = passedTo(M);
    return *Passed;
  };
  // Writer(const Options &options) : sync_(options.sync)
  auto AddPart = [&](const FieldDecl *Field, const OwnPart &From) {
    if (canBeEmpty(Field->getType()) &&
        U.facts(Ctor).changes(From.Object - objectOf(0)))
      return; // moved from, perhaps
    for (const PassedValue &V : PassedHere())
      if (!V.IsOwnParam && V.Param == memberNumber(From.Object, From.Path))
        return Add(Field, nullptr, nullptr, V.Value);
  };
  // Writer(Options options) : options_(std::move(options))
  auto AddCopy = [&](const FieldDecl *Field, const Expr *Init) {
    const auto From = ownPart(Ctor, stripForwarding(U, Init));
    const CallFact *Call = From && From->Object != OwnObject &&
                                   From->Path.empty() &&
                                   Field->getType()->isRecordType()
                               ? callOf(M)
                               : nullptr;
    const unsigned Param = From ? From->Object - objectOf(0) : 0;
    if (!Call || llvm::is_contained(M.Touched, Field) || M.IsLent ||
        !U.context().hasSameUnqualifiedType(
            Ctor->getParamDecl(Param)->getType().getNonReferenceType(),
            Field->getType()))
      return;
    for (const ValueFlows::GivenMember &Of : Flows.given(*M.In, *Call))
      if (Of.Param == Param) {
        MemberPath Path{Field};
        Path.append(Of.Path.begin(), Of.Path.end());
        Visit(Path, nullptr, Of.Is);
      }
  };
  for (const CXXCtorInitializer *I : Ctor->inits()) {
    if (I->isMemberInitializer()) {
      const auto From = ownPart(Ctor, I->getInit());
      if (From && From->Object != OwnObject && !From->Path.empty() &&
          !M.Args.empty())
        AddPart(I->getMember(), *From);
      else if (const auto Is = M.Args.empty() ? std::nullopt
                                              : testedBy(*Ctor, *I, PassedHere))
        Add(I->getMember(), nullptr, nullptr, *Is);
      else if (const auto [Value, In] = Given(I->getInit()); Value)
        Add(I->getMember(), Value, In);
      AddCopy(I->getMember(), I->getInit());
      continue;
    }
    // A() : A(false) {}, and what bases are made with
    const Expr *Init = I->getInit()->IgnoreImplicit();
    llvm::SmallVector<const Expr *, 4> Args;
    Making Part = M;
    if (const auto *Made = dyn_cast<CXXConstructExpr>(Init)) {
      Part.By = Made->getConstructor();
      for (const Expr *Arg : Made->arguments()) {
        const Expr *Value = Given(Arg).first;
        Args.push_back(Value ? Value : Arg);
      }
      Part.Args = Args;
    } else if (const auto *Same = dyn_cast<CXXInheritedCtorInitExpr>(Init)) {
      Part.By = Same->getConstructor();
    } else {
      continue;
    }
    llvm::SaveAndRestore Deeper(PartDepth, PartDepth + 1);
    if (PartDepth <= MaxPartDepth && !Part.By->isCopyOrMoveConstructor())
      forEachValue(Part, [&](MemberPathRef Path, const Expr *Value, auto Is) {
        if (!definitionOf(Part.By) || !Members.changes(Part.By, Path))
          Visit(Path, Value, Is);
      });
  }
}

/// The symbol of the one callable that \p Field, a std::function or the like,
/// holds if it is made with \p Value; else 0.
Symbol MadeObjects::callableIn(const FieldDecl *Field, const Expr *Value) {
  if (!U.storedCallables().holdsCallables(Field->getType()))
    return 0;
  const auto Given = callableOf(U, Value);
  if (!Given || !Given->Body || Given->Param || Given->IsTask)
    return 0;
  // That of a template is none of those that anybody stores.
  const auto Bodies = bodiesOf(U, Given->Body);
  return Bodies.size() > 1 ? 0
                           : U.places().callable(
                                 Bodies.empty() ? Given->Body : Bodies.front());
}

std::optional<int64_t> MadeObjects::valueIn(const FieldDecl *Field,
                                            const Expr *Value) {
  if (auto Stream = streamNamed(U, Field->getType(), Value))
    return Stream;
  // A class says more than that a pointer is not null.
  ExactClass &Exact = U.effects().resolver().exactClass();
  Symbol Is = Exact.leadsToBase(Field->getType()) ? Exact.symbolOf(Value) : 0;
  if (Is)
    return static_cast<int64_t>(Is);
  if (auto Constant = constantOf(U.context(), Value))
    return Constant;
  Is = callableIn(Field, Value);
  return Is ? std::optional(static_cast<int64_t>(Is)) : std::nullopt;
}

} // namespace nostall
