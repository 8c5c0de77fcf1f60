//===- foreign_wait.h - awaiting what other libraries made ----------------===//
//
// An awaiter of another library resumes the coroutine that it was given, at any time and
// on any thread. A task can only go on in a step of its own loop. So the awaiter is given
// a stand-in, whose resumption brings the task back to its loop:
//
//   await_suspend(stand-in) ─▶ starting ──▶ parked ──▶ resumed     wakes the task: at
//                                 │            │                   once on the loop's
//                                 ▼            ▼                   thread, else through
//                              resumed     abandoned               the mailbox
//
//   resumed from starting   the awaiter had the result: the task goes on at once
//   abandoned               the task was destroyed meanwhile: nothing happens
//
// Cancellation waits for the awaiter, unless that has `bool cancel_wait() noexcept`, in
// which true means that the stand-in will not be resumed. It is the program's code and may
// destroy tasks and groups, so the loop asks, in its next iteration, and not the walk that
// cancels.
//
//===----------------------------------------------------------------------===//

#ifndef NOSTALL_DETAIL_FOREIGN_WAIT_H
#define NOSTALL_DETAIL_FOREIGN_WAIT_H

#include "nostall/awaitable.h"
#include "nostall/detail/task/anything.h"
#include "nostall/config.h"
#include "nostall/detail/task/task_core.h"

#include <concepts>
#include <coroutine>
#include <type_traits>
#include <utility>

namespace nostall::detail {

/// Awaiters that go through as they are: they park the current task by `begin_wait`, or
/// hand the thread over to a coroutine of this library.
template <class W>
concept own_awaiter = std::is_base_of_v<waiter, std::remove_cvref_t<W>> ||
                      requires { typename std::remove_cvref_t<W>::hands_over; };

struct stand_in; // a coroutine's promise

class foreign_core : waiter, passed_cancel {
public:
  foreign_core(const foreign_core&) = delete;

protected:
  explicit foreign_core(bool (*cancel_wait)(foreign_core*) noexcept) noexcept;
  ~foreign_core();
  /// False: a cancellation is due, and nothing is started; `waits` says whether the task
  /// goes on at once.
  bool begin(std::coroutine_handle<> h, bool& waits);
  /// What the awaiter is to resume, once.
  std::coroutine_handle<> given() const noexcept;
  /// After the awaiter's await_suspend. False: the result is there.
  bool park() noexcept;
  /// The awaiter has kept nothing.
  void forget() noexcept;
  void finish() const { finish_wait(*this); }

private:
  friend stand_in;
  static bool on_cancel(waiter* w) noexcept;
  void ask() noexcept;
  bool (*cancel_wait_)(foreign_core*) noexcept;
  stand_in* for_me_ = nullptr;
  std::coroutine_handle<> then_;
};

template <class A> class [[nodiscard("co_await it")]] foreign_wait final : foreign_core {
  using inner_type = awaiter_of<A>;

public:
  using hands_over = void;
  /// The operand lives until the end of the full expression, and so longer than this.
  explicit foreign_wait(A&& a)
      : foreign_core([](foreign_core* c) noexcept {
          if constexpr (requires(inner_type& w) {
                          { w.cancel_wait() } noexcept -> std::same_as<bool>;
                        })
            return static_cast<foreign_wait*>(c)->inner_.cancel_wait();
          else
            return false;
        }),
        inner_(get_awaiter(static_cast<A&&>(a))) {}

  bool await_ready() { return static_cast<bool>(inner_.await_ready()); }
  bool await_suspend(std::coroutine_handle<> h) {
    bool waits = false;
    if (!begin(h, waits))
      return waits;
    using answer = decltype(inner_.await_suspend(given()));
    try {
      if constexpr (std::is_void_v<answer>) {
        inner_.await_suspend(given());
      } else if constexpr (std::same_as<answer, bool>) {
        if (!inner_.await_suspend(given())) {
          forget();
          return false;
        }
      } else {
        inner_.await_suspend(given()).resume();
      }
    } catch (...) {
      forget();
      throw;
    }
    return park();
  }
  decltype(auto) await_resume() {
    finish();
    return inner_.await_resume();
  }

private:
  inner_type inner_;
};

/// An awaiter as it is. g++ would copy what await_transform gives by reference.
template <class A> class [[nodiscard("co_await it")]] as_it_is {
public:
  using hands_over = void;
  explicit as_it_is(A&& a) : inner_(get_awaiter(static_cast<A&&>(a))) {}
  decltype(auto) await_ready() { return inner_.await_ready(); }
  template <class P> decltype(auto) await_suspend(std::coroutine_handle<P> h) {
    return inner_.await_suspend(h);
  }
  decltype(auto) await_resume() { return inner_.await_resume(); }

private:
  awaiter_of<A> inner_;
};

/// Code of both compilers may meet in one program: see thread_state.h.
#if NOSTALL_TRAMPOLINE
inline namespace by_trampoline {
#else
inline namespace by_tail_call {
#endif

/// What the promises of this library make of the operand of co_await.
struct takes_all_awaitables {
  template <class A> static decltype(auto) await_transform(A&& a) {
    static_assert(is_task<std::remove_cvref_t<A>> || awaitable<A>,
                  "nostall: this cannot be awaited: it has no operator co_await, nor "
                  "await_ready, await_suspend(std::coroutine_handle<>) and await_resume");
    constexpr bool kept_task = is_task<std::remove_cvref_t<A>> && std::is_lvalue_reference_v<A>;
    static_assert(!kept_task, "nostall: a task runs once: write co_await std::move(t)");
    if constexpr (kept_task || !(is_task<std::remove_cvref_t<A>> || awaitable<A>))
      return refused();
    else if constexpr (is_task<std::remove_cvref_t<A>>)
      return static_cast<A&&>(a);
    else if constexpr (!own_awaiter<awaiter_of<A>>)
      return foreign_wait<A>(static_cast<A&&>(a));
    else if constexpr (NOSTALL_TRAMPOLINE)
      return as_it_is<A>(static_cast<A&&>(a));
    else
      return static_cast<A&&>(a);
  }
};

} // inline namespace

} // namespace nostall::detail

#endif
