// RUN: %nostall-verify %s
// What waits for an object does not wait where it was awaited before.
#include "co.h"
#include <boost/thread.hpp>
#include <memory>
#include <mutex>
#include <condition_variable>
#include <thread>
#include <vector>
#include <unistd.h>

template <class T> struct job { // waits for its result on the thread
  struct promise_type {
    job get_return_object();
    std::suspend_never initial_suspend();
    std::suspend_always final_suspend() noexcept;
    void return_value(T);
    void unhandled_exception();
  };
  job();
  job(job &&);
  bool await_ready();
  void await_suspend(std::coroutine_handle<>);
  T await_resume();
  T result() {
    std::unique_lock l(mutex);
    cv.wait(l);
    return value;
  }
  void save() { fsync(1); }
  void restart();
  void run_again(int);
  std::mutex mutex;
  std::condition_variable cv;
  T value;
};
job<int> work();
template <class... T> co::task<> when_all(T &...);
template <class... T> co::task<> when_any(T &...);

struct pool {
  ~pool() {
    for (auto &t : threads)
      t.join();
  }
  co::task<> shutdown_async();
  co::task<> connect();
  void start(int);
  std::vector<std::thread> threads;
};
struct group { // waits by looking again and again
  ~group() {
    while (!empty())
      std::this_thread::sleep_for(std::chrono::milliseconds(1));
  }
  bool empty() const;
  bool await_ready();
  void await_suspend(std::coroutine_handle<>);
  void await_resume();
};

co::task<> itself() {
  auto t = work();
  co_await t;
  t.result();
  t.result();
  t.save(); // warning: call to 'job::save' blocks the event loop: it reaches 'fsync'
}
co::task<> not_before(bool b) {
  auto t = work();
  if (b)
    co_await t;
  t.result(); // warning: call to 'job::result' blocks
}
co::task<> later() {
  auto t = work();
  t.result(); // warning: call to 'job::result' blocks
  co_await t;
}
co::task<> another() {
  auto t = work(), u = work();
  co_await t;
  u.result(); // warning: call to 'job::result' blocks
  t.restart();
  t.result(); // warning: call to 'job::result' blocks
  co_await t;
  t.run_again(1);
  t.result(); // warning: call to 'job::result' blocks
}
co::task<> behind_a_pointer(std::unique_ptr<group> g) { co_await *g; }
co::task<> never(std::unique_ptr<group> g) { // warning: destruction of 'g' blocks
  co_return;
}
co::task<> shut_down() {
  pool p;
  p.start(1);
  co_await p.shutdown_async();
}
co::task<> shut_down_a_pointer() {
  auto p = std::make_unique<pool>();
  co_await p->shutdown_async();
  p.reset();
}
co::task<> started_again() {
  pool p; // warning: destruction of 'p' blocks
  co_await p.shutdown_async();
  p.start(1);
}
co::task<> connected() {
  pool p; // warning: destruction of 'p' blocks
  co_await p.connect();
}
co::task<> all_of_two() {
  auto a = work(), b = work();
  co_await when_all(a, b);
  a.result() + b.result();
}
co::task<> any_of_two() {
  auto a = work(), b = work();
  co_await when_any(a, b);
  a.result(); // warning: call to 'job::result' blocks
}
co::task<> all_of_many(std::vector<job<int>> tasks) {
  co_await when_all(tasks);
  for (auto &t : tasks)
    t.result();
  tasks[0].result();
  tasks.back().result();
  for (auto it = tasks.begin(); it != tasks.end(); ++it)
    it->result();
}
co::task<> more_of_many(std::vector<job<int>> tasks) {
  co_await when_all(tasks);
  tasks.push_back(work());
  for (auto &t : tasks)
    t.result(); // warning: call to 'job::result' blocks
}
co::task<> one_of_many(std::vector<job<int>> tasks) {
  co_await tasks[0];
  tasks[0].result(); // warning: call to 'job::result' blocks
  auto it = tasks.begin();
  co_await *it;
  ++it;
  it->result(); // warning: call to 'job::result' blocks
}
struct server {
  job<int> kept;
  co::task<> run() {
    co_await kept;
    kept.result();
    co_await co::sleep(1);
    kept.result(); // warning: call to 'job::result' blocks
  }
};

//===--- threads that tell that they are done ----------------------------------------

struct Signal {
  struct awaiter {
    Signal &signal;
    bool await_ready();
    void await_suspend(std::coroutine_handle<>);
    void await_resume();
  };
  awaiter wait() { return {*this}; }
  void notify();
};
void log_error();
co::task<> told_at_the_end(void (*work)()) {
  Signal done;
  std::thread t([work, &done] {
    work();
    done.notify();
  });
  co_await done.wait();
  t.join();
}
co::task<> told_whatever_happens(void (*work)()) {
  Signal done;
  std::thread t([work, &done] {
    work();
    try {
      done.notify();
    } catch (...) {
      log_error();
    }
  });
  co_await done.wait();
  t.join();
}
co::task<> told_before(void (*work)()) {
  Signal done;
  std::thread t([work, &done] {
    done.notify();
    work();
  });
  co_await done.wait();
  t.join(); // warning: call to 'std::thread::join' blocks
}
co::task<> told_another(void (*work)()) {
  Signal done, other;
  std::thread t([work, &done] {
    work();
    done.notify();
  });
  co_await other.wait();
  t.join(); // warning: call to 'std::thread::join' blocks
}
// boost::thread takes its attributes first.
co::task<> told_with_attributes(void (*work)()) {
  Signal done;
  boost::thread::attributes attributes;
  boost::thread t{attributes, [work, &done] {
    work();
    done.notify();
  }};
  co_await done.wait();
  t.join();
}

// What a group was given is awaited with it.
struct threaded {
  std::thread thread;
  bool await_ready();
  void await_suspend(std::coroutine_handle<> h);
  void await_resume();
  void poke();
  ~threaded() {
    if (thread.joinable())
      thread.join();
  }
};
struct bunch {
  void fork(threaded &);
  bool await_ready();
  void await_suspend(std::coroutine_handle<> h);
  void await_resume();
};
bunch bunch_of(threaded &);
co::task<> grouped() {
  threaded a, b, c, late; // warning: destruction of 'c' blocks // warning: destruction of 'late' blocks
  bunch g = bunch_of(a);
  g.fork(b);
  b.poke();
  co_await g;
  g.fork(late);
  c.poke();
}
