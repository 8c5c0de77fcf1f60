//===- MissingHeaders.h - what a machine lacks to read a file ---*- C++ -*-===//
//
// The commonest reason why a file that compiles elsewhere cannot be read here:
// a header is not found, because this machine lacks the C++ library that the
// command asks for, its part for that target, or the C library below it. The
// compiler names the header. This names what has to be installed.
//
// A project's own header that is missing is no business of this.
//
//===----------------------------------------------------------------------===//

#ifndef NOSTALL_TOOL_PROJECT_MISSINGHEADERS_H
#define NOSTALL_TOOL_PROJECT_MISSINGHEADERS_H

#include <string>

namespace clang {
class CompilerInstance;
}

namespace nostall {

/// Sets \p Missed as soon as a header is not found, which Clang itself tells
/// apart from other errors only after the next one.
void watchForMissing(clang::CompilerInstance &Compiler, bool &Missed);

/// What is lacking, and the remedy, of a file whose header was not found.
/// Empty: as far as one can see, nothing. \p WantsLibcxx: the command asks for
/// libc++, of which only the driver knows.
std::string missingHeaders(clang::CompilerInstance &Compiler, bool WantsLibcxx);

} // namespace nostall

#endif
