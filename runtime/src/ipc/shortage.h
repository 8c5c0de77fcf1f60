//===- shortage.h - what a system call says when resources run out --------===//
//
// A call with a fall-back has two kinds of errors. Want of resources is the caller's to
// know. Anything else says that the call is not to be had here: an old kernel does not
// know it, a container refuses it, by whatever error its profile names.
//
//===----------------------------------------------------------------------===//

#ifndef NOSTALL_SRC_SHORTAGE_H
#define NOSTALL_SRC_SHORTAGE_H

#include <cerrno>

namespace nostall::detail {

inline bool is_shortage(int error) noexcept {
  return error == EMFILE || error == ENFILE || error == ENOMEM;
}

} // namespace nostall::detail

#endif
