// RUN: %nostall-verify %s
// Awaiters by hand: a coroutine goes on where its handle is resumed.
#include "co.h"
#include <condition_variable>
#include <deque>
#include <functional>
#include <mutex>
#include <queue>
#include <thread>
#include <unistd.h>
#include <vector>

namespace { // other tests have such names, too

using handle = std::coroutine_handle<>;

struct on_new_thread {
  bool await_ready() const noexcept { return false; }
  void await_suspend(handle h) const { std::thread([h] { h.resume(); }).detach(); }
  void await_resume() const noexcept {}
};
co::task<> on_thread() {
  sleep(1); // warning: blocks
  co_await on_new_thread{};
  sleep(1);
}

// The handle is a callable itself.
struct on_thread_directly {
  bool await_ready() const noexcept { return false; }
  void await_suspend(handle h) const { std::thread(h).detach(); }
  void await_resume() const noexcept {}
};
co::task<> directly() {
  co_await on_thread_directly();
  sleep(1);
}

// By a helper, and with the work in the thread.
struct run_elsewhere {
  std::function<void()> work;
  bool await_ready() const noexcept { return false; }
  void start(handle h) {
    std::thread t([this, h] {
      work();
      h();
    });
    t.detach();
  }
  void await_suspend(handle h) { start(h); }
  void await_resume() const noexcept {}
};
co::task<> with_work() {
  co_await run_elsewhere{[] { sleep(1); }};
  sleep(1);
}

// A pool by hand: a thread of its own takes what is posted.
class Pool {
public:
  Pool() : thread_([this] { work(); }) {}
  void post(std::function<void()> job) {
    std::lock_guard lock(mutex_);
    jobs_.push(std::move(job));
  }
  auto schedule() {
    struct awaiter {
      Pool &pool;
      bool await_ready() const noexcept { return false; }
      void await_suspend(handle h) {
        pool.post([h] { h.resume(); });
      }
      void await_resume() const noexcept {}
    };
    return awaiter{*this};
  }

private:
  void work() {
    for (;;) {
      auto job = std::move(jobs_.front());
      jobs_.pop();
      job();
    }
  }
  std::mutex mutex_;
  std::queue<std::function<void()>> jobs_;
  std::thread thread_;
};
co::task<> on_pool(Pool &pool) {
  co_await pool.schedule();
  sleep(1);
}

// Threads in a container run what they are made with.
class Threads {
public:
  void start() { threads_.emplace_back([this] { work(); }); }
  void post(std::function<void()> job) { jobs_.push_back(job); }
  auto schedule() {
    struct awaiter {
      Threads &threads;
      bool await_ready() const noexcept { return false; }
      void await_suspend(handle h) { threads.post(h); }
      void await_resume() const noexcept {}
    };
    return awaiter{*this};
  }

private:
  void work() {
    for (auto &job : jobs_)
      job();
  }
  std::vector<std::thread> threads_;
  std::vector<std::function<void()>> jobs_;
};
co::task<> on_threads(Threads &threads) {
  co_await threads.schedule();
  sleep(1);
}

// A loop by hand: nobody takes what is posted on another thread.
class Loop {
public:
  void post(std::function<void()> job) { jobs_.push_back(std::move(job)); }
  void run() {
    for (auto &job : jobs_)
      job();
  }
  std::vector<std::function<void()>> jobs_;
};
struct on_loop {
  Loop &loop;
  bool await_ready() const noexcept { return false; }
  void await_suspend(handle h) {
    loop.post([h] { h.resume(); });
  }
  void await_resume() const noexcept {}
};
co::task<> yields(Loop &loop) {
  co_await on_loop{loop};
  sleep(1); // warning: blocks
}

// What is unknown and is given nothing else may be any executor; an operation is
// given more.
struct Executor {
  void execute(std::function<void()> f);
};
void read_later(int fd, std::function<void()> done);
struct on_executor {
  Executor &executor;
  bool await_ready() const noexcept { return false; }
  void await_suspend(handle h) { executor.execute(h); }
  void await_resume() const noexcept {}
};
struct readable {
  int fd;
  bool await_ready() const noexcept { return false; }
  void await_suspend(handle h) {
    read_later(fd, [h] { h.resume(); });
  }
  void await_resume() const noexcept {}
};
co::task<> unknown(Executor &executor) {
  co_await readable{1};
  sleep(1); // warning: blocks
  co_await on_executor{executor};
  sleep(1);
}

// There and back again.
struct there_and_back {
  Loop &loop;
  bool await_ready() const noexcept { return false; }
  void await_suspend(handle h) {
    std::thread([this, h] {
      sleep(1);
      loop.post([h] { h.resume(); });
    }).detach();
  }
  void await_resume() const noexcept {}
};
co::task<> comes_back(Loop &loop) {
  co_await there_and_back{loop};
  sleep(1); // warning: blocks
}

// A handle that is kept for an event stays at home.
struct event {
  handle waiter;
  bool await_ready() const noexcept { return false; }
  void await_suspend(handle h) { waiter = h; }
  void await_resume() const noexcept {}
};
co::task<> waits(event &e) {
  co_await e;
  sleep(1); // warning: blocks
}

// What await_suspend and await_resume do is the coroutine's, and what they call.
struct now {
  std::function<void()> work;
  bool await_ready() const noexcept { return false; }
  bool await_suspend(handle) {
    work();
    return false;
  }
  void await_resume() const noexcept {}
};
co::task<> at_once() {
  co_await now{[] { sleep(1); }}; // warning: this co_await, which calls 'now::await_suspend', blocks
}

// A worker takes the handles from where they are put.
class HandlePool {
public:
  HandlePool() : thread_([this] { run(); }) {}
  struct hop {
    HandlePool &pool;
    bool await_ready() const noexcept { return false; }
    void await_suspend(handle h) const {
      std::lock_guard lock(pool.mutex_);
      pool.queue_.push(h);
    }
    void await_resume() const noexcept {}
  };
  hop schedule() { return {*this}; }

private:
  void run() {
    for (;;) {
      std::lock_guard lock(mutex_);
      auto h = queue_.front();
      queue_.pop();
      h.resume();
    }
  }
  std::queue<handle> queue_;
  std::mutex mutex_;
  std::thread thread_;
};
co::task<> hops(HandlePool &pool) {
  sleep(1); // warning: blocks
  co_await pool.schedule();
  sleep(1);
}

// The thread's last act was to have the awaiter resumed: it is about to end.
struct Home {
  void post(std::function<void()> f);
};
struct in_a_thread {
  Home &home;
  std::thread thread;
  bool await_ready() const noexcept { return false; }
  void await_suspend(handle h) {
    thread = std::thread([this, h] {
      sleep(1);
      home.post([h] { h.resume(); });
    });
  }
  void await_resume() { thread.join(); }
};
co::task<> joins(Home &home) {
  co_await in_a_thread{home};
  std::thread other(sleep, 1);
  other.join(); // warning: blocks
}

// A promise that is given an executor, and starts its coroutine there.
struct Strand {
  virtual void execute(std::function<void()> f) = 0;
};
struct started {
  struct promise_type {
    Strand &executor;
    template <class... Args> explicit promise_type(Strand &e, Args &&...) : executor(e) {}
    started get_return_object() { return {}; }
    struct start {
      Strand &executor;
      bool await_ready() const noexcept { return false; }
      void await_suspend(handle h) const {
        executor.execute([h] { h.resume(); });
      }
      void await_resume() const noexcept {}
    };
    start initial_suspend() { return {executor}; }
    std::suspend_never final_suspend() noexcept { return {}; }
    void return_void() {}
    void unhandled_exception() {}
  };
};
started on_an_executor(Strand &, int seconds) {
  sleep(seconds);
  co_return;
}

// A loop by hand takes back what a pool has run: it waits for more, or asks for ever.
struct WaitingLoop {
  std::deque<handle> ready;
  std::mutex mutex;
  std::condition_variable more;
  void post(handle h) { ready.push_back(h); }
  void run() {
    for (;;) {
      std::unique_lock lock(mutex);
      more.wait(lock, [&] { return !ready.empty(); });
      handle h = ready.front();
      ready.pop_front();
      lock.unlock();
      h.resume();
    }
  }
};
struct AskingLoop {
  std::deque<std::function<void()>> jobs;
  void post(std::function<void()> f) { jobs.push_back(std::move(f)); }
  void run() {
    while (true) {
      if (jobs.empty())
        continue;
      auto f = std::move(jobs.front());
      jobs.pop_front();
      f();
    }
  }
};
template <class L> struct back_on {
  L &loop;
  bool await_ready() const noexcept { return false; }
  void await_suspend(handle h) { loop.post(h); }
  void await_resume() const noexcept {}
};
co::task<> there_and_home(HandlePool &pool, WaitingLoop &waiting, AskingLoop &asking, bool twice) {
  co_await pool.schedule();
  sleep(1);
  co_await back_on<WaitingLoop>{waiting};
  sleep(1); // warning: blocks
  co_await pool.schedule();
  sleep(1);
  co_await back_on<AskingLoop>{asking};
  sleep(1); // warning: blocks
  if (twice)
    co_await pool.schedule();
  sleep(1);
}

// A thread that an initialiser in the class starts.
class Started {
  std::queue<std::function<void()>> jobs_;
  std::thread thread_{[this] { run(); }};
  void run() {
    jobs_.front()();
    jobs_.pop();
  }

public:
  void post(std::function<void()> f) { jobs_.push(std::move(f)); }
};
co::task<> on_started(Started &worker) {
  co_await back_on<Started>{worker};
  sleep(1);
}

// Which executor it is, is known at run time alone.
struct AnyExecutor {
  virtual ~AnyExecutor();
  virtual void execute(std::function<void()> f) = 0;
};
struct OwnThread : AnyExecutor {
  void execute(std::function<void()> f) override { std::thread(std::move(f)).detach(); }
};
struct launched {
  struct start {
    AnyExecutor *executor;
    bool await_ready() const noexcept { return false; }
    void await_suspend(handle h) const {
      executor->execute([h] { h.resume(); });
    }
    void await_resume() const noexcept {}
  };
  struct promise_type {
    OwnThread executor;
    launched get_return_object() { return {}; }
    start initial_suspend() { return {&executor}; }
    std::suspend_never final_suspend() noexcept { return {}; }
    void return_void() {}
    void unhandled_exception() {}
  };
};
launched on_its_own_thread() {
  sleep(1);
  co_return;
}
struct by_function {
  std::function<void(std::function<void()>)> post;
  bool await_ready() const noexcept { return false; }
  void await_suspend(handle h) {
    post([h] { h.resume(); });
  }
  void await_resume() const noexcept {}
};
extern "C" void submit(void (*work)(void *), void *data);
struct by_address {
  bool await_ready() const noexcept { return false; }
  void await_suspend(handle h) {
    submit([](void *p) { handle::from_address(p).resume(); }, h.address());
  }
  void await_resume() const noexcept {}
};
co::task<> chosen_at_run_time(launched::start on, by_function f) {
  co_await on;
  sleep(1);
  co_await f;
  sleep(1);
}
co::task<> by_a_c_function() {
  co_await by_address{};
  sleep(1);
}

// What a coroutine awaits where it has left the loop begins there.
co::task<> begins_there() {
  sleep(1);
  co_return;
}
co::task<> begins_on_both() {
  sleep(1); // warning: blocks
  co_return;
}
co::task<> leaves(by_function f) {
  co_await begins_on_both();
  co_await f;
  co_await begins_there();
  co_await begins_on_both();
}

} // namespace
