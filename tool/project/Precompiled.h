//===- Precompiled.h - headers that were compiled before --------*- C++ -*-===//
//
// A build may have compiled headers beforehand, by GCC, by another Clang, or
// not yet. What this Clang cannot read is no reason to leave a unit out: the
// header itself says the same.
//
//   -include-pch X.pch           X, or what X.pch was made of
//   -include X, beside X.gch     X
//   -include X, X only as .gch   the header called X, near the source
//   -fmodule-file=M.pcm          the headers of the module, as text
//
// Whether a file can be read is asked by reading it: it may be of another
// version, of other flags, or older than a header that went into it.
//
//===----------------------------------------------------------------------===//

#ifndef NOSTALL_TOOL_PROJECT_PRECOMPILED_H
#define NOSTALL_TOOL_PROJECT_PRECOMPILED_H

#include <memory>
#include <string>

namespace clang {
class CompilerInvocation;
class FileManager;
class PCHContainerOperations;
} // namespace clang

namespace nostall {

/// Makes \p Invocation read headers where it names compiled ones that cannot be
/// read.
void readHeadersInstead(clang::CompilerInvocation &Invocation,
                        clang::FileManager &Files,
                        std::shared_ptr<clang::PCHContainerOperations> PCHs);

/// Whether \p Text compiles as \p Invocation's source, without the headers that
/// the command line includes.
bool compiles(const std::string &Text,
              const clang::CompilerInvocation &Invocation,
              clang::FileManager &Files,
              std::shared_ptr<clang::PCHContainerOperations> PCHs);

} // namespace nostall

#endif
