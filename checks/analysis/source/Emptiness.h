//===- Emptiness.h - objects that are nothing -------------------*- C++ -*-===//
//
//   void open_log(std::string file = {}) { if (!file.empty()) open(file); }
//
// Of the standard library's classes that can be asked whether there is anything
// in them (strings, containers, std::optional, std::function, smart pointers):
// which objects are made empty, and which expressions ask. For conditions they
// are numbers, 0 for nothing and 1 for something.
//
//===----------------------------------------------------------------------===//

#ifndef NOSTALL_CHECKS_ANALYSIS_SOURCE_EMPTINESS_H
#define NOSTALL_CHECKS_ANALYSIS_SOURCE_EMPTINESS_H

#include "clang/AST/ExprCXX.h"
#include <optional>

namespace nostall {

/// One of these classes. What its default constructor makes is empty.
bool canBeEmpty(clang::QualType T);

/// What a \p T that is made of nothing has in it is nothing: of one of these,
/// and of a pair, a tuple or a struct of them.
bool isMadeEmpty(clang::QualType T);

/// A std::chrono::duration, of which 0 is nothing.
bool isDuration(clang::QualType T);
/// `timeout.count()`: the duration, or null.
const clang::Expr *countedBy(const clang::Expr *E);

/// Whether \p E makes an object with something in it, if that can be seen.
std::optional<bool> holdsSomething(const clang::Expr *E);

/// Whether a \p T has something in it after it was made of, or assigned, \p
/// From.
std::optional<bool> holdsSomething(clang::QualType T, const clang::Expr *From);
/// `x[0]`, `*x`, `x.front()`: whether there is something in it stays as it is,
/// const or not.
bool keepsEmptiness(const clang::FunctionDecl *Member);
/// `x.reset()`, `x.clear()`, `x.join()`: it has nothing in it afterwards.
bool empties(const clang::FunctionDecl *Method);
/// The same, and `owner.reset()`, which might be given something.
bool empties(const clang::CXXMemberCallExpr *Call);
/// The same, and `owner.release()`, which gives away what was in it.
bool leavesEmpty(const clang::CXXMemberCallExpr *Call);

/// `!x.empty()`, `x.has_value()`, `x.joinable()`, `if (x)`, `x != nullptr`.
struct EmptinessTest {
  const clang::Expr *Of = nullptr;
  bool IsSomething = false; ///< what the test is for
};
std::optional<EmptinessTest> emptinessTest(const clang::Expr *E);

} // namespace nostall

#endif
