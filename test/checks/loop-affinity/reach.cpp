// RUN: %nostall-verify %s
// Every way to what only the loop's thread may call.
#include <nostall/annotations.h>
#include <nostall/nostall.h>
#include <algorithm>
#include <functional>
#include <thread>
#include <vector>

using namespace nostall;

struct job {
  async_event done;
  async_queue<int> results;
  void finish() { done.set(); }
  ~job() {}
};

void helper(job &j) { j.finish(); }

struct notifier {
  async_event *done;
  void operator()() const { done->set(); } // warning: call to 'nostall::async_event::set' runs off the event loop's thread
};

struct at_exit {
  async_event &done;
  ~at_exit() { done.set(); }
};

struct base {
  virtual ~base() = default;
  virtual void end() {}
};
struct heir : base {
  async_event done;
  void end() override { done.set(); }
};

void free_function() { get_running_loop().call_soon([] {}); } // warning: use 'call_soon_threadsafe'
void not_handed() { get_running_loop().call_soon([] {}); }

task<> workers(job &j, event_loop &loop, base &b, task_handle<void> &handle, std::vector<async_event *> &all) {
  co_await to_thread([&] { j.done.set(); }); // warning: post it to the loop with 'call_soon_threadsafe'
  co_await to_thread([&] { helper(j); }); // warning: call to 'helper' runs off the event loop's thread: it reaches 'nostall::async_event::set'
  co_await to_thread(notifier{&j.done});
  co_await to_thread([&] { at_exit later{j.done}; }); // warning: destruction of 'later' runs off the event loop's thread
  co_await to_thread([&] { b.end(); }); // warning: call to 'base::end' runs off the event loop's thread
  co_await to_thread([&] {
    std::for_each(all.begin(), all.end(), [](async_event *e) { e->set(); }); // warning: call to 'std::for_each' runs off the event loop's thread
  });
  co_await to_thread(free_function);
  co_await loop.run_in_executor(loop.default_executor(), [&] { handle.cancel(); }); // warning: call to 'nostall::task_handle::cancel' runs off
  thread_pool_executor pool;
  co_await pool.run([&] { j.results.put_nowait(1); }); // warning: call to 'nostall::basic_async_queue::put_nowait' runs off
  co_await pool.shutdown();
  std::thread other([&] { j.done.clear(); }); // warning: call to 'nostall::async_event::clear' runs off
  other.detach();
}

// Right.
task<> on_the_loop(job &j, event_loop &loop, task_handle<void> &handle) {
  j.done.set();
  helper(j);
  loop.call_soon([&] { j.finish(); });
  co_await to_thread([&] { loop.call_soon_threadsafe([&] { j.finish(); }); });
  co_await to_thread([&] { loop.stop_threadsafe(); });
  co_await to_thread([&] { (void)handle.done(); });
  not_handed();
}

task<> serve();
void owns_a_loop() {
  std::thread([] {
    event_loop loop;
    loop.call_soon([] {});
    loop.run_until_complete(serve());
  }).join();
}

// Suppressed: at the call, and in the helper.
void known(job &j) { j.done.set(); } // NOLINT(nostall-loop-affinity)
task<> suppressed(job &j) {
  co_await to_thread([&] { known(j); });
  co_await to_thread([&] { j.done.set(); }); // NOLINT(nostall-loop-affinity)
  co_await to_thread([&] {
    if (false)
      j.done.set();
  });
}
