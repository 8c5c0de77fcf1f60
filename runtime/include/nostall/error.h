//===- error.h - the exceptions that the runtime throws -------------------===//
//
// Three kinds, and which is which says what to do about it:
//   - `cancelled_error`: somebody asked this task to stop. Clean up, let it pass.
//   - `timeout_error`, `exception_group`, `queue_*`, ...: outcomes, to be handled.
//   - `usage_error`: the program is wrong. The message names the mistake and the
//     remedy; catching it is no remedy.
//
// All but cancelled_error derive from std::exception: `catch (const std::exception&)`
// around a retry must not swallow a cancellation. None needs run-time type information.
//
//===----------------------------------------------------------------------===//

#ifndef NOSTALL_ERROR_H
#define NOSTALL_ERROR_H

#include <exception>
#include <stdexcept>
#include <string>
#include <vector>

namespace nostall {

/// Thrown at the `co_await` where a cancelled task waits. No std::exception, as
/// asyncio's is no Exception. Not to be swallowed by `catch (...)` either:
/// inside a cancelled scope the next wait throws it again.
class cancelled_error final {
public:
  cancelled_error() noexcept = default;
  explicit cancelled_error(const void* origin) noexcept : origin_(origin) {}
  const char* what() const noexcept;

  /// For the library's scopes, which convert their own and pass on others: the
  /// address of the scope that was cancelled, or of the task whose cancel() was
  /// called; null when it comes from awaiting a task that was cancelled.
  const void* origin() const noexcept { return origin_; }

private:
  const void* origin_ = nullptr;
};

/// The time given to `wait_for` or `with_timeout` was up.
class timeout_error : public std::runtime_error {
public:
  timeout_error();
  using std::runtime_error::runtime_error;
};

/// `run` was interrupted by SIGINT and its main task ended as cancelled.
class interrupted_error : public std::runtime_error {
public:
  interrupted_error();
};

/// Everything that failed in one `task_group`, in the order of failing.
class exception_group : public std::exception {
public:
  explicit exception_group(std::vector<std::exception_ptr> errors);
  const char* what() const noexcept override;
  const std::vector<std::exception_ptr>& exceptions() const noexcept {
    return errors_;
  }

private:
  std::vector<std::exception_ptr> errors_;
  std::string what_;
};

/// The runtime was used wrongly; `what()` names the mistake and the remedy.
class usage_error : public std::logic_error {
public:
  using std::logic_error::logic_error;
};

/// `result()` or `exception()` of a task that has not ended.
class invalid_state_error : public usage_error {
public:
  using usage_error::usage_error;
};

/// A barrier was aborted or reset while tasks waited at it.
class broken_barrier_error : public std::runtime_error {
public:
  broken_barrier_error();
};

class queue_empty : public std::runtime_error {
public:
  queue_empty();
};
class queue_full : public std::runtime_error {
public:
  queue_full();
};
/// `put` or `get` on a queue that was shut down.
class queue_shut_down : public std::runtime_error {
public:
  queue_shut_down();
};

/// "what" of a stored exception, for messages.
std::string describe(const std::exception_ptr& error);

namespace detail {
[[noreturn]] void throw_usage(const char* message);
[[noreturn]] void throw_cancelled(const void* origin);
/// Whether the exception being handled is a cancelled_error. Costs no throw.
bool handling_cancelled() noexcept;
bool is_cancelled(const std::exception_ptr& error) noexcept;
[[noreturn]] void die(const char* message) noexcept;
} // namespace detail

} // namespace nostall

#endif
