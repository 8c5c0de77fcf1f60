//===- birthplace.h - in which process an object was made ------------------===//
//
// fork() copies every object, and the copies share what lies in the kernel with the
// originals: an epoll instance, the other ends of sockets, the processes that were
// started. A copy may be read and may be destroyed; what its destructor would do to
// others (kill, reap, unregister, wait for threads that are not there) is the
// original's alone. Such an object has a birthplace, and asks it first.
//
//===----------------------------------------------------------------------===//

#ifndef NOSTALL_SRC_BIRTHPLACE_H
#define NOSTALL_SRC_BIRTHPLACE_H

#include <atomic>

namespace nostall::detail {

/// How many forks lie between the first process and this one; one load.
extern std::atomic<unsigned> forks;

class birthplace {
public:
  /// False in a child that was forked after this was made.
  bool here() const noexcept {
    return made_ == forks.load(std::memory_order_relaxed);
  }

private:
  unsigned made_ = forks.load(std::memory_order_relaxed);
};

} // namespace nostall::detail

#endif
