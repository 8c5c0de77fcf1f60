//===- promise.h - the promise behind task<T> -----------------------------===//
//
// Two words and the result: who goes on when this coroutine ends (nobody, when
// it is the root of a task), and a value or an exception. Frames come from the
// thread's free lists. The hand-over at the end goes through `transfer`, so no
// chain of awaits, however long, grows the stack.
//
//===----------------------------------------------------------------------===//

#ifndef NOSTALL_DETAIL_PROMISE_H
#define NOSTALL_DETAIL_PROMISE_H

#include "nostall/config.h"
#include "nostall/detail/task/foreign_wait.h"
#include "nostall/detail/task/task_core.h"
#include "nostall/detail/loop/used_on.h"
#include "nostall/error.h"

#include <coroutine>
#include <exception>
#include <memory>
#include <source_location>
#include <type_traits>
#include <utility>

namespace nostall {

template <class T> class task;

namespace detail {

/// Debug mode: remember where each task was made, to name the never-awaited.
void note_created(void* frame, std::source_location where) noexcept;
void forget_created(void* frame) noexcept;
void report_never_awaited(void* frame) noexcept;
[[noreturn]] void throw_consumed(const char* who);
/// Out of line, so that no frame has room for a copy of the pointer.
[[noreturn]] void rethrow(const std::exception_ptr& error);

struct promise_base : takes_all_awaitables {
  std::coroutine_handle<> continuation;

  static void* operator new(std::size_t bytes) { return allocate_block(bytes); }
  static void operator delete(void* frame, std::size_t bytes) noexcept {
    release_block(frame, bytes);
  }

  std::suspend_always initial_suspend() const noexcept { return {}; }
  template <class V, class Chosen = decltype([] {})> refused yield_value(V&&) {
    static_assert(never<Chosen>, "nostall: a task gives one value, at its end: co_return it; an "
                                 "async_generator gives several");
    return {};
  }

  struct final_awaiter {
    bool await_ready() const noexcept { return false; }
    template <class P>
    transfer_result await_suspend(std::coroutine_handle<P> h) const noexcept {
      if (const std::coroutine_handle<> c = h.promise().continuation) [[likely]]
        return transfer(c);
      end_current();
      return transfer_nowhere();
    }
    void await_resume() const noexcept {}
  };
  final_awaiter final_suspend() const noexcept { return {}; }

  /// A root that ends by cancelled_error makes its task cancelled.
  void note_failure() const noexcept {
    require_running();
    if (!continuation)
      this_thread.current->ended_by_cancel = handling_cancelled();
  }
};

template <class T> struct promise : promise_base {
  using stored = std::conditional_t<std::is_reference_v<T>,
                                    std::remove_reference_t<T>*, std::remove_cv_t<T>>;
  enum class outcome : unsigned char { none, value, error };

  union {
    stored value;
    std::exception_ptr error;
  };
  outcome has = outcome::none;

  static void* operator new(std::size_t bytes) {
    return allocate_frame<alignof(stored)>(bytes);
  }
  static void operator delete(void* frame, std::size_t bytes) noexcept {
    release_frame<alignof(stored)>(frame, bytes);
  }

  promise() noexcept {}
  promise(const promise&) = delete;
  ~promise() {
    if (has == outcome::value)
      std::destroy_at(std::addressof(value));
    else if (has == outcome::error)
      std::destroy_at(std::addressof(error));
  }

  NOSTALL_CORO_UNBOUND task<T> get_return_object(
      std::source_location where = std::source_location::current()) noexcept;

  template <class U = T>
    requires std::is_convertible_v<U&&, T>
  void return_value(U&& v) noexcept(
      std::is_nothrow_constructible_v<stored, U&&>) {
    if constexpr (std::is_reference_v<T>)
      value = std::addressof(v);
    else
      std::construct_at(std::addressof(value), std::forward<U>(v));
    has = outcome::value;
  }
  template <class U>
    requires(!std::is_convertible_v<U&&, T>)
  void return_value(U&&) {
    static_assert(never<U>, "nostall: what is co_returned does not convert to what the task gives");
  }
  void unhandled_exception() noexcept {
    std::construct_at(std::addressof(error), std::current_exception());
    has = outcome::error;
    note_failure();
  }
  bool failed() const noexcept { return has == outcome::error; }

  T take() {
    if (has == outcome::error) [[unlikely]]
      rethrow(error);
    if constexpr (std::is_reference_v<T>)
      return static_cast<T>(*value);
    else
      return std::move(value);
  }
};

template <> struct promise<void> : promise_base {
  std::exception_ptr error;

  promise() noexcept = default;
  promise(const promise&) = delete;

  NOSTALL_CORO_UNBOUND task<void> get_return_object(
      std::source_location where = std::source_location::current()) noexcept;
  void return_void() const noexcept {}
  void unhandled_exception() noexcept {
    error = std::current_exception();
    note_failure();
  }
  bool failed() const noexcept { return error != nullptr; }
  void take() {
    if (error) [[unlikely]]
      rethrow(error);
  }
};

} // namespace detail
} // namespace nostall

#endif
