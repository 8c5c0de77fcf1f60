//===- signals.h - POSIX signals as events --------------------------------===//
//
// The handler does what a handler may: it sets a flag and writes to the loop's
// eventfd. One owner a signal, named by that eventfd; the disposition that was
// there before comes back when the owner lets go. All functions are for the
// loops' threads; different loops may use different signals at the same time.
//
//===----------------------------------------------------------------------===//

#ifndef NOSTALL_SRC_SIGNALS_H
#define NOSTALL_SRC_SIGNALS_H

#include <atomic>

namespace nostall::detail {

/// `once`: the first signal also restores the default disposition, so that a
/// second one has its usual effect even if the loop is stuck. Throws
/// std::system_error for signals that cannot be handled.
void claim_signal(int signal, int eventfd, bool once);
void release_signal(int signal, int eventfd) noexcept;
/// All signals that were handled in the process; asked in every iteration.
inline std::atomic<unsigned> signal_count{0};
inline unsigned signals_so_far() noexcept {
  return signal_count.load(std::memory_order_acquire);
}
/// Whether it arrived since the last call.
bool take_signal(int signal, int eventfd) noexcept;

} // namespace nostall::detail

#endif
