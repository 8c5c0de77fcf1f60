//===- process.h - a function in a process of its own ---------------------===//
//
//     process p = process::start<serve>(std::move(pipe.second), 8080);
//     exit_status s = co_await p.wait();
//
// A new process of the same program runs one function and ends: exit code 0, or the
// int that the function returns, or 1 after an exception, which goes to stderr. The
// process runs the constructors of static objects, and never main. What may be the
// function and its arguments: see process_pool_executor.h.
//
// The process belongs to this object: destroying it kills the process and reaps it, and
// the end of this program kills it, however that ends. `wait` first. In a child of
// fork() the object is a copy that does nothing to the process.
//
//===----------------------------------------------------------------------===//

#ifndef NOSTALL_PROCESS_H
#define NOSTALL_PROCESS_H

#include "nostall/annotations.h"
#include "nostall/config.h"
#include "nostall/detail/process/process_call.h"
#include "nostall/detail/task/anything.h"
#include "nostall/process_error.h"
#include "nostall/task.h"

#include <memory>
#include <optional>
#include <sys/types.h>
#include <type_traits>
#include <utility>

namespace nostall {

namespace detail {
struct process_state;
/// The caller owns it.
process_state* start_process(prepared_call call);
} // namespace detail

class process {
public:
  NOSTALL_REFUSE_NEW(process, process(nullptr),
                     "a process runs a function of this program, process::start<f>(x); other "
                     "programs are started with posix_spawn")
  process(process&&) noexcept;
  process& operator=(process&&) noexcept;
  ~process();

  /// Starts F(args...). Throws std::system_error, and what serialising throws.
  template <auto F, class... A>
  NOSTALL_RUNS_ON(process) static process start(A&&... args) {
    if constexpr (detail::check_call<F, A...>()) {
      using R = detail::process_result_t<F, A...>;
      static_assert(std::is_void_v<R> || std::is_same_v<R, int>,
                    "nostall: the function of a process returns nothing, or its exit code "
                    "as an int; send results through an ipc_pipe, or use a pool");
      return process(
          detail::start_process(detail::prepare<F>(nullptr, std::forward<A>(args)...)));
    } else {
      return detail::refused();
    }
  }
  template <class F, class... A>
  static process start(NOSTALL_RUNS_ON(process) F, A&&... args) {
    if constexpr (detail::check_callable<F>())
      return start<F{}>(std::forward<A>(args)...);
    else
      return detail::refused();
  }

  pid_t pid() const noexcept;
  /// Waits for the end, also if that comes because this object is destroyed. Cancelled:
  /// leaves the process alone.
  NOSTALL_NONBLOCKING task<exit_status> wait();
  NOSTALL_REFUSE(wait, "process::wait takes nothing: nostall::wait_for(p.wait(), 1s) has a time")
  NOSTALL_BLOCKING(process) exit_status wait_blocking();
  /// Nothing while it runs.
  NOSTALL_NONBLOCKING std::optional<exit_status> status();
  NOSTALL_NONBLOCKING void send_signal(int signal) noexcept; ///< nothing happens if it has ended
  NOSTALL_NONBLOCKING void terminate() noexcept; ///< SIGTERM
  NOSTALL_NONBLOCKING void kill() noexcept;      ///< SIGKILL

private:
  explicit process(detail::process_state* s) noexcept;
  std::shared_ptr<detail::process_state> state_; ///< a task in `wait` has it, too
};

} // namespace nostall

#endif
