//===- task_function.h - a callable that makes tasks, of any type ---------===//
//
//     task_function<void(connection)> on_connect = handle;
//     co_await on_connect(c);
//
// What std::function<task<T>(A...)> would be. Clang takes the latter for a plain
// function that hands out a task, and refuses it; this one says what it is.
// Moved, not copied. Calling an empty one throws usage_error.
//
// The callable must outlive the tasks that it makes if it is a lambda with
// captures: they live in this object.
//
//===----------------------------------------------------------------------===//

#ifndef NOSTALL_TASK_FUNCTION_H
#define NOSTALL_TASK_FUNCTION_H

#include "nostall/config.h"
#include "nostall/error.h"
#include "nostall/task.h"

#include <concepts>
#include <memory>
#include <type_traits>
#include <utility>

namespace nostall {

namespace detail {
template <class> inline constexpr bool is_signature = false;
}

template <class Signature> class task_function {
  static_assert(detail::is_signature<Signature>,
                "nostall: a task_function is named by what its task gives and by what it takes: "
                "task_function<int(std::string)>");
};

template <class T, class... A> class task_function<T(A...)> {
  struct callable {
    virtual ~callable() = default;
    NOSTALL_CORO_WRAPPER virtual task<T> call(A... args) = 0;
  };
  template <class F> struct holder final : callable {
    F f;
    explicit holder(F g) : f(std::move(g)) {}
    ~holder() noexcept override {}
    NOSTALL_CORO_WRAPPER task<T> call(A... args) override {
      return f(std::forward<A>(args)...);
    }
  };

public:
  task_function() noexcept = default;
  template <class F>
    requires(!std::same_as<std::remove_cvref_t<F>, task_function> &&
             std::is_invocable_r_v<task<T>, std::decay_t<F>&, A...>)
  task_function(F&& f) // NOLINT: implicit, as std::function
      : callable_(std::make_unique<holder<std::decay_t<F>>>(
            std::forward<F>(f))) {}

  explicit operator bool() const noexcept { return callable_ != nullptr; }
  NOSTALL_CORO_WRAPPER task<T> operator()(A... args) const {
    if (!callable_)
      detail::throw_usage("nostall: an empty task_function was called");
    return callable_->call(std::forward<A>(args)...);
  }

private:
  std::unique_ptr<callable> callable_;
};

} // namespace nostall

#endif
