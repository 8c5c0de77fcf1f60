//===- start_process.h - new processes of the same program ----------------===//
//
//   spawn          posix_spawn of this program's own file. The new process runs the
//                  constructors of static objects, then serves, and never reaches
//                  main. Safe with threads.
//   fork server    a process that was forked early, before there were threads, and
//                  forks again for each worker.
//
// Either way: stdin is /dev/null, stdout and stderr are shared, no other descriptor
// is inherited but the socket, no signal is blocked, SIGINT is ignored (the terminal
// sends it to all; the parent decides), and the kernel kills the process when its
// parent ends, however that ends.
//
//===----------------------------------------------------------------------===//

#ifndef NOSTALL_SRC_START_PROCESS_H
#define NOSTALL_SRC_START_PROCESS_H

#include "nostall/detail/message.h"
#include "nostall/process_error.h"

#include <sys/types.h>

namespace nostall::detail {

/// In a worker, the socket to its parent.
inline constexpr int worker_socket = 3;

struct new_process {
  pid_t pid = -1;
  unique_fd death;  ///< a pidfd: readable when the process has ended
  unique_fd socket; ///< SOCK_SEQPACKET
};

/// Who starts processes, and knows how they ended.
class process_starter {
public:
  /// Throws std::system_error.
  virtual new_process start() = 0;
  /// Of a process that has ended. Reaps it.
  virtual exit_status reap(new_process& p) noexcept = 0;

protected:
  ~process_starter() = default;
};

process_starter& spawner() noexcept;
/// SIGKILL; the process may have ended already.
void kill_process(const new_process& p, int signal) noexcept;

/// Whether it is on its way out: its sockets close before it can be reaped.
bool is_exiting(pid_t pid) noexcept;

/// The two ends of a new socket, closed on exec. Throws std::system_error.
struct socket_pair {
  unique_fd ours, theirs;
  socket_pair();
};
/// The same process, as something that can be polled. Throws std::system_error.
unique_fd open_pidfd(pid_t pid);

/// Makes the calls that come in until the socket is closed. Returns the exit code.
int serve_calls(int socket) noexcept;
/// What a process that was just started does first.
void become_worker(pid_t parent) noexcept;
/// Referred to by what starts processes, so that a static library's program has the
/// constructor which makes workers of its copies.
void link_worker_entry() noexcept;

} // namespace nostall::detail

#endif
