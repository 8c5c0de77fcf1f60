//===- ExactClass.h - the class of an object behind a base ------*- C++ -*-===//
//
//   std::shared_ptr<Store> s = std::make_shared<Memory>();
//   s->put();                               // Memory::put, and no other
//
// Where the function itself has made what it calls, directly or by a factory
// with a body here, a virtual call has one target.
//
//===----------------------------------------------------------------------===//

#ifndef NOSTALL_CHECKS_ANALYSIS_EFFECTS_EXACTCLASS_H
#define NOSTALL_CHECKS_ANALYSIS_EFFECTS_EXACTCLASS_H

#include "analysis/facts/ConditionReader.h"

namespace nostall {

class Unit;

class ExactClass {
public:
  explicit ExactClass(Unit &U) : U(U) {}

  /// The method that \p Call of \p Facts, which is virtual, runs; null if it
  /// may be any.
  const clang::CXXMethodDecl *targetOf(const FunctionFacts &Facts,
                                       const CallFact &Call);

private:
  const clang::CXXRecordDecl *of(const clang::Expr *E, SetOnce &Locals,
                                 unsigned Depth);

  Unit &U;
};

} // namespace nostall

#endif
