//===- future_state.h - what promises and their future share --------------===//

#ifndef NOSTALL_DETAIL_FUTURE_STATE_H
#define NOSTALL_DETAIL_FUTURE_STATE_H

#include "nostall/detail/loop/loop_core.h"
#include "nostall/detail/task/task_record.h"

#include <atomic>
#include <cstdint>
#include <exception>
#include <optional>

namespace nostall::detail {

class mailbox;

/// What promises and future share. A ready_node: filling it pushes it into the mailbox
/// of the loop that waits, once.
struct future_core : ready_node {
  enum class stage : std::uint8_t { empty, waiting, filled };
  std::atomic<unsigned> refs{2};     ///< the future's, a promise's
  std::atomic<unsigned> promises{1};
  std::atomic<stage> at{stage::empty};
  std::atomic<bool> claimed{false};  ///< by who fills it
  bool taken = false;
  mailbox* mail = nullptr;           ///< counted, while `waiting`
  waiter* waiting = nullptr;         ///< of the loop's thread
  std::exception_ptr error;

  future_core() noexcept;
  future_core(const future_core&) = delete;
  virtual ~future_core() = default;
  void ref() noexcept { refs.fetch_add(1, std::memory_order_relaxed); }
  void unref() noexcept {
    if (refs.fetch_sub(1, std::memory_order_acq_rel) == 1)
      delete this;
  }
  bool claim() noexcept { return !claimed.exchange(true); }
  /// What was brought is in its place.
  void publish() noexcept;
  /// A promise goes.
  void let_go() noexcept;
  bool ready() const noexcept { return at.load() == stage::filled; }
  /// False: it is filled.
  bool park(waiter& w, loop_core& l) noexcept;
  /// False: it is filled, and the wake-up on its way.
  bool unpark() noexcept;
};

template <class T> struct future_state final : future_core {
  ~future_state() noexcept override {}
  [[no_unique_address]] std::optional<stored_result<T>> value;
};

} // namespace nostall::detail

#endif
