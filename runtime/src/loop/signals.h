//===- signals.h - POSIX signals as events --------------------------------===//
//
// The handler does what a handler may: it sets a flag and writes to the loop's
// eventfd. One owner a signal, named by that eventfd; the disposition that was
// there before comes back when the owner lets go. All is for the loops' threads;
// different loops may use different signals at the same time.
//
//===----------------------------------------------------------------------===//

#ifndef NOSTALL_SRC_SIGNALS_H
#define NOSTALL_SRC_SIGNALS_H

#include "nostall/detail/loop/callback.h"

#include <atomic>
#include <unordered_map>

namespace nostall::detail {

/// All signals that were handled in the process; asked in every iteration.
inline std::atomic<unsigned> signal_count{0};

/// One loop's callbacks of signals.
class signal_callbacks {
public:
  /// The loop's eventfd.
  explicit signal_callbacks(int eventfd) noexcept : eventfd_(eventfd) {}
  signal_callbacks(const signal_callbacks&) = delete;
  ~signal_callbacks() { unwatch_all(); }

  /// Takes the node over, also when it throws: std::system_error for signals that
  /// cannot be handled. `once`: the first signal also restores the default
  /// disposition, so that a second one has its usual effect even if the loop is
  /// stuck.
  void watch(int signal, callback_node* n, bool once);
  bool unwatch(int signal) noexcept;
  void unwatch_all() noexcept;
  bool empty() const noexcept { return callbacks_.empty(); }

  bool arrived() const noexcept {
    return seen_ != signal_count.load(std::memory_order_acquire);
  }
  /// Makes the callbacks of what arrived ready.
  void take() noexcept;

private:
  int eventfd_;
  unsigned seen_ = 0;
  std::unordered_map<int, callback_node*> callbacks_;
};

} // namespace nostall::detail

#endif
