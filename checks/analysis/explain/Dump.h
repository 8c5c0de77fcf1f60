//===- Dump.h - every stage of the core, printed ----------------*- C++ -*-===//
//
// `nostall dump facts|values|effects|contexts FILE` for tests and for the
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
/// What every user-written function does to its thread, with first witnesses,
/// and the functions on whose unseen bodies that depends.
void dumpValues(Unit &U, llvm::raw_ostream &OS);
void dumpEffects(Unit &U, llvm::raw_ostream &OS);
/// Where every user-written body runs, and why that is thought.
void dumpContexts(Unit &U, llvm::raw_ostream &OS);

} // namespace nostall

#endif
