//===- IndexedCalls.h - the rest of the program, for one unit ---*- C++ -*-===//

#ifndef NOSTALL_TOOL_PROJECT_INDEXEDCALLS_H
#define NOSTALL_TOOL_PROJECT_INDEXEDCALLS_H

#include "OtherUnits.h"
#include "llvm/ADT/StringRef.h"
#include <vector>

namespace nostall {

/// What the index of the program that \p MainFile belongs to knows and still
/// is true, for checks/OtherUnits.h. Where the index lies: beside the nearest
/// compile_commands.json, or in the folder that NOSTALL_INDEX names.
///
/// Of MainFile itself nothing is taken: who asks has it before him, perhaps
/// with changes that are not saved.
OtherCalls indexedCalls(llvm::StringRef MainFile);

} // namespace nostall

#endif
