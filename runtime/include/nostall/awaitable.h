//===- awaitable.h - what can be awaited, and what that gives -------------===//
//
// Whatever stands after `co_await`: a task, a handle, a future, q.get(), sleep(1s), and
// what other libraries offer. Every combinator takes all of them by `detail::as_task`,
// which makes of each a task:
//
//   a task                  itself
//   an rvalue               moved into the task's frame: awaitables of this library can
//                           be moved until they are awaited
//   an lvalue               copied if it can be (a task_handle), else awaited where it
//                           is (a future), and then it has to outlive the task; also
//                           where a copy would take the value away from the original
//                           (a task_handle of what can only be moved), or could not be
//                           awaited
//
//===----------------------------------------------------------------------===//

#ifndef NOSTALL_AWAITABLE_H
#define NOSTALL_AWAITABLE_H

#include <concepts>
#include <coroutine>
#include <functional>
#include <type_traits>
#include <utility>
#include <variant>

namespace nostall {

template <class T> class task;

namespace detail {

template <class A>
concept member_co_await =
    requires(A&& a) { static_cast<A&&>(a).operator co_await(); };
template <class A>
concept free_co_await =
    requires(A&& a) { operator co_await(static_cast<A&&>(a)); };

/// What `co_await` asks the three questions.
template <class A> decltype(auto) get_awaiter(A&& a) {
  if constexpr (member_co_await<A>)
    return static_cast<A&&>(a).operator co_await();
  else if constexpr (free_co_await<A>)
    return operator co_await(static_cast<A&&>(a));
  else
    return static_cast<A&&>(a);
}
template <class A> using awaiter_of = decltype(get_awaiter(std::declval<A>()));

template <class W>
concept awaiter = requires(std::remove_reference_t<W>& w, std::coroutine_handle<> h) {
  { w.await_ready() } -> std::convertible_to<bool>;
  w.await_suspend(h);
  w.await_resume();
};

template <class A> inline constexpr bool is_task = false;
template <class T> inline constexpr bool is_task<task<T>> = true;

} // namespace detail

/// Whether `co_await` of an `A` compiles in a task. `A&` asks it of an lvalue.
template <class A>
concept awaitable = detail::awaiter<detail::awaiter_of<A>>;

/// What it gives; a temporary that is handed out by reference counts as a value.
template <awaitable A>
using await_result_t = std::conditional_t<
    std::is_lvalue_reference_v<
        decltype(std::declval<std::remove_reference_t<detail::awaiter_of<A>>&>()
                     .await_resume())>,
    decltype(std::declval<std::remove_reference_t<detail::awaiter_of<A>>&>()
                 .await_resume()),
    std::remove_cvref_t<
        decltype(std::declval<std::remove_reference_t<detail::awaiter_of<A>>&>()
                     .await_resume())>>;

namespace detail {

/// What stands for a result where void cannot, and a reference neither.
template <class T>
using or_monostate = std::conditional_t<
    std::is_void_v<T>, std::monostate,
    std::conditional_t<std::is_reference_v<T>, std::remove_reference_t<T>*, T>>;

/// How a combinator keeps its argument; see above.
template <class A> constexpr bool kept_where_it_is() {
  if constexpr (!std::is_lvalue_reference_v<A>)
    return false;
  else if constexpr (!std::is_copy_constructible_v<std::remove_cvref_t<A>>)
    return true;
  else if constexpr (awaitable<A> && awaitable<std::remove_cvref_t<A>>)
    return std::is_reference_v<await_result_t<A>> &&
           !std::is_reference_v<await_result_t<std::remove_cvref_t<A>>>;
  else
    return awaitable<A>; // of an lvalue alone: `operator co_await() &`
}
template <class A>
using kept = std::conditional_t<kept_where_it_is<A>(), A, std::remove_cvref_t<A>>;

/// Of an argument: an awaitable that is not a task.
template <class A>
concept other_awaitable = !is_task<std::remove_cvref_t<A>> && awaitable<kept<A>>;

/// Of arguments: a callable that makes something; whether that is an awaitable is asked
/// where there is room for a message.
template <class F, class... A>
concept starter = !awaitable<F> && std::invocable<F&, A...>;

template <class A> struct result_of_start {
  static constexpr bool right = false;
  using type = void;
};
template <awaitable A> struct result_of_start<A> {
  static constexpr bool right = true;
  using type = await_result_t<A>;
};
template <class F, class... A>
using started = result_of_start<std::invoke_result_t<F&, A...>>;
/// Whether it is one, of what can be awaited.
template <class F, class... A> constexpr bool starts() {
  if constexpr (std::invocable<F&, A...>)
    return started<F, A...>::right;
  else
    return false;
}

/// Awaits what it keeps. `A` is a value, or a reference to what lives elsewhere.
template <class A> task<await_result_t<A>> awaiting(A a) {
  co_return co_await static_cast<A&&>(a);
}
template <class T> task<T> as_task(task<T> t) { return t; }
template <other_awaitable A> auto as_task(A&& a) {
  static_assert(std::is_reference_v<kept<A>> || std::is_move_constructible_v<kept<A>>,
                "nostall: this awaitable cannot be moved into a task; await it in a "
                "coroutine of yours, and give that");
  return awaiting<kept<A>>(static_cast<A&&>(a));
}

/// Asked where the call stands, so that the error names that.
template <class F, class... A> constexpr bool check_start() {
  static_assert(started<F, A...>::right,
                "nostall: this callable returns nothing that can be awaited, so there is "
                "nothing to run as a task; to_thread runs plain functions");
  return started<F, A...>::right;
}

/// Keeps the callable and its arguments as long as what they make runs.
template <class F, class... A>
task<typename started<F, A...>::type> invoking(F f, A... args) {
  // What an argument is converted to lives until the end of the full expression, so the
  // call must stand in it.
  if constexpr (requires { f(std::move(args)...); })
    co_return co_await f(std::move(args)...);
  else
    co_return co_await std::invoke(f, std::move(args)...);
}

} // namespace detail

} // namespace nostall

#endif
