//===- RunProgram.h - what another program says -----------------*- C++ -*-===//

#ifndef NOSTALL_TOOL_PROJECT_RUNPROGRAM_H
#define NOSTALL_TOOL_PROJECT_RUNPROGRAM_H

#include "llvm/ADT/ArrayRef.h"
#include "llvm/ADT/StringRef.h"
#include "llvm/Support/Error.h"
#include <string>

namespace nostall {

/// Runs a program in \p Folder, with an English locale and nothing to read, and
/// gives what it writes to standard error; what it writes to standard output is
/// dropped. No file is written. \p Args begins with the program's path. A
/// program that takes more than \p Seconds is killed.
llvm::Expected<std::string> runProgram(llvm::ArrayRef<std::string> Args,
                                       llvm::StringRef Folder, int Seconds);

} // namespace nostall

#endif
