//===- execution.hpp - stdexec as far as the linter's tests go ------------===//
//
// As in NVIDIA's stdexec at e92245d5 (August 2026): a promise that derives from
// with_awaitable_senders passes what is awaited to the function object
// as_awaitable, which connects senders; a sender has a sender_concept.
//
//===----------------------------------------------------------------------===//

#ifndef FAKE_STDEXEC_EXECUTION_HPP
#define FAKE_STDEXEC_EXECUTION_HPP

#include <coroutine>
#include <exception>

namespace stdexec {

struct sender_tag {};

namespace __as_awaitable {
template <class Promise, class Sender> struct __sender_awaiter {
  __sender_awaiter(Sender &&, std::coroutine_handle<Promise>);
  bool await_ready() const noexcept { return false; }
  void await_suspend(std::coroutine_handle<Promise>) noexcept;
  void await_resume();
};
} // namespace __as_awaitable
struct as_awaitable_t {
  template <class T, class Promise> decltype(auto) operator()(T &&value, Promise &promise) const {
    return __as_awaitable::__sender_awaiter<Promise, T>{
        static_cast<T &&>(value), std::coroutine_handle<Promise>::from_promise(promise)};
  }
};
inline constexpr as_awaitable_t as_awaitable{};

template <class Promise> struct with_awaitable_senders {
  template <class Value> auto await_transform(Value &&value) -> decltype(auto) {
    return as_awaitable(static_cast<Value &&>(value), static_cast<Promise &>(*this));
  }
};

template <class T> struct [[nodiscard]] task {
  using sender_concept = sender_tag;
  struct promise_type : with_awaitable_senders<promise_type> {
    task get_return_object() noexcept;
    std::suspend_always initial_suspend() noexcept { return {}; }
    std::suspend_always final_suspend() noexcept { return {}; }
    void return_void();
    void unhandled_exception() noexcept;
  };
};

struct __just_sender {
  using sender_concept = sender_tag;
};
__just_sender just();
struct __scheduler {
  __just_sender schedule();
};

} // namespace stdexec

#endif
