//===- boost/cobalt/fake.hpp - declarations like Boost.Cobalt's -------------===//
//
// Debian's Boost is older than Cobalt. These are written after its documentation,
// as far as the models speak of it; Cobalt's own headers declare the same names.
//
//===----------------------------------------------------------------------===//

#ifndef NOSTALL_TEST_COBALT_H
#define NOSTALL_TEST_COBALT_H

#include "co.h"
#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/detached.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/redirect_error.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/thread_pool.hpp>
#include <boost/asio/write.hpp>
#include <tuple>

namespace boost::cobalt {

template <class T = void> struct [[nodiscard]] task : co::task<T> {
  task(co::task<T> &&t) : co::task<T>(static_cast<co::task<T> &&>(t)) {}
};
template <class T = void> struct [[nodiscard]] promise : co::eager<T> {
  promise(co::eager<T>) {}
};
template <class T> struct [[nodiscard]] generator : co::async_generator<T> {
  generator(co::async_generator<T>) {}
};
struct detached : co::detached {
  detached(co::detached) {}
};
struct main : co::eager<int> {
  main(co::eager<int>) {}
};
struct thread : co::eager<void> {
  thread(co::eager<void>) {}
  void join();
};

template <class T> T run(task<T> t);
template <class E, class T, class Token> auto spawn(E &executor, task<T> &&t, Token &&token) -> void;

/// A token that stands for "give me something to await".
struct use_op_t {};
constexpr use_op_t use_op{};
namespace this_coro {
/// What co_await makes of it is left to the real library.
struct executor_t {
  bool await_ready() const noexcept { return true; }
  void await_suspend(std::coroutine_handle<>) const noexcept {}
  asio::any_io_executor await_resume() const;
};
constexpr executor_t executor;
} // namespace this_coro

} // namespace boost::cobalt

/// What an operation completes with, error_code aside, is what co_await gives.
template <class... A> struct nostall_test_completion {
  using type = std::tuple<A...>;
};
template <> struct nostall_test_completion<> {
  using type = void;
};
template <class A> struct nostall_test_completion<A> {
  using type = A;
};
template <class... A>
struct nostall_test_completion<boost::system::error_code, A...>
    : nostall_test_completion<A...> {};

template <class R, class... A>
struct boost::asio::async_result<boost::cobalt::use_op_t, R(A...)> {
  using return_type = co::operation<typename nostall_test_completion<A...>::type>;
  template <class Initiation, class... Args>
  static return_type initiate(Initiation &&, boost::cobalt::use_op_t, Args &&...);
};

#endif
