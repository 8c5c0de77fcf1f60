//===- Hop.h - how one function leads to the next ---------------*- C++ -*-===//
//
// A chain of calls is a list of these; words, links and reports say each in
// their own way.
//
//===----------------------------------------------------------------------===//

#ifndef NOSTALL_CHECKS_ANALYSIS_EFFECTS_HOP_H
#define NOSTALL_CHECKS_ANALYSIS_EFFECTS_HOP_H

namespace nostall {

/// How one function leads to the next.
enum class Hop : unsigned char {
  Calls,        ///< calls it
  Constructs,   ///< calls it, a constructor
  RunsCallable, ///< calls something that runs the callable that comes next
  MayDispatch,  ///< calls it, of which the next is an override
  Destroys,     ///< runs the destructor
  DropsResult,  ///< destroys what it returned, which waits
};

} // namespace nostall

#endif
