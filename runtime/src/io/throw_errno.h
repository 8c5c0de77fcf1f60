//===- throw_errno.h - what a system call said, as an exception -----------===//

#ifndef NOSTALL_SRC_THROW_ERRNO_H
#define NOSTALL_SRC_THROW_ERRNO_H

#include <cerrno>
#include <system_error>

namespace nostall::detail {

/// Throws std::system_error; `what` is what it was wanted for.
[[noreturn]] inline void throw_errno(const char* what, int error = errno) {
  throw std::system_error(error, std::generic_category(), what);
}

} // namespace nostall::detail

#endif
