//===- run_on_each.cpp - threads with a loop each -------------------------===//
//
// All loops are there before the first function runs, so that each can reach the others,
// and their handles stay until the last has ended. A loop that cannot be made is an error
// like any other: no function runs then.
//
//===----------------------------------------------------------------------===//

#include "nostall/run_on_each.h"
#include "nostall/any_task.h"
#include "nostall/run.h"

#include <atomic>
#include <latch>
#include <mutex>
#include <optional>
#include <pthread.h>
#include <sched.h>
#include <thread>
#include <vector>

namespace nostall::detail {

namespace {

/// Processors that this process may use.
std::vector<int> processors() {
  cpu_set_t set;
  CPU_ZERO(&set);
  std::vector<int> usable;
  if (sched_getaffinity(0, sizeof set, &set) == 0)
    for (int i = 0; i < CPU_SETSIZE; ++i)
      if (CPU_ISSET(i, &set))
        usable.push_back(i);
  if (usable.empty())
    usable.push_back(0);
  return usable;
}

/// Keeps the calling thread on one processor.
class pinned {
public:
  explicit pinned(int processor) {
    if (pthread_getaffinity_np(pthread_self(), sizeof before_, &before_) != 0)
      return;
    cpu_set_t one;
    CPU_ZERO(&one);
    CPU_SET(static_cast<unsigned>(processor), &one);
    changed_ = pthread_setaffinity_np(pthread_self(), sizeof one, &one) == 0;
  }
  pinned(const pinned&) = delete;
  ~pinned() {
    if (changed_)
      pthread_setaffinity_np(pthread_self(), sizeof before_, &before_);
  }

private:
  cpu_set_t before_;
  bool changed_ = false;
};

} // namespace

struct loop_team {
  std::function<task<void>(each_loop)> function;
  std::vector<loop_handle> loops;
  std::vector<any_task> mains; ///< each is its own loop's
  std::latch made;
  std::atomic<bool> failed{false};
  std::mutex mutex;
  std::exception_ptr first;

  loop_team(std::function<task<void>(each_loop)> f, std::size_t n)
      : function(std::move(f)), loops(n), mains(n), made(static_cast<std::ptrdiff_t>(n)) {}

  void fail(std::exception_ptr e) {
    {
      const std::lock_guard lock(mutex);
      if (!first)
        first = std::move(e);
    }
    failed = true;
  }
  void cancel_all() {
    for (std::size_t i = 0; i < loops.size(); ++i)
      loops[i].post([this, i] {
        if (mains[i].valid())
          mains[i].cancel();
      });
  }
  task<void> main_of(std::size_t i) {
    mains[i] = current_task();
    struct at_end {
      any_task& t;
      ~at_end() { t = any_task(); }
    } const forget{mains[i]};
    if (failed)
      co_return;
    co_await function(each_loop(*this, i));
  }
  void run_one(std::size_t i) {
    std::optional<runner> r;
    try {
      loops[i] = loop_handle(r.emplace().loop());
    } catch (...) {
      fail(std::current_exception());
    }
    made.arrive_and_wait();
    if (failed && !r)
      return;
    try {
      r->run(main_of(i));
    } catch (...) {
      fail(std::current_exception());
      cancel_all();
    }
  }
};

void run_team(each_options o, std::function<task<void>(each_loop)> f) {
  if (has_running_loop())
    throw_usage("nostall: run_on_each() was called inside a running loop of the same "
                "thread");
  const std::vector<int> usable = processors();
  const std::size_t n = o.loops ? o.loops : usable.size();
  loop_team team(std::move(f), n);
  const auto run_one = [&](std::size_t i) {
    std::optional<pinned> here;
    if (o.pin)
      here.emplace(usable[i % usable.size()]);
    team.run_one(i);
  };
  {
    std::vector<std::jthread> threads;
    threads.reserve(n);
    for (std::size_t i = 1; i < n; ++i)
      try {
        threads.emplace_back(run_one, i);
      } catch (...) {
        team.fail(std::current_exception());
        team.made.count_down(static_cast<std::ptrdiff_t>(n - i));
        break;
      }
    run_one(0);
  }
  if (team.first)
    std::rethrow_exception(team.first);
}

} // namespace nostall::detail

namespace nostall {

std::size_t each_loop::count() const noexcept { return team_->loops.size(); }
const loop_handle& each_loop::handle(std::size_t index) const {
  if (index >= team_->loops.size())
    detail::throw_usage("nostall: run_on_each has no loop of that index");
  return team_->loops[index];
}

} // namespace nostall
