//===- thread_job.h - one call on its way to a thread and back ------------===//
//
//   made ──▶ queued ──▶ running ──▶ finished ──▶ (mailbox, ready) delivered
//     ▲        │           ├──▶ abandoned: the worker deletes it
//     └────────┘           └──▶ awaited: a dying frame waits for the end
//     cancelled
//
// The job owns the callable, its arguments and the result, and lives on the heap,
// so that it can be left to its worker. It is a ready_node: the worker pushes the
// job itself into the loop's mailbox, and its turn in the ready queue resumes the
// waiting task. `at` says who owns it; all else belongs to the owner.
//
//===----------------------------------------------------------------------===//

#ifndef NOSTALL_DETAIL_THREAD_JOB_H
#define NOSTALL_DETAIL_THREAD_JOB_H

#include "nostall/detail/loop/loop_core.h"
#include "nostall/detail/task/task_record.h"

#include <atomic>
#include <coroutine>
#include <cstdint>
#include <exception>
#include <functional>
#include <memory>
#include <optional>
#include <stop_token>
#include <tuple>
#include <type_traits>
#include <utility>

namespace nostall::detail {

class mailbox;
class thread_pool;

struct thread_job : ready_node, link, block_allocated {
  // A link in the pool's queue, under its mutex.
  enum class phase : std::uint8_t {
    made, queued, running, finished, abandoned, awaited
  };
  std::atomic<phase> at{phase::made};
  bool abandonable = false;
  bool delivered = false;
  waiter* waiting = nullptr; ///< loop's thread; null: nobody, delete it
  mailbox* home = nullptr;   ///< counted, from submission on
  context_data* context;     ///< counted
  std::exception_ptr error;

  thread_job() noexcept;
  thread_job(const thread_job&) = delete;
  virtual ~thread_job();
  virtual void execute() noexcept = 0;
  /// What asks the callable to stop; without a state if it does not listen.
  virtual std::stop_source stopper() const noexcept = 0;
};

/// A counted handle to a pool: what waits for it may outlive its executor.
class pool_ref {
public:
  pool_ref() noexcept = default; ///< the running loop's default executor
  explicit pool_ref(thread_pool& p) noexcept;
  pool_ref(const pool_ref&) = delete;
  pool_ref(pool_ref&& o) noexcept : pool_(std::exchange(o.pool_, nullptr)) {}
  pool_ref& operator=(pool_ref&& o) noexcept {
    std::swap(pool_, o.pool_);
    return *this;
  }
  ~pool_ref();
  thread_pool* operator->() const noexcept { return pool_; }
  thread_pool& operator*() const noexcept { return *pool_; }
  explicit operator bool() const noexcept { return pool_; }

private:
  thread_pool* pool_ = nullptr;
};

template <class T> inline constexpr bool is_task_type = false;
template <class T> inline constexpr bool is_task_type<task<T>> = true;

// As std::jthread: a callable that can take a stop_token first gets one.
template <bool Stoppable, class F, class... A> struct call_result {
  using type = std::invoke_result_t<F, A...>;
};
template <class F, class... A> struct call_result<true, F, A...> {
  using type = std::invoke_result_t<F, std::stop_token, A...>;
};
template <class F, class... A>
inline constexpr bool takes_stop = std::is_invocable_v<F, std::stop_token, A...>;

template <class R> struct typed_job : thread_job {
  ~typed_job() noexcept override {}
  [[no_unique_address]] std::optional<stored_result<R>> value;

  R take() {
    if (error) [[unlikely]]
      std::rethrow_exception(std::move(error));
    if constexpr (std::is_reference_v<R>)
      return static_cast<R>(**value);
    else if constexpr (!std::is_void_v<R>)
      return std::move(*value);
  }
};

template <class F, class... A>
using job_result = typename call_result<takes_stop<F, A...>, F, A...>::type;

template <class F, class... A>
struct job_of final : typed_job<job_result<F, A...>> {
  static constexpr bool stoppable = takes_stop<F, A...>;
  using R = job_result<F, A...>;
  std::tuple<F, A...> call;
  [[no_unique_address]] std::conditional_t<stoppable, std::stop_source, nothing>
      source;

  template <class... G>
  explicit job_of(G&&... g) : call(std::forward<G>(g)...) {}
  ~job_of() noexcept override {}

  R invoke() {
    if constexpr (stoppable)
      return std::apply(
          [this](F& f, A&... a) -> R {
            return std::invoke(std::move(f), source.get_token(), std::move(a)...);
          },
          call);
    else
      return std::apply(
          [](F& f, A&... a) -> R {
            return std::invoke(std::move(f), std::move(a)...);
          },
          call);
  }
  void execute() noexcept override {
    try {
      if constexpr (std::is_void_v<R>) {
        invoke();
        this->value.emplace();
      } else if constexpr (std::is_reference_v<R>) {
        this->value.emplace(std::addressof(invoke()));
      } else {
        this->value.emplace(invoke());
      }
    } catch (...) {
      this->error = std::current_exception();
    }
  }
  std::stop_source stopper() const noexcept override {
    if constexpr (stoppable)
      return source;
    else
      return std::stop_source(std::nostopstate);
  }
};

/// Submits, waits, and owns the job meanwhile.
class job_awaiter : waiter {
public:
  job_awaiter(pool_ref p, std::unique_ptr<thread_job> j) noexcept;
  ~job_awaiter();
  bool await_ready() const noexcept { return false; }
  bool await_suspend(std::coroutine_handle<> h);
  void await_resume(); ///< throws if the wait was cut short

  thread_job& job() const noexcept { return *job_; }

private:
  static bool cut_short(waiter* w) noexcept;
  pool_ref pool_;
  std::unique_ptr<thread_job> job_;
  bool submitted_ = false;
  bool passed_on_ = false; ///< a cancellation went on to the callable
};

template <class R>
task<R> run_job(pool_ref pool, std::unique_ptr<thread_job> job) {
  job_awaiter wait(std::move(pool), std::move(job));
  co_await wait;
  co_return static_cast<typed_job<R>&>(wait.job()).take();
}

} // namespace nostall::detail

#endif
