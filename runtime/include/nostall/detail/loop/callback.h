//===- callback.h - a callable that waits for its turn --------------------===//
//
// What call_soon, call_later, add_reader and their like put into the loop: one
// allocation that holds the callable, its place in the ready queue and in the
// timers, and the context variables of whoever handed it in. Counted by the loop
// (while queued, armed or registered) and by handles, on the loop's thread only.
// A node that is made on another thread reaches the loop through the inbox and
// has no handle.
//
//===----------------------------------------------------------------------===//

#ifndef NOSTALL_DETAIL_CALLBACK_H
#define NOSTALL_DETAIL_CALLBACK_H

#include "nostall/awaitable.h"
#include "nostall/detail/loop/loop_core.h"

#include <cstdint>
#include <source_location>
#include <type_traits>
#include <utility>

namespace nostall::detail {

struct callback_node : ready_node, timer_node, block_allocated {
  std::uint32_t refs = 1;
  bool cancelled = false;
  bool queued = false;
  loop_core* loop; ///< there as long as this is pending; null if it went before
  std::int64_t deadline = 0;
  context_data* context; // owned
  std::source_location where;

  callback_node(loop_core& l, std::source_location w) noexcept;
  callback_node(const callback_node&) = delete;
  virtual ~callback_node(); ///< what throws in there ends the program
  virtual void invoke() = 0;

  void ref() noexcept { ++refs; }
  void unref() noexcept {
    if (--refs == 0)
      delete this;
  }
  /// Puts it into the ready queue, once; the queue takes a reference.
  void enqueue() noexcept;
  void cancel() noexcept;
  bool pending() const noexcept { return loop && (queued || armed()); }
};

/// Asked of whatever a callback is made of.
template <class F, class... A> constexpr bool check_callback() {
  constexpr bool right = !is_task<std::remove_cvref_t<std::invoke_result_t<F&, A...>>>;
  static_assert(right, "nostall: this callback is a coroutine, whose task nobody would run: let a "
                       "plain callable call create_task(f())");
  return right;
}

template <class F> struct callback_of final : callback_node {
  F f;
  template <class G>
  callback_of(loop_core& l, std::source_location w, G&& g)
      : callback_node(l, w), f(std::forward<G>(g)) {
    (void)check_callback<F>(); // here, so that the error names the call
  }
  ~callback_of() noexcept override {}
  void invoke() override {
    if constexpr (check_callback<F>())
      f();
  }
};

} // namespace nostall::detail

#endif
