//===- Dump.h - every stage of the core, printed ----------------*- C++ -*-===//
//
// `nostall dump facts|values|flow|effects|contexts FILE` for tests and for the
// curious. One line a fact, in source order, with line:column; stable between
// runs.
//
//===----------------------------------------------------------------------===//

#ifndef NOSTALL_CHECKS_ANALYSIS_EXPLAIN_DUMP_H
#define NOSTALL_CHECKS_ANALYSIS_EXPLAIN_DUMP_H

#include "llvm/Support/raw_ostream.h"

namespace nostall {

class Unit;

/// Calls, awaits, discarded and kept values of every user-written body.
void dumpFacts(Unit &U, llvm::raw_ostream &OS);
/// What is stored where, and what is known of each place for it.
void dumpValues(Unit &U, llvm::raw_ostream &OS);
/// Of every user-written body: its events by block of the control-flow graph,
/// and at each suspension where it runs, its locks, futures and tasks.
void dumpFlow(Unit &U, llvm::raw_ostream &OS);
/// What every user-written function does to its thread, with first witnesses,
/// and the functions on whose unseen bodies that depends.
void dumpEffects(Unit &U, llvm::raw_ostream &OS);
/// Where every user-written body runs, and why that is thought.
void dumpContexts(Unit &U, llvm::raw_ostream &OS);

} // namespace nostall

#endif
