//===- KeptTasks.h - tasks on their way through a variable ------*- C++ -*-===//
//
// auto work = run(); pool.spawn(std::move(work)); is the call
// pool.spawn(run()), and so is it if a lambda takes the task along.
//
//===----------------------------------------------------------------------===//

#ifndef NOSTALL_CHECKS_ANALYSIS_FACTS_KEPTTASKS_H
#define NOSTALL_CHECKS_ANALYSIS_FACTS_KEPTTASKS_H

#include "Facts.h"

namespace nostall {

/// Notes the tasks that are handed over by way of a variable, as in
/// `auto work = run(); pool.spawn(std::move(work));`: if nothing else becomes
/// of it, that is a task of run.
void addKeptTasks(Unit &U, FunctionFacts &Facts);

} // namespace nostall

#endif
