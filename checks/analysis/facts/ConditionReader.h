//===- ConditionReader.h - tests and values in the source -------*- C++ -*-===//
//
// Conditions.h from the AST: which parameters a condition tests, and what a
// call passes on. Reads comparisons with constants, truth values, and questions
// whether there is anything in an object, under !, && and ||; all else says
// nothing.
//
//===----------------------------------------------------------------------===//

#ifndef NOSTALL_CHECKS_ANALYSIS_FACTS_CONDITIONREADER_H
#define NOSTALL_CHECKS_ANALYSIS_FACTS_CONDITIONREADER_H

#include "Conditions.h"
#include "Facts.h"
#include "MemberPaths.h"
#include "SetOnce.h"

namespace nostall {

/// Adds what is known of the parameters of \p F where \p Cond is \p Holds.
void addTests(const clang::FunctionDecl *F, const clang::ASTContext &Ctx,
              SetOnce &Locals, const clang::Expr *Cond, bool Holds,
              Condition &Out);
/// Adds that \p Value is the constant \p Is.
void addTest(const clang::FunctionDecl *F, const clang::ASTContext &Ctx,
             SetOnce &Locals, const clang::Expr *Value, const clang::Expr *Is,
             Condition &Out);

/// The same of a number: \p Value is in relation \p Is to \p Of.
void addTest(const clang::FunctionDecl *F, const clang::ASTContext &Ctx,
             SetOnce &Locals, const clang::Expr *Value, ParamTest::Relation Is,
             int64_t Of, Condition &Out);

/// How the left side of a comparison by \p Op stands to the right one;
/// \p Swapped: the right side to the left.
std::optional<ParamTest::Relation> relationOf(clang::BinaryOperatorKind Op,
                                              bool Swapped);

/// What \p E is, as far as a test may be about it (ParamTest::Value).
std::optional<int64_t> constantOf(const clang::ASTContext &Ctx,
                                  const clang::Expr *E);
/// -1, 0 or 1, if \p E is a constant: 0 if every scalar part of it is, else as
/// the first that is not.
std::optional<int> signOfConstant(const clang::ASTContext &Ctx,
                                  const clang::Expr *E);
/// What a pointer is that a C library keeps in its variable \p Name ("stdout").
int64_t valueNamed(llvm::StringRef Name);

/// The expression for parameter number \p Index of the callee, or null.
const clang::Expr *argumentFor(const CallFact &Call, unsigned Index);
/// The number of the parameter that \p Arg is given for; none that the callee
/// has for an operator's own object.
unsigned parameterFor(const CallFact &Call, const CallableArgument &Arg);
/// Adds what \p Arg, an expression in \p Facts, is known to give parameter, or
/// member, number \p Number, of type \p To.
void addPassed(const clang::ASTContext &Ctx, const FunctionFacts &Facts,
               uint32_t Number, clang::QualType To, const clang::Expr *Arg,
               std::vector<PassedValue> &Out);
/// What \p Call of \p Facts is known to pass for the callee's parameters.
std::vector<PassedValue> passedValues(const clang::ASTContext &Ctx,
                                      const FunctionFacts &Facts,
                                      const CallFact &Call);

} // namespace nostall

#endif
