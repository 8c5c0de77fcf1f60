//===- CallArguments.h - what a call's arguments say ------------*- C++ -*-===//
//
// Evaluates the models' argument tests on a call, and tells by its type where
// an executor runs what it is given. Holds only what is certain: an argument
// that is no constant expression satisfies no test of its value.
//
//===----------------------------------------------------------------------===//

#ifndef NOSTALL_CHECKS_ANALYSIS_FACTS_CALLARGUMENTS_H
#define NOSTALL_CHECKS_ANALYSIS_FACTS_CALLARGUMENTS_H

#include "Facts.h"
#include "analysis/models/Models.h"

namespace nostall {

/// The argument that a model numbers \p Index (or ObjectArgument,
/// LastArgument), or null.
const clang::Expr *modelArgument(const CallFact &Call, int Index);

bool holds(Unit &U, const ArgumentTest &Test, const CallFact &Call);
/// All of \p Tests.
bool holdAll(Unit &U, const std::vector<ArgumentTest> &Tests,
             const CallFact &Call);
/// Any group of \p Groups whole.
bool holdAny(Unit &U, const std::vector<std::vector<ArgumentTest>> &Groups,
             const CallFact &Call);

/// What \p M says of \p Arg of \p Call, or null: the last that fits.
const CallableModel *callableModel(Unit &U, const FunctionModel &M,
                                   const CallFact &Call,
                                   const CallableArgument &Arg);

/// Where the executor, context or strand \p E runs its work, by its type or,
/// for a type-erased one, by what a local variable was initialised with.
Context executorContext(Unit &U, const clang::Expr *E);

/// The descriptor, or the object that holds it, of a call that may wait for
/// one.
const clang::Expr *descriptorOf(const CallFact &Call);

/// The variable or member that \p E names, through local references:
/// `std::istream &in = std::cin;`. Null if it names none.
const clang::ValueDecl *referredEntity(Unit &U, const clang::Expr *E);

/// \p S asks for O_NONBLOCK or the like: by a flag, or by a call that gives a
/// descriptor and is given one.
bool mentionsNonblockingFlag(Unit &U, const clang::Stmt *S);

/// What \p Call exchanges, as a.swap(b) and swap(a, b) do, or nulls. Whatever
/// is called so does this: the language's own requirements
/// ([swappable.requirements]) rest on the name.
std::pair<const clang::Expr *, const clang::Expr *>
swappedBy(const CallFact &Call);

/// The call of a method of \p Temporary, which dies after it: `guard().run()`;
/// or null.
const CallFact *calledOnTemporary(const FunctionFacts &Facts,
                                  const clang::CXXBindTemporaryExpr &Temporary);

/// The classes whose constructors \p Callee runs, as its model says
/// (std::make_unique<T>: T).
llvm::SmallVector<const clang::CXXRecordDecl *, 1>
constructedBy(Unit &U, const clang::FunctionDecl *Callee);

} // namespace nostall

#endif
