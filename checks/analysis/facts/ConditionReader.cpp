//===- ConditionReader.cpp - tests and values in the source ---------------===//

#include "ConditionReader.h"
#include "TestReader.h"
#include "analysis/Unit.h"
#include "analysis/source/Emptiness.h"
#include "clang/AST/ASTContext.h"
#include "clang/AST/ExprCXX.h"

using namespace clang;

namespace nostall {

/// So many expressions are looked at for one condition.
static constexpr unsigned WholeBudget = 256;

void addTests(const FunctionDecl *F, const ASTContext &Ctx, SetOnce &Locals,
              const Expr *Cond, bool Holds, Condition &Out) {
  unsigned Budget = WholeBudget;
  TestReader(F, Ctx, &Locals, Budget).is(Cond, Holds).addTo(Out);
}

void addTest(const FunctionDecl *F, const ASTContext &Ctx, SetOnce &Locals,
             const Expr *Value, ParamTest::Relation Is, int64_t Of,
             Condition &Out) {
  unsigned Budget = WholeBudget;
  TestReader(F, Ctx, &Locals, Budget).is(Value, Is, Of).addTo(Out);
}

void addAnyTest(const FunctionDecl *F, const ASTContext &Ctx, SetOnce &Locals,
                llvm::ArrayRef<const Expr *> Values, ParamTest::Relation Is,
                int64_t Of, Condition &Out) {
  unsigned Budget = WholeBudget;
  Requirement Any = Requirement::never();
  for (const Expr *Value : Values)
    Any = Any || TestReader(F, Ctx, &Locals, Budget).is(Value, Is, Of);
  Any.addTo(Out);
}

void addFirstTests(const FunctionDecl *F, const ASTContext &Ctx,
                   SetOnce &Locals, const Stmt *Loop, const Expr *Cond,
                   Condition &Out) {
  unsigned Budget = WholeBudget;
  TestReader Reader(F, Ctx, &Locals, Budget);
  Reader.before(Loop).is(Cond, true).addTo(Out);
}

void addCaseTests(const FunctionDecl *F, const ASTContext &Ctx, SetOnce &Locals,
                  const SwitchStmt *Switch, const SwitchCase *First,
                  Condition &Out) {
  unsigned Budget = WholeBudget;
  TestReader(F, Ctx, &Locals, Budget).atCase(Switch, First).addTo(Out);
}

void addPassedTests(const FunctionDecl *F, const ASTContext &Ctx,
                    SetOnce &Locals, const Stmt *S, Condition &Out) {
  unsigned Budget = WholeBudget;
  TestReader(F, Ctx, &Locals, Budget).passes(S).addTo(Out);
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

void addPassed(Unit &U, const FunctionFacts &Facts, uint32_t Number,
               QualType To, const Expr *Arg, std::vector<PassedValue> &Out) {
  if (!Arg || !isTestable(To))
    return;
  if (auto Constant = constantOf(U.context(), Arg))
    return Out.push_back({Number, false, *Constant});
  unsigned Budget = WholeBudget;
  TestReader Reader(Facts.Function, U.context(), &U.setOnce(Facts.Function),
                    Budget);
  if (auto Own = Reader.parameterOf(Arg); Own && !Facts.changes(*Own))
    return Out.push_back({Number, true, *Own});
  // close(mode == Mode::Lazy || force), poll(fds, n, ms / 1000): it is 0 unless
  // what that requires holds.
  const QualType T = To.getNonReferenceType();
  if (!T->isArithmeticType() && !T->isEnumeralType() && !isDuration(T))
    return;
  for (const int64_t Is : {0, 1}) {
    if (Is && !T->isBooleanType())
      break;
    Requirement Otherwise = Reader.is(Arg, ParamTest::Relation::NotEqual, Is);
    Otherwise.forget(
        [&](const ParamTest &P) { return Facts.changes(P.Param); });
    if (Otherwise.isNever())
      return Out.push_back({Number, false, Is});
    if (!Otherwise.isNothing())
      Out.push_back({Number, false, Is, false, Otherwise.all()});
  }
}

std::vector<PassedValue> passedValues(Unit &U, const FunctionFacts &Facts,
                                      const CallFact &Call) {
  std::vector<PassedValue> Result;
  // `using Base::Base;` passes on what it is given.
  const bool IsInherited = isa_and_nonnull<CXXInheritedCtorInitExpr>(Call.Site);
  for (unsigned I = 0; Call.Callee && I != Call.Callee->getNumParams(); ++I) {
    const QualType To = Call.Callee->getParamDecl(I)->getType();
    if (IsInherited && isTestable(To))
      Result.push_back({I, true, I});
    addPassed(U, Facts, I, To, argumentFor(Call, I), Result);
  }
  return Result;
}

} // namespace nostall
