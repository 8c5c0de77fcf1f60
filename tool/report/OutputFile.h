//===- OutputFile.h - files, whole or not at all ----------------*- C++ -*-===//

#ifndef NOSTALL_TOOL_REPORT_OUTPUTFILE_H
#define NOSTALL_TOOL_REPORT_OUTPUTFILE_H

#include "llvm/ADT/STLFunctionalExtras.h"
#include "llvm/Support/Error.h"
#include "llvm/Support/raw_ostream.h"

namespace nostall {

/// Writes \p File, an ordinary one at once or not at all; "-" is standard
/// output.
llvm::Error writeFile(llvm::StringRef File,
                      llvm::function_ref<void(llvm::raw_ostream &)> Write);

} // namespace nostall

#endif
