//===- NoSolver.cpp - Clang's analyser without Z3 -------------------------===//
//
// LLVM's support library can hand conditions to the solver Z3, of which
// distributions have no archive. Nothing here runs the analyser that would ask
// it. This defines what LLVM's file defines, so that the linker leaves that
// file out. Null is what the analyser understands as "there is none".
//
//===----------------------------------------------------------------------===//

#include "llvm/Support/SMTAPI.h"
#include "llvm/Support/raw_ostream.h"

namespace llvm {

SMTSolverRef CreateZ3Solver() { return nullptr; }

void SMTSort::dump() const { print(errs()); }
void SMTExpr::dump() const { print(errs()); }
void SMTSolver::dump() const { print(errs()); }

} // namespace llvm
