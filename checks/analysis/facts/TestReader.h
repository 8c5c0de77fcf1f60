//===- TestReader.h - what an expression's value requires -------*- C++ -*-===//
//
//   ms > 0 ? ms : 0      is not 0:    ms > 0
//   want(mode, copies)   is true:     what its returns say of its arguments
//
// Reads from an expression what has to hold of the parameters of a function,
// and of the members of objects that it has, for the value to be so. Behind
// ConditionReader.h; for expressions TestReader.cpp, for comparisons and
// arithmetic Arithmetic.cpp, for the statements that choose a value
// Outcomes.cpp.
//
//===----------------------------------------------------------------------===//

#ifndef NOSTALL_CHECKS_ANALYSIS_FACTS_TESTREADER_H
#define NOSTALL_CHECKS_ANALYSIS_FACTS_TESTREADER_H

#include "Requirement.h"
#include "SetOnce.h"
#include "clang/AST/Expr.h"

namespace nostall {

class TestReader {
public:
  using Relation = ParamTest::Relation;

  /// Of \p F, whose \p Locals these are; null: nothing is known of them.
  /// \p Budget bounds how many expressions are looked at: a local variable may
  /// be named several times, and name others so.
  TestReader(const clang::FunctionDecl *F, const clang::ASTContext &Ctx,
             SetOnce *Locals, unsigned &Budget)
      : F(F), Ctx(Ctx), Locals(Locals), Budget(Budget) {}
  /// The same, where control comes to \p Loop from above.
  TestReader before(const clang::Stmt *Loop) const {
    TestReader There = *this;
    There.Entering = Loop;
    return There;
  }

  /// What is required for \p Cond to be \p Holds.
  Requirement is(const clang::Expr *Cond, bool Holds);
  /// For the number of \p E (ParamTest) to be in relation \p By to \p Of.
  Requirement is(const clang::Expr *E, Relation By, int64_t Of);
  /// For \p Left to be in relation \p By to \p Right.
  Requirement isTo(const clang::Expr *Left, Relation By,
                   const clang::Expr *Right);

  /// For control to come to the labels that begin with \p First from the top of
  /// \p Switch; null: to none.
  Requirement atCase(const clang::SwitchStmt *Switch,
                     const clang::SwitchCase *First);
  /// For control to go on behind \p S.
  Requirement passes(const clang::Stmt *S);
  /// For a function with this body to return, and not to throw.
  Requirement returns(const clang::Stmt *Body);

  /// The number of the parameter, or of the member of an object that the
  /// function has, whose value \p E is.
  std::optional<uint32_t> parameterOf(const clang::Expr *E);

private:
  // TestReader.cpp
  Requirement isTrue(const clang::Expr *E, bool Holds);
  Requirement isAsConstant(const clang::Expr *E, Relation By, int64_t Of);
  std::optional<int64_t> constant(const clang::Expr *E);
  const clang::Expr *keptValue(const clang::Expr *E);
  std::optional<uint32_t> ownNumber(const clang::Expr *E) const;
  Requirement test(uint32_t Number, clang::QualType T, Relation By, int64_t Of);
  Requirement ofChoice(const clang::Expr *Cond, const Requirement &IfTrue,
                       const Requirement &IfFalse);

  // Arithmetic.cpp
  Requirement bySign(const clang::Expr *E, Relation By, int64_t Of);
  Requirement rounded(const clang::Expr *E, Relation By, int64_t Of);
  Requirement scaled(const clang::Expr *E, int64_t By, bool Divides,
                     Relation Is, int64_t Of);
  Requirement ofUnary(const clang::UnaryOperator *Op, Relation By, int64_t Of);
  Requirement ofOperator(const clang::BinaryOperator *Op, Relation By,
                         int64_t Of);
  Requirement ofRemainder(const clang::Expr *E, int64_t Divisor, Relation By,
                          int64_t Of);
  Requirement ofMask(const clang::Expr *E, int64_t Mask, Relation By,
                     int64_t Of);
  Requirement ofUnion(const clang::BinaryOperator *Op, Relation By, int64_t Of);
  Requirement ofCast(const clang::CastExpr *Cast, Relation By, int64_t Of);
  Requirement ofDuration(const clang::Expr *E, Relation By, int64_t Of);
  std::optional<Requirement> ofExtreme(const clang::Expr *E, Relation By,
                                       int64_t Of);

  // Outcomes.cpp
  struct Rest;
  struct Goal;
  Requirement walk(const Rest *Here, const Goal &For, const clang::Expr *Value);
  Requirement walkSwitch(const clang::SwitchStmt *Switch, const Rest &After,
                         const Goal &For, const clang::Expr *Value);
  Requirement ofSettled(const clang::VarDecl *V, const Settling &S, Relation By,
                        int64_t Of);
  Requirement ofCall(const clang::Expr *E, Relation By, int64_t Of);
  std::optional<uint32_t> ofAccessor(const clang::Expr *E);
  TestReader inside(const clang::CallExpr &Call,
                    const clang::FunctionDecl *Callee, SetOnce *Theirs) const;
  std::optional<uint32_t> memberInCaller(uint32_t Number) const;
  const clang::Expr *argumentInCaller(uint32_t Param) const;

  const clang::FunctionDecl *F;
  const clang::ASTContext &Ctx;
  SetOnce *Locals;
  unsigned &Budget;
  const clang::Stmt *Entering = nullptr;
  /// Where F is called: its parameters are what is passed there.
  const TestReader *Caller = nullptr;
  const clang::CallExpr *By = nullptr;
  unsigned Depth = 0; ///< how many calls it has followed
};

/// A value that a test can be about, held by value or by reference to const.
bool isTestable(clang::QualType T);
/// How the right side of a comparison stands to the left one, which stands by
/// \p By to it.
ParamTest::Relation mirrored(ParamTest::Relation By);

} // namespace nostall

#endif
