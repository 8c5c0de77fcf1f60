//===- task.hpp - libunifex as far as the linter's tests go ---------------===//
//
// As in libunifex at c6e5af9 (May 2026): a task has no operator co_await, its
// promise's await_transform takes anything and passes it to a function object,
// which connects senders; what a sender is, its value_types and error_types say.
//
//===----------------------------------------------------------------------===//

#ifndef FAKE_UNIFEX_TASK_HPP
#define FAKE_UNIFEX_TASK_HPP

#include <coroutine>
#include <exception>

namespace unifex {

namespace _await_tfx {
template <class Promise, class Sender> struct _awaitable {
  struct type {
    type(Sender &&, std::coroutine_handle<Promise>) noexcept;
    bool await_ready() const noexcept { return false; }
    void await_suspend(std::coroutine_handle<Promise>) noexcept;
    void await_resume();
  };
};
template <class Promise, class Sender>
using _as_awaitable = typename _awaitable<Promise, Sender>::type;
struct _fn {
  template <class Promise, class Value>
  decltype(auto) operator()(Promise &promise, Value &&value) const {
    return _as_awaitable<Promise, Value>{
        static_cast<Value &&>(value), std::coroutine_handle<Promise>::from_promise(promise)};
  }
};
} // namespace _await_tfx
inline constexpr _await_tfx::_fn await_transform{};

namespace _task {
struct _promise_base {
  std::suspend_always initial_suspend() noexcept { return {}; }
};
template <class T> struct _return_value_or_void {
  struct type {
    void return_value(T);
  };
};
template <> struct _return_value_or_void<void> {
  struct type {
    void return_void();
  };
};
template <class T> struct _task {
  struct type;
};
template <class T> struct _promise {
  struct type final : _promise_base, _return_value_or_void<T>::type {
    typename _task<T>::type get_return_object() noexcept;
    std::suspend_always final_suspend() noexcept { return {}; }
    void unhandled_exception() noexcept;
    template <class Value> decltype(auto) await_transform(Value &&value) {
      return unifex::await_transform(*this, static_cast<Value &&>(value));
    }
  };
};
template <class T> struct [[nodiscard]] _task<T>::type {
  using promise_type = typename _promise<T>::type;
  template <template <class...> class Variant, template <class...> class Tuple>
  using value_types = Variant<Tuple<T>>;
  template <template <class...> class Variant> using error_types = Variant<std::exception_ptr>;
};
} // namespace _task
template <class T> using task = typename _task::_task<T>::type;

namespace _just {
struct sender {
  template <template <class...> class Variant, template <class...> class Tuple>
  using value_types = Variant<Tuple<>>;
  template <template <class...> class Variant> using error_types = Variant<std::exception_ptr>;
};
} // namespace _just
_just::sender just();

struct inline_scheduler {
  _just::sender schedule() const noexcept;
};

} // namespace unifex

#endif
