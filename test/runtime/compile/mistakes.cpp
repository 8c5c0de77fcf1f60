// Common mistakes, each refused with a sentence that says what to do.

#include <nostall/nostall.h>
#include <nostall/processes.h>

#include <functional>
#include <stop_token>
#include <string>
#include <type_traits>
#include <vector>

using namespace nostall;
using namespace std::chrono_literals;

task<int> f();
int plain();
int twice(int);
struct widget {};
void by_reference(int&);
task<void> serve(each_loop);
struct no_error {};

task<void> combinators(std::vector<task<int>> v, std::vector<task_handle<int>> handles) {
  // refused: std::move the container
  co_await gather(v);
  // refused: gather takes what can be awaited
  co_await gather(1, f());
  // refused: gather takes what can be awaited
  co_await gather(plain);
  // refused: wait takes what can be awaited
  co_await nostall::wait(handles, 1s);
  // refused: wait_for takes what can be awaited, and a std::chrono duration
  co_await wait_for(f(), 5);
  // refused: wait_for takes what can be awaited, and a std::chrono duration
  co_await wait_for(3, 1s);
  // refused: try_wait_for takes what can be awaited
  co_await try_wait_for(plain, 1s);
  // refused: shield takes what can be awaited: call the function
  co_await shield(plain);
  // refused: the body of with_timeout has to be a coroutine
  co_await with_timeout(1s, [](timeout_scope&) { return 1; });
  // refused: with_timeout takes a std::chrono duration
  co_await with_timeout(1s, plain);
  // refused: the body of with_task_group has to be a coroutine
  co_await with_task_group([](task_group& g) { g.start(f()); });
  // refused: as_completed takes what can be awaited
  for (auto next : as_completed(f(), 3))
    co_await next;
}

task<void> tasks(process_pool_executor& pool, std::vector<int> v) {
  // refused: this callable returns nothing that can be awaited
  co_await create_task(plain);
  // refused: this cannot be awaited
  co_await widget();
  task<int> t = f();
  int got = 0;
  // refused alone: a task runs once: write co_await std::move(t)
  got = co_await t;
  // refused: a thread runs plain functions
  co_await to_thread(f);
  // refused: name the function as a template argument
  co_await pool.map(twice, v);
  int n = 1;
  // refused: a callable with captures or state cannot cross
  co_await pool.map([n](int i) { return i * n; }, v);
  co_await pool.map([](int i) { return 2 * i; }, v); // nothing wrong
}

// Whatever is done with the result, the sentence comes first, and alone.
task<void> results(process_pool_executor& pool, event_loop& loop, thread_pool_executor& threads,
                   std::vector<int> v, std::stop_source stop, loop_handle home) {
  int n = 0;
  // refused alone: create_task takes what can be awaited
  n = co_await create_task(3);
  // refused alone: create_task takes what can be awaited, or a coroutine function and arguments
  n = co_await create_task(twice, "x");
  // refused alone: this callable returns nothing that can be awaited
  n = co_await create_task([] { return 1; });
  // refused alone: wait_for takes what can be awaited
  n = co_await wait_for(f, 1s);
  // refused alone: wait_for takes what can be awaited
  n = co_await wait_for(1s, f());
  // refused alone: with_timeout takes a std::chrono duration
  n = co_await with_timeout(f(), 1s);
  // refused alone: the body of with_timeout has to be a coroutine
  n = co_await with_timeout(1s, [](timeout_scope&) { return 1; });
  // refused alone: try_wait_for takes what can be awaited
  auto maybe = co_await try_wait_for(f, 1s);
  // refused alone: shield takes what can be awaited
  n = co_await shield(f);
#ifdef __clang__ // g++ 12 says it and then gives up: "confused by earlier errors"
  // refused alone by clang: gather takes what can be awaited
  auto all = co_await gather({f(), f()});
#endif
  // refused alone: this cannot be awaited
  n = co_await plain();
  // refused alone: this cannot be awaited
  n = co_await 1s;
  // refused alone: with_stop takes a std::stop_token
  n = co_await with_stop(stop, f());
  // refused alone: with_stop takes a std::stop_token
  n = co_await with_stop(f(), stop.get_token());
  // refused alone: run_coroutine_threadsafe takes what can be awaited and a loop_handle
  n = run_coroutine_threadsafe(f, home).get();
  // refused alone: a thread runs plain functions
  n = co_await to_thread([] { return f(); });
  // refused alone: a thread cannot call this with copies of these arguments
  n = co_await to_thread(plain());
  // refused alone: a thread cannot call this with copies of these arguments
  co_await threads.run(by_reference, n);
  // refused alone: run_in_executor takes an executor
  n = co_await loop.run_in_executor(nullptr, plain);
  // refused alone: a reference cannot cross to another process
  co_await pool.run<by_reference>(n);
  // refused alone: a worker process runs plain functions
  n = co_await pool.run<f>();
  // refused alone: the callable takes another number of arguments
  n = co_await pool.run<twice>();
  // refused alone: the callable does not take these arguments
  n = co_await pool.run([](auto a) requires std::is_class_v<decltype(a)> { return 1; }, n);
  // refused alone: a callable with captures or state cannot cross
  n = co_await pool.run([n] { return n; });
  // refused alone: a callable with captures or state cannot cross
  auto doubled = co_await pool.map([n](int i) { return i * n; }, v);
  co_await to_thread(by_reference, std::ref(n)); // nothing wrong
}

task<void> groups(std::vector<task<long>> v, std::vector<task<char>> w) {
  task_group g;
  // refused alone: task_group::start takes what can be awaited
  g.start(3);
  // refused alone: task_group::create_task takes what can be awaited
  g.create_task(3);
  // refused alone: the body of with_task_group has to be a coroutine of a task_group&
  co_await with_task_group([]() -> task<void> { co_return; });
  // refused alone: tasks are awaited once, so they are given away
  co_await gather(v);
  // refused alone: tasks are awaited once, so they are given away
  co_await nostall::wait(w);
  task<int> t = f();
  // refused: a task runs once
  task<int> copy = t;
  // refused: a task runs once
  co_await wait_for(t, 1s);
}

void callbacks(event_loop& loop, task_handle<int> h, loop_handle home) {
  // refused alone: call_soon takes a callable without arguments
  loop.call_soon(twice);
  // refused alone: call_soon takes a callable without arguments
  auto handle = loop.call_soon(f());
  // refused alone: call_later takes a std::chrono duration
  loop.call_later(5, [] {});
  // refused alone: call_later takes a std::chrono duration
  loop.call_later([] {}, 1s);
  // refused alone: call_at takes a time of the loop
  loop.call_at(1s, [] {});
  // refused alone: call_soon_threadsafe takes a callable without arguments
  loop.call_soon_threadsafe(twice);
  // refused alone: add_reader takes a descriptor and a callable without arguments
  loop.add_reader(0, twice);
  // refused alone: add_writer takes a descriptor and a callable without arguments
  loop.add_writer(1, twice);
  // refused alone: add_signal_handler takes a signal's number
  loop.add_signal_handler(2, twice);
  // refused alone: set_exception_handler takes a callable
  loop.set_exception_handler([](std::exception_ptr) {});
  // refused alone: add_done_callback takes a callable of the task_handle
  h.add_done_callback([] {});
  // refused alone: run_until_complete takes what can be awaited
  int n = loop.run_until_complete(f);
  // refused alone: run takes what can be awaited
  n = run(f);
  // refused alone: sleep takes a std::chrono duration
  (void)nostall::sleep(1.5);
  // refused alone: run_on_each takes its options and a coroutine function
  run_on_each(serve);
}

task<void> callbacks(event_loop& loop, loop_handle home, task_handle<int> h) {
  // refused: this callback is a coroutine, whose task nobody would run
  loop.call_later(1s, f);
  // refused: this callback is a coroutine, whose task nobody would run
  loop.add_reader(0, []() -> task<void> { co_return; });
  // refused: this callback is a coroutine, whose task nobody would run
  home.post([]() -> task<void> { co_return; });
  // refused: this callback is a coroutine, whose task nobody would run
  h.add_done_callback([](task_handle<int> t) -> task<void> { co_await t; });
  // refused alone: post takes a callable without arguments
  home.post([](int) {});
  // refused alone: sleep_until takes a time of the loop
  co_await sleep_until(5s);
}

task<void> bytes(async_fd& fd, std::string text, async_condition& c) {
  // refused alone: read_some takes a std::span of bytes, or a pointer and a size
  co_await fd.read_some(text);
  // refused alone: write_some takes a std::span of bytes, or a pointer and a size
  co_await fd.write_some(text);
  // refused alone: write_all takes a std::span of bytes, or a pointer and a size
  co_await fd.write_all(text);
  // refused alone: async_condition::wait_for takes a callable that says whether
  co_await c.wait_for(1s);
}

struct immovable {
  immovable() = default;
  immovable(const immovable&) = delete;
};
// refused alone: a channel moves its values in and out
channel<immovable> made(3);

// refused alone: a channel holds values, which it moves in and out
void references(channel<int&>& c) { c.close(); }
// refused alone: a queue holds values, which it moves in and out
void references(async_queue<int&>& q) { q.shutdown(); }

task<void> values(promise<int> p, promise<void> done, promise<int&> r, async_generator<int> g,
                  task<int> t) {
  // refused alone: this promise cannot be filled with that
  p.set_value("x");
  // refused alone: this promise cannot be filled with that
  done.set_value(1);
  // refused alone: this promise cannot be filled with that
  r.set_value(5);
  // refused alone: a for loop cannot wait for an async_generator
  for (std::string s : g) {}
  // refused alone: tasks are awaited once, so they are given away: as_completed(std::move(t))
  as_completed(t);
  // refused alone: a task gives one value, at its end
  co_yield 1;
}

// A call without arguments is told what it lacks.
task<void> nothing_given(event_loop& loop, thread_pool_executor& threads, process_pool_executor& pool,
                         task_group& g, loop_handle home, task_handle<int> h, each_loop here,
                         promise<int> p, async_queue<int>& q, channel<int> c) {
  int n = 0;
  // refused alone: wait takes what can be awaited
  co_await nostall::wait();
  // refused alone: shield takes what can be awaited
  n = co_await shield();
  // refused alone: wait_for takes what can be awaited
  n = co_await wait_for();
  // refused alone: try_wait_for takes what can be awaited
  co_await try_wait_for();
  // refused alone: with_timeout takes a std::chrono duration
  n = co_await with_timeout();
  // refused alone: sleep takes a std::chrono duration
  co_await nostall::sleep();
  // refused alone: create_task takes what can be awaited
  n = co_await create_task();
  // refused alone: with_stop takes a std::stop_token
  n = co_await with_stop();
  // refused alone: to_thread takes a function and its arguments
  n = co_await to_thread();
  // refused alone: to_thread takes a function and its arguments
  n = co_await to_thread(abandon_on_cancel);
  // refused alone: thread_pool_executor::run takes a function and its arguments
  n = co_await threads.run();
  // refused alone: process_pool_executor::run takes a function as a template argument
  n = co_await pool.run();
  // refused alone: process_pool_executor::map takes a function as a template argument
  co_await pool.map();
  // refused alone: run_in_executor takes an executor
  n = co_await loop.run_in_executor(threads);
  // refused alone: call_soon takes a callable without arguments
  loop.call_soon();
  // refused alone: run_until_complete takes what can be awaited
  n = loop.run_until_complete();
  // refused alone: run takes what can be awaited
  n = run();
  // refused alone: post takes a callable without arguments
  home.post();
  // refused alone: task_group::start takes what can be awaited
  g.start();
  // refused alone: add_done_callback takes a callable of the task_handle
  h.add_done_callback();
  // refused alone: run_coroutine_threadsafe takes what can be awaited and a loop_handle
  run_coroutine_threadsafe();
  // refused alone: on() takes the index of a loop
  n = co_await here.on(0);
  // refused alone: this promise cannot be filled with that
  p.set_value();
  // refused alone: set_exception takes an exception
  p.set_exception();
  // refused alone: async_queue::put takes one value
  co_await q.put();
  // refused alone: channel::send takes one value
  co_await c.send();
  // refused: a channel has a capacity
  channel<int> none;
  co_await gather(); // nothing wrong
}

task<int> other_things(event_loop& loop, thread_pool_executor& threads, process_pool_executor& pool,
                       promise<int> p, async_queue<int>& q, async_queue<std::string>& texts,
                       channel<int> c, async_generator<int> g, task_handle<int> h, each_loop here,
                       async_condition& condition, std::exception_ptr error) {
  int n = 0;
  // refused alone: a thread cannot call this with copies of these arguments
  n = co_await loop.run_in_executor(threads, twice, "x");
  auto executor = [] {};
  // refused alone: run_in_executor takes an executor
  n = co_await loop.run_in_executor(executor, plain);
  // refused alone: run_in_executor takes an executor
  n = co_await loop.run_in_executor(twice, 1);
  // refused alone: set_exception takes an exception
  p.set_exception("x");
  // refused alone: set_exception takes an exception
  p.try_set_exception(no_error());
  // refused alone: set_exception takes an exception
  p.set_exception(nullptr);
  // refused alone: async_queue::put takes one value
  co_await q.put("x");
  // refused alone: async_queue::put_nowait takes one value
  q.put_nowait("x");
  // refused alone: async_queue::try_put takes one value
  (void)q.try_put("x");
  // refused alone: channel::send takes one value
  co_await c.send("x");
  // refused alone: channel::try_send takes one value
  (void)c.try_send("x");
  // refused alone: a for loop cannot wait for an async_queue
  for (std::string s : q) {}
  // refused: co_await it: while (auto v = co_await q.next())
  while (auto v = q.next()) {}
  // refused: co_await it: while (auto v = co_await g.next())
  while (auto v = g.next()) {}
  // refused alone: detach gives the handle away
  h.detach();
  // refused alone: a handle is of a task that runs
  h = task_handle<int>(f());
  // refused alone: on() takes the index of a loop
  n = co_await here.on(0, plain);
  // refused alone: async_condition::wait takes nothing
  co_await condition.wait([] { return true; });
  // refused alone: a thread_pool_executor takes its options by name
  thread_pool_executor four(4);
  // refused alone: a process_pool_executor takes its options by name
  process_pool_executor eight(8);
  // refused alone: a stall_watchdog takes its options by name
  stall_watchdog dog(loop, 1s);
  // refused alone: shutdown takes a shutdown_mode and then a time
  co_await threads.shutdown(5s);
  // refused alone: shutdown takes a shutdown_mode and then a time
  co_await pool.shutdown(true);
  p.set_exception(error);                                // nothing wrong
  p.set_exception(std::make_exception_ptr(1));           // nothing wrong
  p.set_exception(std::runtime_error("why"));            // nothing wrong
  co_await texts.put("x");                               // nothing wrong
  texts.put_nowait("x");                                 // nothing wrong
  co_await threads.shutdown();                           // nothing wrong
  co_await threads.shutdown(shutdown_mode::cancel, 5ms); // nothing wrong
  // refused alone: what is co_returned does not convert to what the task gives
  co_return "x";
}

void right(async_queue<std::string>& texts, async_queue<std::vector<int>>& lists) {
  texts.put_nowait({3, 'x'});
  lists.put_nowait({});
  (void)lists.try_put({1, 2});
}

// refused alone: a channel holds values, which it moves in and out: not const ones
void constants(channel<const int>& c) { c.close(); }
// refused alone: a queue holds values, which it moves in and out: not const ones
void constants(async_queue<const int>& q) { q.shutdown(); }
// refused alone: a context_var holds values; for a reference, let it hold a pointer
void constants(context_var<int&>& v) { v.set(1); }

void things_to_make(event_loop& loop) {
  // refused alone: a process runs a function of this program
  process p("ls");
  // refused alone: a process runs a function of this program
  process q("ls", "-l");
  // refused alone: an async_fd takes a descriptor that is open and non-blocking
  async_fd named("x");
  // refused alone: a loop_handle is made by name
  loop_handle home = loop;
  // refused alone: with_timeout makes a timeout_scope
  timeout_scope scope(5s);
  // refused alone: a task_function is named by what its task gives
  task_function<int> callback;
  loop_handle right(loop);         // nothing wrong
  async_semaphore two(2), three{3u}; // nothing wrong
  async_barrier of_two(2);         // nothing wrong
  async_fd known(right.closed());  // nothing wrong
}

task<void> times(async_semaphore& s, async_event& e, async_barrier& b, async_mutex& m,
                 async_queue<int>& q, process& p) {
  // refused alone: async_semaphore::acquire takes nothing, and one permit
  co_await s.acquire(2);
  // refused alone: async_semaphore::permit takes nothing, and one permit
  auto permit = co_await s.permit(1s);
  // refused alone: async_semaphore::release takes nothing
  s.release(2);
  // refused alone: async_event::wait takes nothing
  co_await e.wait(1s);
  // refused alone: async_barrier::wait takes nothing
  co_await b.wait(1s);
  // refused alone: async_mutex::lock takes nothing
  auto guard = co_await m.lock(1s);
  // refused alone: async_queue::get takes nothing
  int n = co_await q.get(1s);
  // refused alone: async_queue::next takes nothing
  n = co_await q.next(1s);
  // refused alone: process::wait takes nothing
  co_await p.wait(1s);
}

void main_function() {
  // refused: run takes what can be awaited: call the function
  run(plain);
  // refused alone: runner::run takes what can be awaited: call the function
  runner().run(plain);
}
