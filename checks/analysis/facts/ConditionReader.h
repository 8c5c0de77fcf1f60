//===- ConditionReader.h - tests and values in the source -------*- C++ -*-===//
//
// Conditions.h from the AST: what has to hold of a function's parameters, and
// of the members of objects that it has, where a condition holds, and what a
// call passes on. How it is read off expressions and statements is
// TestReader.h; what that cannot read says nothing.
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
/// Adds that \p Value is in relation \p Is to the number \p Of.
void addTest(const clang::FunctionDecl *F, const clang::ASTContext &Ctx,
             SetOnce &Locals, const clang::Expr *Value, ParamTest::Relation Is,
             int64_t Of, Condition &Out);

/// The same of one of \p Values at least.
void addAnyTest(const clang::FunctionDecl *F, const clang::ASTContext &Ctx,
                SetOnce &Locals, llvm::ArrayRef<const clang::Expr *> Values,
                ParamTest::Relation Is, int64_t Of, Condition &Out);
/// Adds what is known where control comes into \p Loop from above, where \p
/// Cond holds: the parameters may change in it.
void addFirstTests(const clang::FunctionDecl *F, const clang::ASTContext &Ctx,
                   SetOnce &Locals, const clang::Stmt *Loop,
                   const clang::Expr *Cond, Condition &Out);
/// Where it comes to the labels that begin with \p First, from the top.
void addCaseTests(const clang::FunctionDecl *F, const clang::ASTContext &Ctx,
                  SetOnce &Locals, const clang::SwitchStmt *Switch,
                  const clang::SwitchCase *First, Condition &Out);
/// And where it goes on behind \p S.
void addPassedTests(const clang::FunctionDecl *F, const clang::ASTContext &Ctx,
                    SetOnce &Locals, const clang::Stmt *S, Condition &Out);

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
void addPassed(Unit &U, const FunctionFacts &Facts, uint32_t Number,
               clang::QualType To, const clang::Expr *Arg,
               std::vector<PassedValue> &Out);
/// What \p Call of \p Facts is known to pass for the callee's parameters.
std::vector<PassedValue> passedValues(Unit &U, const FunctionFacts &Facts,
                                      const CallFact &Call);

} // namespace nostall

#endif
