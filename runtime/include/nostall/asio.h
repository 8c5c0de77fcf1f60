//===- asio.h - Asio's operations in a task -------------------------------===//
//
//     std::size_t n = co_await socket.async_read_some(buffer, use_nostall);
//     co_await timer.async_wait(use_nostall_on(timer.get_executor()));
//
// A completion token: Asio's operation is an awaitable. The io_context runs on a thread
// of its own, and the task goes on in its loop. The operation begins when it is awaited.
// An error_code that says something is thrown as Asio's system_error, an exception_ptr is
// rethrown; what is left of the handler's arguments is the result: nothing, a value, or a
// tuple. as_tuple(use_nostall) gives all of them and throws nothing.
//
// Threads: what Asio says of the object holds for the start of the operation, which is on
// the loop's thread. If the io_context's thread uses the object, too, give it a strand
// and hand the whole conversation over.
//
// Cancelled, with use_nostall: the wait goes on until the operation has ended, and the
// request is thrown at the next wait. With use_nostall_on(executor), the executor of the
// object: the operation is cancelled there, and when it has ended by that,
// cancelled_error is thrown.
//
// Destroyed while it waits: the operation goes on without the task. Its buffers must not
// be in the task's frame then, or the io_context must not run any more.
//
// Not among nostall.h. Boost.Asio; for the other one define NOSTALL_STANDALONE_ASIO.
//
//===----------------------------------------------------------------------===//

#ifndef NOSTALL_ASIO_H
#define NOSTALL_ASIO_H

#include "nostall/detail/task/task_core.h"
#include "nostall/error.h"

#if defined(NOSTALL_STANDALONE_ASIO)
#include <asio/any_io_executor.hpp>
#include <asio/async_result.hpp>
#include <asio/bind_cancellation_slot.hpp>
#include <asio/cancellation_signal.hpp>
#include <asio/error.hpp>
#include <asio/post.hpp>
#include <asio/system_error.hpp>
#define NOSTALL_ASIO asio
#else
#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/async_result.hpp>
#include <boost/asio/bind_cancellation_slot.hpp>
#include <boost/asio/cancellation_signal.hpp>
#include <boost/asio/error.hpp>
#include <boost/asio/post.hpp>
#include <boost/system/system_error.hpp>
#define NOSTALL_ASIO boost::asio
#endif

#include <coroutine>
#include <cstddef>
#include <exception>
#include <functional>
#include <memory>
#include <optional>
#include <tuple>
#include <type_traits>
#include <utility>

namespace nostall {

struct use_nostall_t {
  NOSTALL_ASIO::any_io_executor cancels_on; ///< empty: nothing is cancelled
};
inline const use_nostall_t use_nostall{};
/// Cancels the operation on that executor if the task is cancelled.
inline use_nostall_t use_nostall_on(NOSTALL_ASIO::any_io_executor e) {
  return {std::move(e)};
}

namespace detail {

#if defined(NOSTALL_STANDALONE_ASIO)
using asio_error = std::error_code;
using asio_exception = std::system_error;
#else
using asio_error = boost::system::error_code;
using asio_exception = boost::system::system_error;
#endif

/// What the handler brings. Shared with it, since the task may go first.
template <class... R> struct asio_arrival {
  std::optional<std::tuple<R...>> result;
  std::coroutine_handle<> waiting;
  NOSTALL_ASIO::cancellation_signal cancel;
};

template <class First, class... Rest>
auto asio_rest(std::tuple<First, Rest...>&& all) {
  return std::apply(
      [](First&, Rest&... rest) {
        if constexpr (sizeof...(Rest) == 1)
          return (std::move(rest), ...);
        else if constexpr (sizeof...(Rest) > 1)
          return std::tuple<Rest...>(std::move(rest)...);
      },
      all);
}

/// An awaiter of another library, for task: see foreign_wait.h.
template <class Initiation, class Arguments, class... R> class asio_wait {
  using arrival = asio_arrival<R...>;

public:
  asio_wait(use_nostall_t token, Initiation i, Arguments a)
      : cancels_on_(std::move(token.cancels_on)), initiation_(std::move(i)),
        arguments_(std::move(a)), arrival_(std::make_shared<arrival>()) {}

  bool await_ready() const noexcept { return false; }
  void await_suspend(std::coroutine_handle<> h) {
    arrival_->waiting = h;
    auto handler = [to = arrival_](R... r) {
      to->result.emplace(std::move(r)...);
      to->waiting.resume();
    };
    // Once it is begun, all of this may be gone.
    const auto kept = arrival_;
    auto begin = std::move(initiation_);
    std::apply(
        [&](auto&&... a) {
          if (cancels_on_)
            std::move(begin)(NOSTALL_ASIO::bind_cancellation_slot(kept->cancel.slot(),
                                                                  std::move(handler)),
                             std::move(a)...);
          else
            std::move(begin)(std::move(handler), std::move(a)...);
        },
        Arguments(std::move(arguments_)));
  }
  /// The wait goes on until the operation has ended.
  bool cancel_wait() noexcept {
    if (!std::exchange(asked_, true) && cancels_on_)
      NOSTALL_ASIO::post(cancels_on_, [a = arrival_] {
        a->cancel.emit(NOSTALL_ASIO::cancellation_type::all);
      });
    return false;
  }
  auto await_resume() {
    auto& all = *arrival_->result;
    if constexpr (sizeof...(R) == 0) {
      return;
    } else {
      auto& first = std::get<0>(all);
      using first_type = std::remove_cvref_t<decltype(first)>;
      if constexpr (std::is_same_v<first_type, asio_error>) {
        if (asked_ && cancels_on_ && first == NOSTALL_ASIO::error::operation_aborted)
          throw_refused(current_task_core("an operation of Asio"));
        if (first)
          throw asio_exception(first);
        return asio_rest(std::move(all));
      } else if constexpr (std::is_same_v<first_type, std::exception_ptr>) {
        if (first)
          std::rethrow_exception(first);
        return asio_rest(std::move(all));
      } else if constexpr (sizeof...(R) == 1) {
        return std::move(first);
      } else {
        return std::move(all);
      }
    }
  }

private:
  NOSTALL_ASIO::any_io_executor cancels_on_;
  Initiation initiation_;
  Arguments arguments_;
  std::shared_ptr<arrival> arrival_;
  bool asked_ = false;
};

} // namespace detail
} // namespace nostall

/// For Asio.
template <class... R>
class NOSTALL_ASIO::async_result<nostall::use_nostall_t, void(R...)> {
public:
  template <class Initiation, class... A>
  static auto initiate(Initiation&& i, nostall::use_nostall_t token, A&&... a) {
    using arguments = std::tuple<std::decay_t<A>...>;
    return nostall::detail::asio_wait<std::decay_t<Initiation>, arguments,
                                      std::decay_t<R>...>(
        std::move(token), std::forward<Initiation>(i), arguments(std::forward<A>(a)...));
  }
};

#undef NOSTALL_ASIO

#endif
