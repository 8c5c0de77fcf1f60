//===- debug_checks_test.cpp - debug mode checks what is for the loop only ===//
//
// Each function that is annotated as loop-only is called on another thread here. The
// list is compared with annotations.txt, and so with the headers: a new one has to
// come here.
//
//===----------------------------------------------------------------------===//

#include "support.h"

#include <nostall/nostall.h>

#include <csignal>
#include <fcntl.h>
#include <fstream>
#include <functional>
#include <map>
#include <memory>
#include <set>
#include <string>
#include <thread>
#include <unistd.h>

namespace {

task<void> waits() { co_await sleep_forever(); }

/// One of each, that belongs to the loop of the test.
struct things {
  event_loop& l = get_running_loop();
  async_barrier barrier{2};
  async_condition condition;
  async_event event;
  async_mutex mutex;
  async_mutex::guard lock;
  async_semaphore semaphore{2};
  async_semaphore::permit_guard permit;
  async_queue<int> queue;
  task_group group;
  task_handle<void> handle = create_task(waits());
  task_handle<void> spare = handle;
  any_task any = handle;
  callback_handle callback = l.call_later(1h, [] {});
  int ends[2];
  std::optional<async_fd> fd;
  timeout_scope* scope = nullptr;

  things() {
    EXPECT_EQ(pipe2(ends, O_NONBLOCK | O_CLOEXEC), 0);
    fd.emplace(ends[0]);
    event.set();
    event.clear();
    queue.put_nowait(1);
    queue.put_nowait(2);
  }
  ~things() {
    fd.reset();
    close(ends[0]);
    close(ends[1]);
  }
};

const std::map<std::string, std::function<void(things&)>> loop_only{
    {"as_completed", [](things&) { as_completed(sleep(1s)); }},
    {"wait", [](things&) { (void)wait(all_completed, sleep(1s)); }},
    {"create_task", [](things&) { create_task(sleep(1s)).detach(); }},
    {"async_barrier::abort", [](things& t) { t.barrier.abort(); }},
    {"async_barrier::reset", [](things& t) { t.barrier.reset(); }},
    {"async_condition::notify", [](things& t) { t.condition.notify(); }},
    {"async_condition::notify_all", [](things& t) { t.condition.notify_all(); }},
    {"async_event::clear", [](things& t) { t.event.clear(); }},
    {"async_event::set", [](things& t) { t.event.set(); }},
    {"async_fd::not_readable", [](things& t) { t.fd->not_readable(); }},
    {"async_fd::not_writable", [](things& t) { t.fd->not_writable(); }},
    {"async_mutex::guard::unlock", [](things& t) { t.lock.unlock(); }},
    {"async_mutex::release", [](things& t) { t.mutex.release(); }},
    {"async_mutex::try_acquire", [](things& t) { (void)t.mutex.try_acquire(); }},
    {"async_mutex::try_lock", [](things& t) { (void)t.mutex.try_lock(); }},
    {"async_semaphore::permit_guard::release", [](things& t) { t.permit.release(); }},
    {"async_semaphore::release", [](things& t) { t.semaphore.release(); }},
    {"async_semaphore::try_acquire", [](things& t) { (void)t.semaphore.try_acquire(); }},
    {"basic_async_queue::get_nowait", [](things& t) { t.queue.get_nowait(); }},
    {"basic_async_queue::put_nowait", [](things& t) { t.queue.put_nowait(3); }},
    {"basic_async_queue::shutdown", [](things& t) { t.queue.shutdown(); }},
    {"basic_async_queue::task_done", [](things& t) { t.queue.task_done(); }},
    {"basic_async_queue::try_get", [](things& t) { (void)t.queue.try_get(); }},
    {"basic_async_queue::try_put", [](things& t) { (void)t.queue.try_put(4); }},
    {"callback_handle::cancel", [](things& t) { t.callback.cancel(); }},
    {"event_loop::add_reader", [](things& t) { t.l.add_reader(t.ends[0], [] {}); }},
    {"event_loop::add_writer", [](things& t) { t.l.add_writer(t.ends[1], [] {}); }},
    {"event_loop::remove_reader", [](things& t) { t.l.remove_reader(t.ends[0]); }},
    {"event_loop::remove_writer", [](things& t) { t.l.remove_writer(t.ends[1]); }},
    {"event_loop::add_signal_handler", [](things& t) { t.l.add_signal_handler(SIGUSR2, [] {}); }},
    {"event_loop::remove_signal_handler", [](things& t) { t.l.remove_signal_handler(SIGUSR2); }},
    {"event_loop::all_task_names", [](things& t) { (void)t.l.all_task_names(); }},
    {"event_loop::call_at", [](things& t) { t.l.call_at(t.l.time(), [] {}); }},
    {"event_loop::call_later", [](things& t) { t.l.call_later(1s, [] {}); }},
    {"event_loop::call_soon", [](things& t) { t.l.call_soon([] {}); }},
    {"event_loop::call_exception_handler", [](things& t) { t.l.call_exception_handler({}); }},
    {"event_loop::set_exception_handler", [](things& t) { t.l.set_exception_handler([](const exception_context&) {}); }},
    {"event_loop::reset_exception_handler", [](things& t) { t.l.reset_exception_handler(); }},
    {"event_loop::default_executor", [](things& t) { (void)t.l.default_executor(); }},
    {"event_loop::set_default_executor", [](things& t) { t.l.set_default_executor(nullptr); }},
    {"event_loop::set_debug", [](things& t) { t.l.set_debug(true); }},
    {"event_loop::set_slow_callback_duration", [](things& t) { t.l.set_slow_callback_duration(1s); }},
    {"event_loop::stop", [](things& t) { t.l.stop(); }},
    {"task_group::cancel", [](things& t) { t.group.cancel(); }},
    {"task_group::create_task", [](things& t) { t.group.create_task(sleep(1s)); }},
    {"task_group::start", [](things& t) { t.group.start(sleep(1s)); }},
    {"task_handle::add_done_callback", [](things& t) { t.handle.add_done_callback([](auto) {}); }},
    {"task_handle::cancel", [](things& t) { t.handle.cancel(); }},
    {"task_handle::uncancel", [](things& t) { t.handle.uncancel(); }},
    {"task_handle::detach", [](things& t) { std::move(t.spare).detach(); }},
    {"any_task::cancel", [](things& t) { t.any.cancel(); }},
    {"any_task::uncancel", [](things& t) { t.any.uncancel(); }},
    {"timeout_scope::reschedule", [](things& t) { t.scope->reschedule(1s); }},
    {"timeout_scope::reschedule_at", [](things& t) { t.scope->reschedule_at({}); }},
};
/// Checked where it is: a process pool is too slow for this test.
const std::set<std::string> elsewhere{"process_pool_executor::worker_pids"};

TEST(DebugChecks, EveryLoopOnlyFunctionIsRefusedOnAnotherThread) {
  world w;
  w.loop->set_debug(true);
  for (const auto& [name, call] : loop_only) {
    auto body = [&]() -> task<void> {
      things t;
      t.lock = co_await t.mutex.lock();
      t.permit = co_await t.semaphore.permit();
      auto held = co_await t.condition.mutex().lock();
      t.condition.notify();
      std::string refused = "nothing";
      co_await with_timeout(1h, [&](timeout_scope& s) -> task<void> {
        t.scope = &s;
        std::thread([&, &call = call] {
          try {
            call(t);
          } catch (const usage_error& e) {
            refused = e.what();
          }
        }).join();
        co_return;
      });
      // What needs a running loop says that there is none.
      EXPECT_TRUE(refused.find("was called on another thread than the loop's") != refused.npos ||
                  refused.find("needs a running event loop") != refused.npos)
          << name << " was not checked: " << refused;
      t.handle.cancel();
      co_await t.handle.join();
      t.spare = {};
    };
    w.run(body());
  }
  w.loop->set_debug(false);
}

TEST(DebugChecks, TheListIsThatOfTheHeaders) {
  std::ifstream table(NOSTALL_ANNOTATIONS);
  ASSERT_TRUE(table);
  std::set<std::string> annotated;
  for (std::string line; std::getline(table, line);)
    if (line[0] != '#' && line.find("NOSTALL_LOOP_ONLY") != std::string::npos)
      annotated.insert(line.substr(0, line.find(' ')));
  for (const std::string& name : annotated)
    EXPECT_TRUE(loop_only.count(name) || elsewhere.count(name))
        << name << " is annotated, and not tried on another thread";
  for (const auto& [name, call] : loop_only)
    EXPECT_TRUE(annotated.count(name)) << name << " is tried, and not annotated";
}

// Made outside of a loop, it belongs to the one that has awaited it, also at once.
TEST(DebugChecks, WhoAwaitsItFirstHasIt) {
  async_mutex m;
  async_semaphore s(2);
  async_barrier b(1);
  async_queue<int> got, put;
  got.put_nowait(1); // before any loop
  world w;
  w.loop->set_debug(true);
  w.run([&]() -> task<void> {
    co_await m.acquire();
    co_await s.acquire();
    co_await b.wait();
    co_await got.get();
    co_await put.put(1);
    const std::vector<std::function<void()>> uses{
        [&] { m.release(); }, [&] { s.release(); }, [&] { b.reset(); },
        [&] { got.put_nowait(1); }, [&] { put.try_get(); }};
    int refused = 0;
    std::thread([&] {
      for (const auto& use : uses)
        try {
          use();
        } catch (const usage_error&) {
          ++refused;
        }
    }).join();
    EXPECT_EQ(refused, 5);
    m.release();
    s.release();
  }());
  w.loop->set_debug(false);
}

// What is made beside a loop that does not run yet is for that loop's thread.
TEST(DebugChecks, WhatIsMadeBesideALoop) {
  world w;
  w.loop->set_debug(true);
  async_event e;
  async_queue<int> q;
  async_mutex m;
  int refused = 0;
  const auto use_all = [&] {
    const std::vector<std::function<void()>> uses{
        [&] { e.set(); }, [&] { q.put_nowait(1); }, [&] { (void)m.try_acquire(); }};
    for (const auto& use : uses)
      try {
        use();
      } catch (const usage_error&) {
        ++refused;
      }
  };
  std::thread(use_all).join();
  EXPECT_EQ(refused, 3);
  use_all();
  EXPECT_EQ(refused, 3);
  m.release();
  // Another thread's loop may have it, and then does.
  std::thread([&] {
    run([](auto& use) -> task<void> {
      use();
      co_return;
    }(use_all));
  }).join();
  EXPECT_EQ(refused, 3);
  w.loop->set_debug(false);
}

TEST(DebugChecks, AnObjectMayMoveToTheNextLoop) {
  async_event e;
  async_queue<int> q;
  for (int i = 0; i < 2; ++i) {
    world w;
    w.loop->set_debug(true);
    w.run([&]() -> task<void> {
      e.set();
      q.put_nowait(1);
      co_await e.wait();
      e.clear();
      co_await q.get();
    }());
    e.set(); // between two runs, on the loop's thread
    w.loop->set_debug(false);
  }
}

} // namespace
