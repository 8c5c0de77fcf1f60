//===- start_process.h - new processes of the same program ----------------===//
//
//   spawn          posix_spawn of this program's own file. The new process runs the
//                  constructors of static objects, then serves, and never reaches
//                  main. Safe with threads.
//   fork server    a process that was forked early, before there were threads, and
//                  forks again for each worker.
//
// Either way: stdin is /dev/null, stdout and stderr are shared, no other descriptor
// is inherited but the socket, no signal is blocked, SIGINT does nothing (the terminal
// sends it to all; the parent decides), and the process is killed when its parent ends,
// however that ends.
//
// Nothing here waits for another process but `wait`.
//
//===----------------------------------------------------------------------===//

#ifndef NOSTALL_SRC_START_PROCESS_H
#define NOSTALL_SRC_START_PROCESS_H

#include "nostall/detail/ipc/message.h"
#include "nostall/process_error.h"

#include <memory>
#include <optional>
#include <sys/types.h>

namespace nostall::detail {

/// In a worker, the socket to its parent.
inline constexpr int worker_socket = 3;

struct new_process {
  pid_t pid = -1;   ///< -1: the starter has not said yet
  unique_fd handle; ///< a pidfd, where there is one
  unique_fd news;   ///< what else tells of its end
  unique_fd socket; ///< SOCK_SEQPACKET
  int failed = 0;   ///< errno: it could not be started after all, and has "ended"
  bool doomed = false; ///< killed before its pid was known
  /// Readable when `look` has something to see.
  int watched() const noexcept { return news ? news.get() : handle.get(); }
};

/// Who starts processes, and knows how they ended.
class process_starter {
public:
  /// Throws std::system_error.
  virtual new_process start() = 0;
  /// Takes in what there is to know of it, without waiting. A status: it has ended,
  /// and is reaped.
  virtual std::optional<exit_status> look(new_process& p) noexcept = 0;
  /// Itself, for as long as somebody has it.
  virtual std::shared_ptr<process_starter> share() = 0;

protected:
  ~process_starter() = default;
};

process_starter& spawner() noexcept;
/// Nothing happens if it has ended.
void kill_process(new_process& p, int signal) noexcept;
/// Blocks until it has ended, at most `milliseconds`; -1: however long that takes.
/// Nothing: it has not, or nobody says.
std::optional<exit_status> wait(process_starter& s, new_process& p,
                                int milliseconds) noexcept;

/// Whether it is on its way out: its sockets close before it can be reaped.
bool is_exiting(pid_t pid) noexcept;

/// The two ends of a new socket, closed on exec. Throws std::system_error.
struct socket_pair {
  unique_fd ours, theirs;
  socket_pair();
};
/// The same process, as something that can be polled. Null where the system refuses
/// to give such things (an old kernel, a container's filter): see `watch_child`.
/// Throws std::system_error; ESRCH: there is no such process.
unique_fd open_pidfd(pid_t pid);
/// For a child of this process, where there is no pidfd: becomes readable when the
/// child has ended. A thread waits for it. Throws std::system_error.
unique_fd watch_child(pid_t pid);
/// Whether the descriptor has something to read, or is at its end.
bool is_readable(int fd) noexcept;

/// Makes the calls that come in until the socket is closed. Returns the exit code.
int serve_calls(int socket) noexcept;
/// What a process that was just started does first.
void become_worker(pid_t parent) noexcept;
/// Opens those of the three standard streams that are closed: else the next descriptor
/// would get the number, and be printed to.
void fill_standard_streams() noexcept;
/// Whether this is a worker whose static objects are not all there yet.
bool is_under_construction() noexcept;
/// Referred to by what starts processes, so that a static library's program has the
/// constructor which makes workers of its copies.
void link_worker_entry() noexcept;

} // namespace nostall::detail

#endif
