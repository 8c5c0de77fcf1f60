//===- timed.h - awaiting inside of a scope with a deadline ---------------===//

#ifndef NOSTALL_DETAIL_TIMED_H
#define NOSTALL_DETAIL_TIMED_H

#include "nostall/awaitable.h"
#include "nostall/task.h"
#include "nostall/timeout_scope.h"

#include <chrono>
#include <concepts>
#include <coroutine>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <type_traits>
#include <utility>
#include <variant>

namespace nostall::detail {

/// A duration from the start on, or a time of the loop.
class time_limit {
public:
  template <class R, class P>
  time_limit(std::chrono::duration<R, P> d) : ns_(saturated(d).count()), relative_(true) {}
  time_limit(loop_time t) noexcept
      : ns_(t.time_since_epoch().count()), relative_(false) {}
  std::int64_t deadline(std::int64_t now) const noexcept {
    return relative_ ? loop_core::sum(now, std::chrono::nanoseconds(ns_)) : ns_;
  }

private:
  std::int64_t ns_;
  bool relative_;
};
template <class D>
concept duration_or_time =
    is_duration<D> || std::same_as<D, loop_time>;

/// What the body sees of it is a timeout_scope.
struct timed_scope final : timeout_scope {
  timed_scope(time_limit d, task_core& me) : timed_scope(d, me, me.loop().now()) {}
  using timeout_scope::caused;
  using timeout_scope::cut_short;
  using timeout_scope::stopped_outside;
  using timeout_scope::throw_end;

private:
  timed_scope(time_limit d, task_core& me, std::int64_t now)
      : timeout_scope(d.deadline(now), now, me) {}
};

/// `A`: a value, or a reference to what is awaited where it is.
template <class A> task<await_result_t<A>> timed(time_limit d, A inside) {
  task_core& me = current_task_core("with_timeout()");
  timed_scope t(d, me);
  try {
    co_return co_await static_cast<A&&>(inside);
  } catch (const cancelled_error& e) {
    if (!t.caused(e))
      throw;
  }
  t.throw_end();
}
template <class F>
task<await_result_t<std::invoke_result_t<F&, timeout_scope&>>> timed_body(time_limit d,
                                                                          F body) {
  task_core& me = current_task_core("with_timeout()");
  timed_scope t(d, me);
  try {
    co_return co_await body(t);
  } catch (const cancelled_error& e) {
    if (!t.caused(e))
      throw;
  }
  t.throw_end();
}

/// The wait of another awaitable, which is not asked for its result when `t` has cut it
/// short: no throw.
template <class A> class unless_expired {
public:
  using hands_over = void;
  using result = std::optional<or_monostate<await_result_t<A>>>;
  unless_expired(A&& a, timed_scope& t, task_core& me)
      : scope_(t), me_(me), inner_(get_awaiter(static_cast<A&&>(a))) {}
  bool await_ready() { return static_cast<bool>(inner_.await_ready()); }
  decltype(auto) await_suspend(std::coroutine_handle<> h) { return inner_.await_suspend(h); }
  result await_resume() {
    if (scope_.cut_short(me_))
      return std::nullopt;
    if constexpr (std::is_void_v<await_result_t<A>>) {
      inner_.await_resume();
      return result(std::in_place);
    } else if constexpr (std::is_reference_v<await_result_t<A>>) {
      return result(std::in_place, std::addressof(inner_.await_resume()));
    } else {
      return result(std::in_place, inner_.await_resume());
    }
  }

private:
  timed_scope& scope_;
  task_core& me_;
  awaiter_of<A> inner_;
};

template <class A>
task<std::optional<or_monostate<await_result_t<A>>>> timed_quietly(time_limit d, A inside) {
  task_core& me = current_task_core("try_wait_for()");
  timed_scope t(d, me);
  try {
    if constexpr (!is_task<A> && own_awaiter<awaiter_of<A>>) {
      if (auto v = co_await unless_expired<A>(static_cast<A&&>(inside), t, me))
        co_return v;
    } else if constexpr (std::is_void_v<await_result_t<A>>) {
      co_await static_cast<A&&>(inside);
      co_return std::monostate();
    } else if constexpr (std::is_reference_v<await_result_t<A>>) {
      co_return std::addressof(co_await static_cast<A&&>(inside));
    } else {
      co_return co_await static_cast<A&&>(inside);
    }
  } catch (const cancelled_error& e) {
    if (!t.caused(e))
      throw;
  }
  if (t.stopped_outside())
    t.throw_end();
  co_return std::nullopt;
}

} // namespace nostall::detail

#endif
