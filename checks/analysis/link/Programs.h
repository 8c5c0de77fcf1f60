//===- Programs.h - which programs a body may be in -------------*- C++ -*-===//
//
// One database often lists several programs: a library, its tests, its
// examples. They share what has no main, and nothing else: two files that have
// a main each are never linked together, so what one of them defines or stores
// answers for no call that comes from the other.
//
// A set of programs is a number, so that it can be kept with every step of a
// search.
//
//===----------------------------------------------------------------------===//

#ifndef NOSTALL_CHECKS_ANALYSIS_LINK_PROGRAMS_H
#define NOSTALL_CHECKS_ANALYSIS_LINK_PROGRAMS_H

#include "CallGraph.h"
#include <map>
#include <optional>

namespace nostall {

class Programs {
public:
  using Set = uint32_t; ///< an index in Sets
  static constexpr Set Any = 0;

  explicit Programs(const std::vector<const CallGraph *> &Units);

  /// Those that unit number \p Unit is linked into.
  Set of(unsigned Unit) const { return OfUnit[Unit]; }
  Set either(Set A, Set B);
  /// None if nothing is in both.
  std::optional<Set> both(Set A, Set B);

private:
  Set numberOf(std::vector<uint32_t> Mains);

  std::vector<Set> OfUnit;
  /// By set: the numbers of its programs, sorted; of Any, nothing.
  std::vector<std::vector<uint32_t>> Sets{{}};
  std::map<std::vector<uint32_t>, Set> Numbers;
};

} // namespace nostall

#endif
