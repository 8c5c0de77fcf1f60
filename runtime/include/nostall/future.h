//===- future.h - a value that somebody else brings -----------------------===//
//
//     promise<reply> p;
//     future<reply> f = p.get_future();
//     library_call(request, [p](reply r) { p.set_value(std::move(r)); }); // any thread
//     reply r = co_await f;
//
// The bridge from callbacks, other threads and other loops to a coroutine. A promise
// is filled once, from anywhere, also before anybody waits; it is counted, so that a
// callback can hold a copy, and filling it neither waits nor runs the coroutine: that
// goes on in its own loop. A future is awaited by one task at a time, on any loop, and
// gives the value away.
//
// If the last promise goes without having been filled, the await throws
// std::future_error (broken_promise). What is brought for a future that is gone, or to
// a loop that is gone, is dropped.
//
// Cancelled: the wait ends, and the future can be awaited again. A value on its way is
// delivered.
//
//===----------------------------------------------------------------------===//

#ifndef NOSTALL_FUTURE_H
#define NOSTALL_FUTURE_H

#include "nostall/annotations.h"
#include "nostall/detail/task/future_state.h"
#include "nostall/detail/task/given_error.h"
#include "nostall/error.h"

#include <coroutine>
#include <exception>
#include <type_traits>
#include <utility>

namespace nostall {

template <class T = void> class future {
  using state = detail::future_state<T>;

public:
  future() noexcept = default;
  future(future&& o) noexcept : s_(std::exchange(o.s_, nullptr)) {}
  future& operator=(future&& o) noexcept {
    std::swap(s_, o.s_);
    return *this;
  }
  ~future() {
    if (s_)
      s_->unref();
  }
  bool valid() const noexcept { return s_ && !s_->taken; }
  /// Whether an await would go on at once. From any thread.
  bool ready() const noexcept { return s_ && s_->ready(); }

  class [[nodiscard("co_await it")]] awaiter : detail::waiter {
  public:
    explicit awaiter(state& s) noexcept
        : waiter([](detail::waiter* w) noexcept { // also asked before it is parked
            state& s = static_cast<awaiter*>(w)->state_;
            return s.waiting != w || s.unpark();
          }),
          state_(s) {
      s.ref();
    }
    awaiter(awaiter&& o) noexcept : awaiter(o.state_) {} // until it is awaited
    ~awaiter() {
      if (state_.waiting == this && !state_.unpark())
        state_.waiting = nullptr;
      state_.unref();
    }
    bool await_ready() const noexcept {
      return state_.ready() && detail::within_budget();
    }
    bool await_suspend(std::coroutine_handle<> h) {
      detail::task_core& me = detail::current_task_core("a future");
      if (state_.waiting)
        detail::throw_usage("nostall: two tasks await one future");
      if (!me.begin_wait(*this, h))
        return false;
      if (!state_.park(*this, me.loop()))
        me.wake(); // filled: only its turn is missing
      return true;
    }
    T await_resume() {
      detail::finish_wait(*this);
      if (std::exchange(state_.taken, true))
        detail::throw_usage("nostall: a future's value was taken already");
      if (state_.error)
        detail::rethrow(state_.error);
      if constexpr (std::is_reference_v<T>)
        return static_cast<T>(**state_.value);
      else if constexpr (!std::is_void_v<T>)
        return std::move(*state_.value);
    }

  private:
    state& state_;
  };
  /// Waits for the value, and gives it away. Throws what was brought instead of it.
  awaiter operator co_await() const {
    if (!s_)
      detail::throw_usage("nostall: this future belongs to no promise");
    return awaiter(*s_);
  }

private:
  template <class> friend class promise;
  explicit future(state* s) noexcept : s_(s) {}
  state* s_ = nullptr;
};

template <class T = void> class promise {
  using state = detail::future_state<T>;

public:
  promise() : s_(new state) {}
  promise(const promise& o) noexcept : s_(o.s_), mine_(nullptr) {
    s_->ref();
    s_->promises.fetch_add(1, std::memory_order_relaxed);
  }
  promise& operator=(const promise&) = delete;
  ~promise() {
    if (mine_)
      mine_->unref(); // nobody has asked for the future
    s_->let_go();
  }

  /// Once, of the promise that was made first.
  future<T> get_future() {
    if (!mine_)
      detail::throw_usage("nostall: a promise has one future, and it was taken");
    return future<T>(std::exchange(mine_, nullptr));
  }

  /// From any thread, in any callback. Throws invalid_state_error if it is filled
  /// already, and what the value's constructor throws.
  template <class... A> NOSTALL_NONBLOCKING void set_value(A&&... a) const {
    if (!try_set_value(std::forward<A>(a)...))
      throw invalid_state_error("nostall: a promise was filled twice");
  }
  /// An exception, or a std::exception_ptr, which is not null.
  template <class... E> NOSTALL_NONBLOCKING void set_exception(E&&... e) const {
    if (!try_set_exception(std::forward<E>(e)...))
      throw invalid_state_error("nostall: a promise was filled twice");
  }
  /// False: it is filled already, or about to be.
  template <class... A> NOSTALL_NONBLOCKING bool try_set_value(A&&... a) const {
    static_assert(filled_by<A&&...>, "nostall: this promise cannot be filled with that: give "
                                     "what makes its value, of void nothing, and a reference "
                                     "to what lives elsewhere");
    if constexpr (filled_by<A&&...>)
      return fill(std::forward<A>(a)...);
    else
      return false;
  }
  template <class... E> NOSTALL_NONBLOCKING bool try_set_exception(E&&... e) const {
    if constexpr (detail::check_error<E&&...>()) {
      std::exception_ptr error = detail::as_error(std::forward<E>(e)...);
      if (!s_->claim())
        return false;
      s_->error = std::move(error);
      s_->publish();
    }
    return true;
  }

private:
  template <class... A> static constexpr bool makes_value() {
    if constexpr (std::is_void_v<T>)
      return sizeof...(A) == 0;
    else if constexpr (std::is_reference_v<T>)
      return sizeof...(A) == 1 && (std::is_convertible_v<A, T> && ...) &&
             (std::is_lvalue_reference_v<A> && ...);
    else // of nothing: its value was forgotten
      return sizeof...(A) > 0 && std::is_constructible_v<detail::stored_result<T>, A...>;
  }
  template <class... A> static constexpr bool filled_by = makes_value<A...>();
  template <class... A> bool fill(A&&... a) const {
    if (!s_->claim())
      return false;
    try {
      if constexpr (std::is_reference_v<T>)
        s_->value.emplace(std::addressof(a)...);
      else
        s_->value.emplace(std::forward<A>(a)...);
    } catch (...) {
      s_->claimed.store(false);
      throw;
    }
    s_->publish();
    return true;
  }

  state* s_;
  state* mine_ = s_; ///< the future's reference, until it is asked for
};

} // namespace nostall

#endif
