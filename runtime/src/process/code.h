//===- code.h - the same function in two processes ------------------------===//
//
// A module (the program, a shared library) is known by a hash of its build id; of
// its code, where the linker has written no build id.
//
//===----------------------------------------------------------------------===//

#ifndef NOSTALL_SRC_CODE_H
#define NOSTALL_SRC_CODE_H

#include "nostall/detail/process/process_call.h"

namespace nostall::detail {

/// Null: this process has no such module, or nothing was registered there.
entry_function function_at(code_place p);
/// The module of the program itself.
std::uint64_t program_hash();

} // namespace nostall::detail

#endif
