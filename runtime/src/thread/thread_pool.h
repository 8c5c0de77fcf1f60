//===- thread_pool.h - workers, and the calls that wait for them ----------===//
//
//   submit ─┬─▶ an idle worker: the job is put into its hand    (last idle first)
//           ├─▶ a new worker, while there are fewer than the bound
//           └─▶ queue ──▶ the next worker that is done
//
// One mutex guards the queue, the idle list and who runs what; nobody waits or
// runs a callable while holding it. A worker locks it once a job: to let go of the
// old one and take the next. Results go through the loop's mailbox (mailbox.h),
// without the mutex.
//
// Counted: by the executor, by each task that waits for it and by each worker, so that
// all of them can outlive the executor. A worker that ends joins the one that ended
// before it, so at most one thread waits to be joined.
//
//===----------------------------------------------------------------------===//

#ifndef NOSTALL_SRC_THREAD_POOL_H
#define NOSTALL_SRC_THREAD_POOL_H

#include "process/birthplace.h"
#include "loop/mailbox.h"
#include "nostall/detail/thread/thread_job.h"
#include "nostall/executor.h"
#include "nostall/thread_pool_executor.h"

#include <condition_variable>
#include <mutex>
#include <thread>
#include <vector>

namespace nostall::detail {

struct callback_node;

class thread_pool {
public:
  explicit thread_pool(thread_pool_executor::options o) noexcept;
  thread_pool(const thread_pool&) = delete;
  void ref() noexcept { refs_.fetch_add(1, std::memory_order_relaxed); }
  void unref() noexcept;

  /// False: not accepted, and `j.error` says why.
  bool submit(thread_job& j) noexcept;
  /// Whether `j` was still queued; then it is the caller's again.
  bool remove(thread_job& j) noexcept;
  /// Blocks until the worker has let go of a job that is `awaited`.
  void wait_for_end(thread_job& j);

  /// Refuses new jobs; but for drain, also those that have not begun.
  void close(shutdown_mode mode);
  /// Sends `n` when the last worker has ended. Takes over the node.
  void when_empty(callback_node* n, mailbox& to);
  /// Blocks. False: `within` is over.
  bool wait_until_empty(std::chrono::nanoseconds within);
  /// The workers that are left end by themselves, unseen.
  void abandon() noexcept;
  bool abandoned();
  /// Joins the last worker. Only when empty, or after abandon().
  void reap();
  /// Whether the calling thread is one of its workers.
  bool serves_here() const noexcept;
  /// False in a child of fork: there are no workers, and its mutex may be locked for
  /// ever. Nothing else may be asked of it then.
  bool made_here() const noexcept { return made_.here(); }

  std::size_t max_workers() const noexcept { return max_; }
  std::size_t worker_count();
  bool empty();

private:
  struct worker;
  class sender;
  ~thread_pool() = default;
  void serve(worker& me) noexcept;
  thread_job* next_for(worker& me) noexcept;
  thread_job* sleep(worker& me) noexcept;
  void leave(worker& me) noexcept;
  void finish(thread_job& j, sender& s) noexcept;
  bool start_worker(thread_job& j); // under the mutex

  const std::size_t max_;
  const std::chrono::nanoseconds idle_timeout_;
  const birthplace made_;
  std::atomic<unsigned> refs_{1};

  std::mutex mutex_;
  list<thread_job> queue_;
  list<worker> idle_;
  std::vector<worker*> all_;
  bool closed_ = false;
  bool abandoned_ = false;
  std::thread ended_; ///< not yet joined
  std::condition_variable news_; ///< a worker ended, an awaited job ended
  struct notice {
    callback_node* node;
    mailbox* to;
  };
  std::vector<notice> notices_;
};

/// The loop's default executor, made on first use.
thread_pool& default_pool(loop_core& l);

} // namespace nostall::detail

#endif
