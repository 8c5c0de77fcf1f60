//===- Holders.h - tasks in objects of the standard library -----*- C++ -*-===//
//
//   std::vector<task<>> all;
//   all.push_back(save());              // and nothing else is done with it
//   std::tuple<task<int>, int> p{load(), 2};
//   use(std::get<1>(p));
//
// A pair, an optional, a container or the like takes no care of the task that
// is put into it. Somebody does who takes it out, or is given the whole. To put
// something in, to ask how much there is, to empty it, or to use another part
// is none of these.
//
//===----------------------------------------------------------------------===//

#ifndef NOSTALL_CHECKS_ANALYSIS_TASKS_HOLDERS_H
#define NOSTALL_CHECKS_ANALYSIS_TASKS_HOLDERS_H

#include "analysis/facts/Facts.h"

namespace nostall {

class Unit;

/// Whether a \p T is an array, or an object of the standard library that is no
/// task itself: it may hold one.
bool mayHoldTasks(Unit &U, clang::QualType T);

/// The lazy task of which such a \p T is made: of a std::vector<task<>>. Null
/// if there is none.
clang::QualType lazyTaskIn(Unit &U, clang::QualType T);

/// The type of the task that is put into the local variable \p V of such a
/// type, where nothing in its function takes one out of it; else null.
clang::QualType taskLeftIn(Unit &U, const FunctionFacts &Facts,
                           const VariableFact &V);

} // namespace nostall

#endif
