//===- process_error.h - what goes wrong with another process -------------===//

#ifndef NOSTALL_PROCESS_ERROR_H
#define NOSTALL_PROCESS_ERROR_H

#include <stdexcept>
#include <string>
#include <sys/types.h>
#include <utility>

namespace nostall {

/// An exception that a function in another process threw, of a type that is not
/// known on both sides: neither standard nor derived from a standard one.
class remote_error : public std::runtime_error {
public:
  remote_error(std::string what, std::string type)
      : std::runtime_error(std::move(what)), type_(std::move(type)) {}
  const std::string& type_name() const noexcept { return type_; }

private:
  std::string type_;
};

/// How a process ended. Unknown, if something else in the program has reaped it: a
/// waitpid(-1), or the kernel, where SIGCHLD is ignored.
struct exit_status {
  int code = 0;      ///< of exit; 0 if a signal ended it
  int signal = 0;    ///< 0: it ended by itself
  bool known = true; ///< false: it has ended, and nobody can tell how
  /// An end that is not known is not a success.
  bool success() const noexcept { return known && code == 0 && signal == 0; }
  static constexpr exit_status unknown() noexcept { return {0, 0, false}; }
  friend bool operator==(const exit_status&, const exit_status&) = default;
};
/// "exit code 3", "signal 9 (Killed)", "an unknown status (...)".
std::string to_string(const exit_status& s);

/// The worker that had this call is gone: it died, or its connection did. The call
/// may have been done in part, and is not tried again. what() names worker, cause
/// and call.
class broken_process_pool : public std::runtime_error {
public:
  broken_process_pool(std::string what, pid_t pid, exit_status s, std::string job)
      : std::runtime_error(std::move(what)), pid_(pid), status_(s),
        job_(std::move(job)) {}
  pid_t pid() const noexcept { return pid_; }
  exit_status status() const noexcept { return status_; }
  /// The callable's name.
  const std::string& job() const noexcept { return job_; }

private:
  pid_t pid_;
  exit_status status_;
  std::string job_;
};

} // namespace nostall

#endif
