//===- ConditionReader.cpp - tests and values in the source ---------------===//

#include "ConditionReader.h"
#include "CallArguments.h"
#include "SameValue.h"
#include "analysis/source/Bodies.h"
#include "analysis/source/Emptiness.h"
#include "analysis/source/Expressions.h"
#include "analysis/source/Truth.h"
#include "clang/AST/ASTContext.h"
#include "clang/AST/StmtCXX.h"
#include "clang/Basic/SourceManager.h"

using namespace clang;

namespace nostall {

/// A value that a test can be about, held by value or by reference to const.
static bool isTestable(QualType T) {
  if (T->isReferenceType() && !T->getPointeeType().isConstQualified())
    return false;
  T = T.getNonReferenceType();
  return T->isIntegralOrEnumerationType() || T->isPointerType() ||
         T->isRealFloatingType() || canBeEmpty(T) || isDuration(T);
}

/// The number of the member that \p E names of an object that \p F has, if a
/// test can be about it.
static std::optional<uint32_t> ownMember(const FunctionDecl *F, const Expr *E) {
  const auto *Member = dyn_cast<MemberExpr>(E);
  const auto *Field =
      Member ? dyn_cast<FieldDecl>(Member->getMemberDecl()) : nullptr;
  if (!Field || Field->getType()->isReferenceType() ||
      !isTestable(Field->getType()))
    return std::nullopt;
  const auto Part = ownPart(F, Member);
  return Part ? std::optional(memberNumber(Part->Object, Part->Path))
              : std::nullopt;
}

/// What the local variable, or member of the object that a constructor makes,
/// that \p E names was made with, if it keeps it.
static const Expr *madeWith(SetOnce *Locals, const Expr *E) {
  return Locals ? Locals->valueOf(E) : nullptr;
}

static std::optional<uint32_t> parameterOf(const FunctionDecl *F,
                                           const ASTContext &Ctx,
                                           SetOnce *Locals, const Expr *E,
                                           unsigned Depth = 0);

/// A function that does nothing but return what \p Asked is: an accessor.
struct Accessor {
  const FunctionDecl *F = nullptr;
  const Expr *Asked = nullptr;
};
static std::optional<Accessor> accessorIn(const Expr *E) {
  const auto *Call = dyn_cast<CallExpr>(E);
  if (!Call || isa<CXXOperatorCallExpr>(Call) || isDispatched(Call))
    return std::nullopt;
  const FunctionDecl *F =
      Call->getDirectCallee() ? definitionOf(Call->getDirectCallee()) : nullptr;
  const Expr *Asked = F ? returnedBy(F) : nullptr;
  return Asked ? std::optional(Accessor{F, Asked}) : std::nullopt;
}

/// What parameter or member \p Number of the function that \p E calls is to its
/// caller \p F.
static std::optional<uint32_t> inCaller(const FunctionDecl *F,
                                        const ASTContext &Ctx, SetOnce *Locals,
                                        const Expr *E, uint32_t Number,
                                        unsigned Depth) {
  const auto *Call = cast<CallExpr>(E);
  if (Number < FirstMember)
    return Number < Call->getNumArgs()
               ? parameterOf(F, Ctx, Locals, Call->getArg(Number), Depth)
               : std::nullopt;
  const Expr *Object = nullptr;
  if (objectIn(Number) != OwnObject) {
    const uint32_t Param = objectIn(Number) - objectOf(0);
    Object = Param < Call->getNumArgs() ? Call->getArg(Param) : nullptr;
  } else if (const auto *Member = dyn_cast<CXXMemberCallExpr>(Call)) {
    Object = Member->getImplicitObjectArgument();
  }
  const auto Own = Object ? ownPart(F, Object) : std::nullopt;
  return Own ? std::optional(
                   memberOf(Own->Object, nameWithin(memberName(Own->Path),
                                                    Number & AnyMember)))
             : std::nullopt;
}

/// Accessors of accessors are followed so far.
static constexpr unsigned MaxAccessors = 4;

/// The number of the parameter of \p F, or of the member of its object, whose
/// value \p E is.
static std::optional<uint32_t> parameterOf(const FunctionDecl *F,
                                           const ASTContext &Ctx,
                                           SetOnce *Locals, const Expr *E,
                                           unsigned Depth) {
  E = sameValue(Ctx, E);
  while (const Expr *Made = madeWith(Locals, E))
    E = sameValue(Ctx, Made);
  // std::chrono::milliseconds(n) is nothing if n is.
  if (const auto *Cast = dyn_cast<CXXFunctionalCastExpr>(E);
      Cast && isDuration(E->getType()))
    E = Cast->getSubExpr()->IgnoreImplicit();
  if (const auto *Made = dyn_cast<CXXConstructExpr>(E);
      Made && Made->getNumArgs() && isDuration(Made->getType()))
    return parameterOf(F, Ctx, Locals, Made->getArg(0), Depth);
  if (auto Member = ownMember(F, E))
    return Member;
  if (auto Through = Depth < MaxAccessors ? accessorIn(E) : std::nullopt) {
    auto There =
        parameterOf(Through->F, Ctx, nullptr, Through->Asked, Depth + 1);
    return There ? inCaller(F, Ctx, Locals, E, *There, Depth + 1)
                 : std::nullopt;
  }
  const auto *Ref = dyn_cast<DeclRefExpr>(E);
  const auto *P = Ref ? dyn_cast<ParmVarDecl>(Ref->getDecl()) : nullptr;
  if (!P || P->getDeclContext() != F || !isTestable(P->getType()))
    return std::nullopt;
  return P->getFunctionScopeIndex();
}

/// `flags & O_NONBLOCK`: one bit of a parameter, as set.
static std::optional<ParamTest> bitOf(const FunctionDecl *F,
                                      const ASTContext &Ctx, SetOnce &Locals,
                                      const Expr *E) {
  const auto *And = dyn_cast<BinaryOperator>(E->IgnoreParenImpCasts());
  if (!And || And->getOpcode() != BO_And)
    return std::nullopt;
  for (bool Swapped : {false, true}) {
    auto Bit = constantOf(Ctx, Swapped ? And->getLHS() : And->getRHS());
    if (!Bit || !llvm::isPowerOf2_64(static_cast<uint64_t>(*Bit)))
      continue;
    if (auto Param = parameterOf(F, Ctx, &Locals,
                                 Swapped ? And->getRHS() : And->getLHS()))
      return ParamTest{*Param, ParamTest::Relation::HasBits, *Bit};
  }
  return std::nullopt;
}

static void addComparison(const FunctionDecl *F, const ASTContext &Ctx,
                          SetOnce &Locals, const Expr *Value,
                          ParamTest::Relation Is, const Expr *With, bool Holds,
                          Condition &Out) {
  if (Is <= ParamTest::Relation::NotEqual)
    if (const auto Bit = bitOf(F, Ctx, Locals, Value)) {
      const auto Whole = constantOf(Ctx, With);
      if (Whole && (!*Whole || *Whole == Bit->Value))
        Out.push_back((*Whole != 0) ==
                              ((Is == ParamTest::Relation::Equal) == Holds)
                          ? *Bit
                          : Bit->negated());
      return;
    }
  // timeout.count() > 0
  if (const Expr *Duration = countedBy(Value)) {
    auto Param = parameterOf(F, Ctx, &Locals, Duration);
    if (Param && constantOf(Ctx, With) == 0) {
      ParamTest T{*Param, Is, 0};
      Out.push_back(Holds ? T : T.negated());
    }
    return;
  }
  auto Param = parameterOf(F, Ctx, &Locals, Value);
  auto Constant = Param ? constantOf(Ctx, With) : std::nullopt;
  if (!Constant)
    return;
  // Of what is no whole number, it is known whether it is 0, and that has an
  // order if it is a number or a duration.
  const QualType T = Value->getType();
  const bool HasOrder =
      T->isArithmeticType() || T->isEnumeralType() || isDuration(T);
  if (!T->isIntegralOrEnumerationType() &&
      (*Constant || (Is > ParamTest::Relation::NotEqual && !HasOrder)))
    return;
  const ParamTest Test{*Param, Is, *Constant};
  Out.push_back(Holds ? Test : Test.negated());
}

std::optional<ParamTest::Relation> relationOf(BinaryOperatorKind Op,
                                              bool Swapped) {
  using R = ParamTest::Relation;
  switch (Op) {
  case BO_EQ:
    return R::Equal;
  case BO_NE:
    return R::NotEqual;
  case BO_LT:
    return Swapped ? R::Greater : R::Less;
  case BO_GE:
    return Swapped ? R::LessEqual : R::GreaterEqual;
  case BO_GT:
    return Swapped ? R::Less : R::Greater;
  case BO_LE:
    return Swapped ? R::GreaterEqual : R::LessEqual;
  default:
    return std::nullopt;
  }
}

/// A comparison, also by an operator of a class: `timeout == 0ms`.
struct Comparison {
  BinaryOperatorKind Op;
  const Expr *Left, *Right;
};
static std::optional<Comparison> comparisonIn(const Expr *E) {
  if (const auto *Op = dyn_cast<BinaryOperator>(E))
    return Comparison{Op->getOpcode(), Op->getLHS(), Op->getRHS()};
  if (const auto *Turned = dyn_cast<CXXRewrittenBinaryOperator>(E)) {
    const auto Parts = Turned->getDecomposedForm();
    return Comparison{Parts.Opcode, Parts.LHS, Parts.RHS};
  }
  const auto *Op = dyn_cast<CXXOperatorCallExpr>(E);
  if (!Op || !Op->isComparisonOp() || Op->getNumArgs() != 2 ||
      !isDuration(Op->getArg(0)->getType()))
    return std::nullopt;
  return Comparison{BinaryOperator::getOverloadedOpcode(Op->getOperator()),
                    Op->getArg(0), Op->getArg(1)};
}

static void addTests(const FunctionDecl *F, const ASTContext &Ctx,
                     SetOnce &Locals, const Expr *Cond, bool Holds,
                     Condition &Out, unsigned &Budget);

/// \p Test is none of !, && and ||.
static void addLeafTest(const FunctionDecl *F, const ASTContext &Ctx,
                        SetOnce &Locals, const Expr *Test, bool Holds,
                        Condition &Out, unsigned &Budget) {
  Test = sameValue(Ctx, Test);
  if (const auto *Cast = dyn_cast<CastExpr>(Test);
      Cast && (Cast->getCastKind() == CK_IntegralToBoolean ||
               Cast->getCastKind() == CK_PointerToBoolean ||
               Cast->getCastKind() == CK_FloatingToBoolean ||
               Cast->getCastKind() == CK_UserDefinedConversion))
    return addLeafTest(F, Ctx, Locals, Cast->getSubExpr(), Holds, Out, Budget);
  if (auto Asked = emptinessTest(Test))
    return addTests(F, Ctx, Locals, Asked->Of, Asked->IsSomething == Holds, Out,
                    Budget);
  if (auto Through = Budget ? accessorIn(Test) : std::nullopt) {
    --Budget;
    Condition There;
    SetOnce None(Through->F);
    addTests(Through->F, Ctx, None, Through->Asked, Holds, There, Budget);
    forEachClause(There, [&](llvm::ArrayRef<ParamTest> OneOf) {
      Condition Mapped(OneOf);
      for (ParamTest &T : Mapped)
        if (auto Here = inCaller(F, Ctx, &Locals, Test, T.Param, 0))
          T.Param = *Here;
        else
          return;
      llvm::append_range(Out, Mapped);
    });
  } else if (const auto Bit = bitOf(F, Ctx, Locals, Test)) {
    Out.push_back(Holds ? *Bit : Bit->negated());
  } else if (const auto Compared = comparisonIn(Test)) {
    const auto [Op, Left, Right] = *Compared;
    for (bool Swapped : {false, true})
      if (auto Is = relationOf(Op, Swapped))
        addComparison(F, Ctx, Locals, Swapped ? Right : Left, *Is,
                      Swapped ? Left : Right, Holds, Out);
  } else if (const Expr *Made = madeWith(&Locals, Test)) {
    addTests(F, Ctx, Locals, Made, Holds, Out, Budget);
  } else if (auto Param = parameterOf(F, Ctx, &Locals, Test)) {
    ParamTest T{*Param, ParamTest::Relation::NotEqual, 0};
    Out.push_back(Holds ? T : T.negated());
  }
}

/// `state == open || state == opening`: one of several numbers. Or one of two
/// tests: `options.sync || copies > 1`.
static void addEither(const FunctionDecl *F, const ASTContext &Ctx,
                      SetOnce &Locals, const Expr *Cond, bool Holds,
                      Condition &Out, unsigned &Budget) {
  const Expr *Inner = Cond ? Cond->IgnoreParenImpCasts() : nullptr;
  if (const auto *Not = dyn_cast_or_null<UnaryOperator>(Inner);
      Not && Not->getOpcode() == UO_LNot)
    return addEither(F, Ctx, Locals, Not->getSubExpr(), !Holds, Out, Budget);
  const auto *Op = dyn_cast_or_null<BinaryOperator>(Inner);
  if (!Op || !Op->isLogicalOp() || !Budget)
    return;
  if (Op->getOpcode() != (Holds ? BO_LOr : BO_LAnd)) {
    addEither(F, Ctx, Locals, Op->getLHS(), Holds, Out, Budget);
    return addEither(F, Ctx, Locals, Op->getRHS(), Holds, Out, Budget);
  }
  Condition Left, Right;
  addTests(F, Ctx, Locals, Op->getLHS(), Holds, Left, Budget);
  addTests(F, Ctx, Locals, Op->getRHS(), Holds, Right, Budget);
  constexpr size_t MaxAlternatives = 6;
  forEachClause(Left, [&](llvm::ArrayRef<ParamTest> A) {
    forEachClause(Right, [&](llvm::ArrayRef<ParamTest> B) {
      const bool IsSame =
          A.size() == 1 && B.size() == 1 && A.front().Param == B.front().Param;
      const auto OfA = A.front().numbers(), OfB = B.front().numbers();
      if (IsSame && OfA && OfB)
        Out.push_back({A.front().Param, ParamTest::Relation::IsIn,
                       static_cast<int64_t>(*OfA | *OfB)});
      else if (A.size() + B.size() <= MaxAlternatives)
        addAlternatives(A, B, Out);
    });
  });
}

/// \p Budget bounds how many expressions are looked at: a local variable that
/// is set once may be named several times, and name others so.
static void addTests(const FunctionDecl *F, const ASTContext &Ctx,
                     SetOnce &Locals, const Expr *Cond, bool Holds,
                     Condition &Out, unsigned &Budget) {
  forEachSettled(Cond, Holds, Budget, [&](const Expr *Test, bool Is) {
    addLeafTest(F, Ctx, Locals, Test, Is, Out, Budget);
  });
  addEither(F, Ctx, Locals, Cond, Holds, Out, Budget);
}

void addTests(const FunctionDecl *F, const ASTContext &Ctx, SetOnce &Locals,
              const Expr *Cond, bool Holds, Condition &Out) {
  unsigned Budget = 256;
  addTests(F, Ctx, Locals, Cond, Holds, Out, Budget);
}

/// \p E, or what the local variable that it names was made with.
static const Expr *keptValue(const ASTContext &Ctx, SetOnce &Locals,
                             const Expr *E) {
  E = sameValue(Ctx, E)->IgnoreParenImpCasts();
  while (const Expr *Made = madeWith(&Locals, E))
    E = sameValue(Ctx, Made)->IgnoreParenImpCasts();
  return E;
}

/// The choice by a condition that \p E is, or is made of by `|`: `wait ? 0 :
/// WNOHANG`, `LOCK_EX | (quick ? LOCK_NB : 0)`.
static const ConditionalOperator *choiceIn(const ASTContext &Ctx,
                                           SetOnce &Locals, const Expr *E) {
  E = keptValue(Ctx, Locals, E);
  const auto *Or = dyn_cast<BinaryOperator>(E);
  if (!Or || Or->getOpcode() != BO_Or)
    return dyn_cast<ConditionalOperator>(E);
  const auto *Left = choiceIn(Ctx, Locals, Or->getLHS());
  return Left ? Left : choiceIn(Ctx, Locals, Or->getRHS());
}

/// What \p E is where \p Choice has gone the way of \p Taken.
static std::optional<int64_t> chosen(const ASTContext &Ctx, SetOnce &Locals,
                                     const Expr *E,
                                     const ConditionalOperator *Choice,
                                     bool Taken) {
  E = keptValue(Ctx, Locals, E);
  if (E == Choice)
    return constantOf(Ctx,
                      Taken ? Choice->getTrueExpr() : Choice->getFalseExpr());
  const auto *Or = dyn_cast<BinaryOperator>(E);
  if (!Or || Or->getOpcode() != BO_Or)
    return constantOf(Ctx, E);
  const auto Left = chosen(Ctx, Locals, Or->getLHS(), Choice, Taken);
  const auto Right = chosen(Ctx, Locals, Or->getRHS(), Choice, Taken);
  return Left && Right ? std::optional(*Left | *Right) : std::nullopt;
}

void addTest(const FunctionDecl *F, const ASTContext &Ctx, SetOnce &Locals,
             const Expr *Value, ParamTest::Relation Is, int64_t Of,
             Condition &Out) {
  if (auto Param = parameterOf(F, Ctx, &Locals, Value)) {
    Out.push_back({*Param, Is, Of});
    return;
  }
  // static_cast<int>(timeout.count()) is 0 if the duration is.
  if (Of == 0)
    if (const Expr *Duration = countedBy(Value->IgnoreParenCasts()))
      if (auto Param = parameterOf(F, Ctx, &Locals, Duration)) {
        Out.push_back({*Param, Is, Of});
        return;
      }
  const ConditionalOperator *Choice = choiceIn(Ctx, Locals, Value);
  if (!Choice)
    return;
  const ParamTest T{0, Is, Of};
  const auto IfTrue = chosen(Ctx, Locals, Value, Choice, true);
  const auto IfFalse = chosen(Ctx, Locals, Value, Choice, false);
  if (IfTrue && IfFalse && T.holdsFor(*IfTrue) != T.holdsFor(*IfFalse))
    addTests(F, Ctx, Locals, Choice->getCond(), T.holdsFor(*IfTrue), Out);
}

void addTest(const FunctionDecl *F, const ASTContext &Ctx, SetOnce &Locals,
             const Expr *Value, const Expr *Is, Condition &Out) {
  addComparison(F, Ctx, Locals, Value, ParamTest::Relation::Equal, Is, true,
                Out);
}

/// A member operator's object is the first of its operands.
static unsigned firstOperand(const CallFact &Call) {
  const auto *Method = dyn_cast_or_null<CXXMethodDecl>(Call.Callee);
  return isa_and_nonnull<CXXOperatorCallExpr>(Call.Site) && Method &&
         !Method->isExplicitObjectMemberFunction();
}

const Expr *argumentFor(const CallFact &Call, unsigned Index) {
  Index += firstOperand(Call);
  return Index < Call.Args.size() ? Call.Args[Index] : nullptr;
}

unsigned parameterFor(const CallFact &Call, const CallableArgument &Arg) {
  return Arg.Arg == CallableArgument::InTemplate ? Arg.Arg
                                                 : Arg.Arg - firstOperand(Call);
}

void addPassed(const ASTContext &Ctx, const FunctionFacts &Facts,
               uint32_t Number, QualType To, const Expr *Arg,
               std::vector<PassedValue> &Out) {
  if (!Arg || !isTestable(To))
    return;
  if (auto Constant = constantOf(Ctx, Arg))
    return Out.push_back({Number, false, *Constant});
  if (auto Own = parameterOf(Facts.Function, Ctx, nullptr, Arg);
      Own && !Facts.changes(*Own))
    return Out.push_back({Number, true, *Own});
  // close(mode == Mode::Lazy || force)
  if (!Arg->getType()->isBooleanType())
    return;
  SetOnce None(Facts.Function);
  for (const bool Holds : {false, true}) {
    PassedValue P{Number, false, Holds ? 0 : 1};
    addTests(Facts.Function, Ctx, None, Arg, Holds, P.UnlessAll);
    llvm::erase_if(P.UnlessAll,
                   [&](const ParamTest &T) { return Facts.changes(T.Param); });
    if (!P.UnlessAll.empty())
      Out.push_back(std::move(P));
  }
}

std::vector<PassedValue> passedValues(const ASTContext &Ctx,
                                      const FunctionFacts &Facts,
                                      const CallFact &Call) {
  std::vector<PassedValue> Result;
  // `using Base::Base;` passes on what it is given.
  const bool IsInherited = isa_and_nonnull<CXXInheritedCtorInitExpr>(Call.Site);
  for (unsigned I = 0; Call.Callee && I != Call.Callee->getNumParams(); ++I) {
    const QualType To = Call.Callee->getParamDecl(I)->getType();
    if (IsInherited && isTestable(To))
      Result.push_back({I, true, I});
    addPassed(Ctx, Facts, I, To, argumentFor(Call, I), Result);
  }
  return Result;
}

} // namespace nostall
