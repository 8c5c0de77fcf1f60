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
// stands: what has to be awaited for its clean-up must be awaited before that. A task
// that is in `next` then gets usage_error. If that task is destroyed inside the body, the
// body goes with it, and `next` gives nothing any more.
//
//===----------------------------------------------------------------------===//

#ifndef NOSTALL_ASYNC_GENERATOR_H
#define NOSTALL_ASYNC_GENERATOR_H

#include "nostall/annotations.h"
#include "nostall/config.h"
#include "nostall/detail/task/anything.h"
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

template <class Value>
class [[nodiscard("a generator does nothing until next() is awaited")]] async_generator {
  static_assert(std::is_object_v<Value>, "nostall: an async_generator gives values; for a "
                                         "reference, let it give a pointer");
  using T = detail::object_or_int<Value>;

public:
  class next_awaiter;
  class promise_type : public detail::takes_all_awaitables {
    friend async_generator;
    std::coroutine_handle<> asks_; ///< who awaits `next`
    next_awaiter* asker_ = nullptr;
    async_generator* owner_ = nullptr;
    std::optional<T> value_;
    std::exception_ptr error_;

    struct back {
      bool await_ready() const noexcept { return false; }
      detail::transfer_result
      await_suspend(std::coroutine_handle<promise_type> h) const noexcept {
        h.promise().asker_ = nullptr;
        return detail::transfer(std::exchange(h.promise().asks_, {}));
      }
      void await_resume() const noexcept {}
    };

  public:
    static void* operator new(std::size_t bytes) {
      return detail::allocate_frame<alignof(std::optional<T>)>(bytes);
    }
    static void operator delete(void* frame, std::size_t bytes) noexcept {
      detail::release_frame<alignof(std::optional<T>)>(frame, bytes);
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
    void unhandled_exception() noexcept {
      detail::require_running();
      error_ = std::current_exception();
    }
  };

  async_generator(async_generator&& o) noexcept : frame_(std::exchange(o.frame_, {})) {
    own();
  }
  async_generator& operator=(async_generator&& o) noexcept {
    std::swap(frame_, o.frame_);
    own();
    o.own();
    return *this;
  }
  ~async_generator() {
    if (!frame_)
      return;
    next_awaiter* const asker = frame_.promise().asker_;
    if (asker)
      asker->leave(frame_);
    detail::destroy_suspended(frame_);
  }

  class [[nodiscard("co_await it")]] next_awaiter : detail::waiter {
  public:
    using hands_over = void;
    explicit next_awaiter(std::coroutine_handle<promise_type> f) noexcept
        : waiter(&call_off), frame_(f) {}
    next_awaiter(next_awaiter&&) noexcept = default; // until it is awaited
    operator bool() const NOSTALL_DELETED("co_await it: while (auto v = co_await g.next())");
    ~next_awaiter() {
      if (!frame_ || !asking_ || frame_.promise().asker_ != this)
        return;
      frame_.promise().owner_->frame_ = {};
      detail::destroy_suspended(frame_);
    }
    bool await_ready() const noexcept { return ended() && detail::within_budget(); }
    template <class P>
    detail::transfer_result await_suspend(std::coroutine_handle<P> h) {
      detail::task_core& me = detail::current_task_core("async_generator::next()");
      if (ended()) { // only its turn is missing
        frame_ = {};
        if (!me.begin_wait(*this, h))
          return detail::transfer(h);
        me.wake();
        return detail::transfer_nowhere();
      }
      if (frame_.promise().asks_)
        detail::throw_usage("nostall: two tasks ask one async_generator at once");
      const bool at_once = detail::within_budget();
      // Else the body goes on in a turn of its own.
      if (!at_once && !me.begin_wait(*this, frame_))
        return detail::transfer(h);
      this->task = &me;
      asking_ = true;
      frame_.promise().asks_ = h;
      frame_.promise().asker_ = this;
      if (at_once)
        return detail::transfer(frame_);
      me.wake();
      return detail::transfer_nowhere();
    }
    std::optional<T> await_resume() {
      asking_ = false;
      detail::finish_wait(*this);
      if (!frame_)
        return std::nullopt;
      promise_type& p = frame_.promise();
      if (p.error_)
        std::rethrow_exception(std::exchange(p.error_, nullptr));
      return std::exchange(p.value_, std::nullopt);
    }

  private:
    bool ended() const noexcept { return !frame_ || frame_.done(); }
    // Before the body's turn has come: whoever asks is told, and may ask again.
    static bool call_off(detail::waiter* w) noexcept {
      auto& self = *static_cast<next_awaiter*>(w);
      if (!self.frame_)
        return true;
      self.frame_.promise().asker_ = nullptr;
      self.task->resume_at = std::exchange(self.frame_.promise().asks_, {});
      return true;
    }
    friend async_generator;
    /// The body is about to be destroyed, in the midst of what this task waits for.
    void leave(std::coroutine_handle<promise_type> body) noexcept {
      if (detail::this_thread.current == this->task)
        detail::die("nostall: an async_generator was destroyed by its own body");
      frame_ = {};
      this->task->divert(body.promise().asks_);
    }
    std::coroutine_handle<promise_type> frame_;
    bool asking_ = false;
  };
  /// The next value; nothing, if there is none any more. One at a time.
  NOSTALL_NONBLOCKING next_awaiter next() noexcept { return next_awaiter(frame_); }

  /// No range: `for` could not wait.
  template <class Chosen = void> detail::no_iterator begin() {
    static_assert(detail::never<Chosen>, "nostall: a for loop cannot wait for an async_generator: "
                                         "write while (auto v = co_await g.next())");
    return {};
  }
  detail::no_iterator end() { return {}; }

private:
  explicit async_generator(std::coroutine_handle<promise_type> f) noexcept : frame_(f) {
    own();
  }
  void own() noexcept {
    if (frame_)
      frame_.promise().owner_ = this;
  }
  std::coroutine_handle<promise_type> frame_;
};

} // namespace nostall

#endif
