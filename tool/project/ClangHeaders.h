//===- ClangHeaders.h - where Clang's own headers lie -----------*- C++ -*-===//
//
// `<stddef.h>`, `<immintrin.h>` and the like belong to the Clang that is linked
// in, and no other fits. A package carries them:
//
//   PREFIX/bin/nostall
//   PREFIX/lib/nostall/clang/22/include/stddef.h ...
//
// They are found from where the program really lies, so that PREFIX can be
// moved, and a link to the program may lie anywhere. A program that was built
// and not packaged uses those of the LLVM that it was built with.
//
//===----------------------------------------------------------------------===//

#ifndef NOSTALL_TOOL_PROJECT_CLANGHEADERS_H
#define NOSTALL_TOOL_PROJECT_CLANGHEADERS_H

#include <string>

namespace nostall {

/// Clang's "resource directory", whose include/ has the headers.
const std::string &clangResourceDir();
/// Without them, every file fails on its first `<stddef.h>`.
bool hasClangHeaders();
/// How to get them, for a message.
std::string clangHeadersRemedy();

} // namespace nostall

#endif
