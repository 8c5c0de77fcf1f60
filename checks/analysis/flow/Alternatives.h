//===- Alternatives.h - conditions that go the same way ---------*- C++ -*-===//
//
//   if (shared) guard.lock();
//   ...
//   if (shared) guard.unlock();       // no path takes only one of the two
//
// A truth value that the body was given, or has made at its beginning, and that
// nothing changes, answers all the conditions that ask for it alike. A body is
// solved once for each set of such answers where a finding depends on a path:
// what holds for none of them holds on no path.
//
//===----------------------------------------------------------------------===//

#ifndef NOSTALL_CHECKS_ANALYSIS_FLOW_ALTERNATIVES_H
#define NOSTALL_CHECKS_ANALYSIS_FLOW_ALTERNATIVES_H

#include "llvm/ADT/DenseMap.h"

namespace clang {
class CFGBlock;
class FunctionDecl;
} // namespace clang

namespace nostall {

class Unit;

class Alternatives {
public:
  Alternatives(Unit &U, const clang::FunctionDecl *F);

  /// How many sets of answers there are; none if no condition is asked twice.
  unsigned size() const { return Asked ? 1u << Asked : 0; }
  /// Whether number \p N keeps control from leaving \p From by its first edge
  /// (\p IsFirst), or by its second.
  bool ruleOut(unsigned N, const clang::CFGBlock &From, bool IsFirst) const;

private:
  /// More conditions than these are not told apart.
  static constexpr unsigned MaxAsked = 4;

  struct Condition {
    unsigned Number;
    bool IsNegated;
  };
  unsigned Asked = 0;
  llvm::DenseMap<const clang::CFGBlock *, Condition> Conditions;
};

} // namespace nostall

#endif
