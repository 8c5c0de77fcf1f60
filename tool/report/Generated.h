//===- Generated.h - sources that a program wrote ---------------*- C++ -*-===//
//
// A finding in a generated file is no use to who reads it: the file is not
// theirs to mend. Generators say so at the top of what they write, in words
// that are much alike.
//
//===----------------------------------------------------------------------===//

#ifndef NOSTALL_TOOL_REPORT_GENERATED_H
#define NOSTALL_TOOL_REPORT_GENERATED_H

#include "llvm/ADT/StringRef.h"

namespace nostall {

/// Whether the first lines of \p Source say "@generated", or both that
/// something made the file and that nobody should change it.
bool saysItIsGenerated(llvm::StringRef Source);

} // namespace nostall

#endif
