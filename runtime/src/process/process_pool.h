//===- process_pool.h - the parent's side of a process pool ---------------===//
//
//   perform ─▶ queue ─▶ dispatch ─┬─▶ a worker that has nothing to do
//                ▲                ├─▶ a new worker, while there are fewer than max
//                │                └─▶ a busy one's slots, a few calls ahead
//                │                           │ socket
//      not begun │   ┌── value, error ◀──────┘
//                │   ▼
//   death (pidfd) ───┴─▶ begun: broken_process_pool;  the awaiting task wakes
//
// All of it runs on the loop's thread, from tasks and from polling: there is no
// thread for it. Sockets never block: a full one is left alone until it can take
// more. When a worker ends, what it had sent before is read first.
//
// Each call has a number, in its worker's life: an answer is taken for a call only if
// slot and number are those of a call that waits for it. What a confused worker sends
// twice or under a false name is nobody's.
//
// A pool of a child of fork is a copy: it lets go of all, and of nothing that is the
// parent's (birthplace.h).
//
// A worker that has ended is deleted in a callback of its own, since the kernel may
// have reported more than one event of it at once.
//
//===----------------------------------------------------------------------===//

#ifndef NOSTALL_SRC_PROCESS_POOL_H
#define NOSTALL_SRC_PROCESS_POOL_H

#include "process/birthplace.h"
#include "loop/loop_impl.h"
#include "nostall/async_event.h"
#include "nostall/detail/io/fd_source.h"
#include "nostall/process_pool_executor.h"
#include "process/slots.h"
#include "process/start_process.h"

#include <array>
#include <coroutine>
#include <memory>
#include <vector>

namespace nostall::detail {

struct pool_worker;

/// One call; lives in the frame of `perform`.
struct process_call : waiter, link { // in the queue
  explicit process_call(process_pool& p, prepared_call c) noexcept;
  ~process_call();
  bool await_ready() const noexcept { return false; }
  bool await_suspend(std::coroutine_handle<> h);
  std::unique_ptr<in_message> await_resume();

  /// The call has ended; the task goes on.
  void end(std::unique_ptr<in_message> r) noexcept;
  void end(std::exception_ptr e) noexcept;

  process_pool& pool;
  prepared_call call;
  std::unique_ptr<in_message> reply;
  std::exception_ptr error;
  pool_worker* at = nullptr; ///< who has it
  std::uint32_t slot = 0;
  std::uint64_t number = 0;
};

class process_pool : public std::enable_shared_from_this<process_pool> {
public:
  explicit process_pool(process_pool_executor::options o);
  process_pool(const process_pool&) = delete;
  ~process_pool();

  /// Takes the loop on which it is used from now on; throws usage_error for a second.
  void bind(loop_impl& l);
  void submit(process_call& c);
  /// Takes the call back. False: it has begun, and goes on without it.
  bool withdraw(process_call& c) noexcept;
  unique_fd spare; ///< memory of a result that has been read
  task<bool> shut_down(shutdown_mode mode, std::chrono::nanoseconds within);
  /// Kills all workers, and fails all calls.
  void end() noexcept;
  /// Whether exit() was called on another thread than that of its loop, which runs.
  bool in_use_at_exit() const noexcept;

  std::size_t max_workers() const noexcept { return max_; }
  std::vector<pid_t> pids() const;

private:
  friend pool_worker;
  void dispatch() noexcept;
  void hand_out() noexcept;
  pool_worker* best_worker() noexcept;
  struct census {
    std::size_t living = 0, starting = 0;
  };
  census count_workers() const noexcept;
  bool start_worker() noexcept;
  bool give(pool_worker& w, process_call& c);
  void rebalance(pool_worker& idle) noexcept;
  bool take_back(process_call& c) noexcept;
  void received(pool_worker& w, std::unique_ptr<in_message> m) noexcept;
  void ended(pool_worker& w, exit_status s) noexcept;
  void retire(pool_worker& w) noexcept;
  void refuse_queue(const std::exception_ptr& e) noexcept;
  void forget(pool_worker& w) noexcept;
  void settle() noexcept;
  bool alive() const noexcept; ///< whether the loop is
  void queue_back(process_call& c) noexcept;
  void queue_front(process_call& c) noexcept;
  process_call& next_call() noexcept;
  void drop_copies() noexcept;
  const birthplace made_;

  const std::size_t max_;
  const std::size_t per_child_;
  process_setup setup_;
  const std::shared_ptr<process_starter> starter_;
  loop_impl* loop_ = nullptr;
  mailbox* mail_ = nullptr; ///< counted: says whether the loop is gone
  list<process_call> queue_;
  std::size_t queued_ = 0; ///< in it
  std::vector<std::unique_ptr<pool_worker>> workers_;
  std::vector<std::unique_ptr<pool_worker>> dead_;
  int failed_starts_ = 0; ///< in a row
  bool closed_ = false;
  bool draining_ = false; ///< workers without calls are sent home
  bool dispatching_ = false;
  async_event empty_;
};

/// One worker process.
struct pool_worker {
  enum class phase : std::uint8_t { starting, ready, retiring, ended };
  struct socket_source final : fd_source {
    pool_worker* worker;
    void on_events(std::uint32_t events) noexcept override;
  };
  struct death_source final : fd_source {
    pool_worker* worker;
    void on_events(std::uint32_t events) noexcept override;
  };

  explicit pool_worker(process_pool& p);
  bool idle() const noexcept { return at == phase::ready && given == 0; }
  slot_page& slots() const noexcept {
    return *reinterpret_cast<slot_page*>(page.data());
  }
  void read() noexcept;
  void check_death() noexcept;

  process_pool& pool;
  new_process process;
  unique_fd memory;
  mapping page;
  std::array<process_call*, slot_page::count> calls{};
  std::array<std::uint64_t, slot_page::count> numbers{}; ///< of calls without an owner, too; 0: none
  std::uint32_t given = 0; ///< slots that are used
  std::size_t taken = 0;   ///< calls in its life
  std::uint64_t last = 0;  ///< number
  std::uint32_t next = 0;  ///< where to look for a free slot
  phase at = phase::starting;
  bool full = false; ///< its socket
  bool registered = false;
  std::exception_ptr start_error;
  std::string why; ///< a cause that the exit status does not tell
  socket_source on_socket;
  death_source on_death;
};

} // namespace nostall::detail

#endif
