//===- async_generator.h - a coroutine that gives values as they come -----===//
//
//     async_generator<line> lines(async_fd& in) {
//       while (auto l = co_await read_line(in))
//         co_yield std::move(*l);
//     }
//
//     auto all = lines(in);
//     while (std::optional<line> l = co_await all.next())
//       use(*l);
//
// Lazy: the body runs from one `next` to the following co_yield, as a part of the task
// that asks, and may await what a task may. What it throws comes out of `next`, and ends
// it; after the end, `next` gives nothing. A body that never waits gives way all the same,
// in `next`.
//
// Cancelled: a wait inside the body throws, as in any coroutine that the task awaits; a
// body that lets it pass has ended. Destroying the generator destroys the body where it
// stands: what has to be awaited for its clean-up must be awaited before that.
//
//===----------------------------------------------------------------------===//

#ifndef NOSTALL_ASYNC_GENERATOR_H
#define NOSTALL_ASYNC_GENERATOR_H

#include "nostall/annotations.h"
#include "nostall/config.h"
#include "nostall/detail/task/foreign_wait.h"
#include "nostall/detail/task/task_core.h"
#include "nostall/error.h"

#include <coroutine>
#include <exception>
#include <memory>
#include <optional>
#include <type_traits>
#include <utility>

namespace nostall {

template <class T>
class [[nodiscard("a generator does nothing until next() is awaited")]] async_generator {
  static_assert(std::is_object_v<T>, "nostall: an async_generator gives values; for a "
                                     "reference, let it give a pointer");

public:
  class promise_type : public detail::takes_all_awaitables {
    friend async_generator;
    std::coroutine_handle<> asks_; ///< who awaits `next`
    std::optional<T> value_;
    std::exception_ptr error_;

    struct back {
      bool await_ready() const noexcept { return false; }
      detail::transfer_result
      await_suspend(std::coroutine_handle<promise_type> h) const noexcept {
        return detail::transfer(std::exchange(h.promise().asks_, {}));
      }
      void await_resume() const noexcept {}
    };

  public:
    static void* operator new(std::size_t bytes) { return detail::allocate_block(bytes); }
    static void operator delete(void* frame, std::size_t bytes) noexcept {
      detail::release_block(frame, bytes);
    }
    NOSTALL_CORO_UNBOUND async_generator get_return_object() noexcept {
      return async_generator(std::coroutine_handle<promise_type>::from_promise(*this));
    }
    std::suspend_always initial_suspend() const noexcept { return {}; }
    back final_suspend() const noexcept { return {}; }
    back yield_value(T v) {
      value_.emplace(std::move(v));
      return {};
    }
    void return_void() const noexcept {}
    void unhandled_exception() noexcept { error_ = std::current_exception(); }
  };

  async_generator(async_generator&& o) noexcept : frame_(std::exchange(o.frame_, {})) {}
  async_generator& operator=(async_generator&& o) noexcept {
    std::swap(frame_, o.frame_);
    return *this;
  }
  ~async_generator() {
    if (frame_)
      frame_.destroy();
  }

  class [[nodiscard("co_await it")]] next_awaiter : detail::waiter {
  public:
    using hands_over = void;
    explicit next_awaiter(std::coroutine_handle<promise_type> f) noexcept
        : waiter(&call_off), frame_(f) {}
    next_awaiter(next_awaiter&&) noexcept = default; // until it is awaited
    bool await_ready() const noexcept { return !frame_ || frame_.done(); }
    template <class P>
    detail::transfer_result await_suspend(std::coroutine_handle<P> h) {
      if (frame_.promise().asks_)
        detail::throw_usage("nostall: two tasks ask one async_generator at once");
      if (!detail::within_budget()) [[unlikely]] {
        // The body goes on in a turn of its own.
        detail::task_core& me = detail::current_task_core("async_generator::next()");
        if (!me.begin_wait(*this, frame_))
          return detail::transfer(h);
        frame_.promise().asks_ = h;
        me.wake();
        return detail::transfer_nowhere();
      }
      frame_.promise().asks_ = h;
      return detail::transfer(frame_);
    }
    std::optional<T> await_resume() {
      detail::finish_wait(*this);
      if (!frame_)
        return std::nullopt;
      promise_type& p = frame_.promise();
      if (p.error_)
        std::rethrow_exception(std::exchange(p.error_, nullptr));
      return std::exchange(p.value_, std::nullopt);
    }

  private:
    // Before the body's turn has come: whoever asks is told, and may ask again.
    static bool call_off(detail::waiter* w) noexcept {
      auto& self = *static_cast<next_awaiter*>(w);
      self.task->resume_at = std::exchange(self.frame_.promise().asks_, {});
      return true;
    }
    std::coroutine_handle<promise_type> frame_;
  };
  /// The next value; nothing, if there is none any more. One at a time.
  NOSTALL_NONBLOCKING next_awaiter next() noexcept { return next_awaiter(frame_); }

private:
  explicit async_generator(std::coroutine_handle<promise_type> f) noexcept : frame_(f) {}
  std::coroutine_handle<promise_type> frame_;
};

} // namespace nostall

#endif
