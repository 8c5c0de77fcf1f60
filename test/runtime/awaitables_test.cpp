// The contract of every awaitable of the library, one row each: it ends, it fails, it
// is cancelled and destroyed while it waits, and when its value is on the way.

#include "support.h"

#include <nostall/nostall.h>

#include <fcntl.h>
#include <sys/socket.h>
#include <unistd.h>

namespace {

struct stage;
task<int> child(stage& s);

/// What the awaitables wait for. Time moves only when `w.clock` is told to.
struct stage {
  async_event go;
  bool broken = false;
  async_mutex mutex, condition_mutex;
  async_condition condition{condition_mutex};
  async_semaphore semaphore{0};
  async_barrier barrier{2};
  async_queue<int> empty, full{1};
  int a, b; // a pair of sockets
  task_handle<int> other;
  world w{false};

  stage() {
    int s[2];
    if (socketpair(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0, s))
      std::abort();
    a = s[0];
    b = s[1];
    mutex.try_acquire();
    full.put_nowait(1);
    other = start(w, child(*this));
  }
  stage(const stage&) = delete;
  ~stage() {
    other = {}; // what it failed with is reported while the loop is there
    w.loop.reset();
    close(a);
    close(b);
  }
  void fill() const {
    char block[4096]{};
    while (write(a, block, sizeof block) > 0) {
    }
  }
  void drain() const {
    char block[4096];
    while (read(b, block, sizeof block) > 0) {
    }
  }
};
task<int> child(stage& s) {
  co_await s.go.wait();
  if (s.broken)
    throw std::runtime_error("broken");
  co_return 1;
}
std::vector<task<int>> children(stage& s) {
  std::vector<task<int>> v;
  v.push_back(child(s));
  v.push_back(child(s));
  return v;
}

void go(stage& s) { s.go.set(); }
void break_it(stage& s) {
  s.broken = true;
  s.go.set();
}
void pass_time(stage& s) { s.w.clock.advance(1s); }

struct awaitable {
  const char* name;
  task<void> (*wait)(stage&);
  void (*release)(stage&); ///< null: it ends by cancellation only
  void (*fail)(stage&);    ///< null: it has no way to fail
  bool masks = false;      ///< cancellation waits outside
  bool parks = true;       ///< false: its value is on the way at once
};

const awaitable all[] = {
    {"task", [](stage& s) -> task<void> { co_await child(s); }, go, break_it},
    {"task_handle", [](stage& s) -> task<void> { co_await s.other; }, go, break_it},
    {"task_handle_rvalue",
     [](stage& s) -> task<void> { co_await task_handle<int>(s.other); }, go, break_it},
    {"task_handle_join", [](stage& s) -> task<void> { co_await s.other.join(); }, go,
     nullptr},
    {"gather", [](stage& s) -> task<void> { co_await gather(child(s), child(s)); }, go,
     break_it},
    {"gather_range", [](stage& s) -> task<void> { co_await gather(children(s)); }, go,
     break_it},
    {"gather_return_exceptions",
     [](stage& s) -> task<void> {
       co_await gather(return_exceptions, child(s), child(s));
     },
     go, nullptr},
    {"gather_range_return_exceptions",
     [](stage& s) -> task<void> { co_await gather(return_exceptions, children(s)); }, go,
     nullptr},
    {"as_completed",
     [](stage& s) -> task<void> {
       std::vector<task<int>> one;
       one.push_back(child(s));
       for (auto next : as_completed(std::move(one)))
         co_await next;
     },
     go, break_it},
    {"wait",
     [](stage& s) -> task<void> {
       std::vector<task_handle<int>> one{s.other};
       co_await wait(std::move(one));
     },
     go, nullptr},
    {"with_timeout", [](stage& s) -> task<void> { co_await with_timeout(1h, child(s)); },
     go, break_it},
    {"with_timeout_body",
     [](stage& s) -> task<void> {
       co_await with_timeout(1h, [&](timeout_scope&) -> task<int> {
         co_return co_await child(s);
       });
     },
     go, break_it},
    {"wait_for", [](stage& s) -> task<void> { co_await wait_for(child(s), 1h); }, go,
     break_it},
    {"wait_for_handle", [](stage& s) -> task<void> { co_await wait_for(s.other, 1h); },
     go, break_it},
    {"shield", [](stage& s) -> task<void> { co_await shield(child(s)); }, go, break_it,
     true},
    {"shield_handle", [](stage& s) -> task<void> { co_await shield(s.other); }, go,
     break_it, true},
    {"sleep", [](stage&) -> task<void> { co_await sleep(1s); }, pass_time, nullptr},
    {"sleep_until",
     [](stage& s) -> task<void> { co_await sleep_until(s.w.loop->time() + 1s); },
     pass_time, nullptr},
    {"sleep_forever", [](stage&) -> task<void> { co_await sleep_forever(); }, nullptr,
     nullptr},
    {"yield_now", [](stage&) -> task<void> { co_await yield_now(); }, [](stage&) {},
     nullptr, false, false},
    {"task_group_join",
     [](stage& s) -> task<void> {
       task_group g;
       g.start(child(s));
       co_await g.join();
     },
     go, break_it},
    {"with_task_group",
     [](stage& s) -> task<void> {
       co_await with_task_group([&](task_group& g) -> task<void> {
         g.start(child(s));
         co_return;
       });
     },
     go, break_it},
    {"async_mutex_lock",
     [](stage& s) -> task<void> { auto held = co_await s.mutex.lock(); },
     [](stage& s) { s.mutex.release(); }, nullptr},
    {"async_mutex_acquire",
     [](stage& s) -> task<void> {
       co_await s.mutex.acquire();
       s.mutex.release();
     },
     [](stage& s) { s.mutex.release(); }, nullptr},
    {"async_event_wait", [](stage& s) -> task<void> { co_await s.go.wait(); }, go,
     nullptr},
    {"async_condition_wait",
     [](stage& s) -> task<void> {
       auto held = co_await s.condition_mutex.lock();
       co_await s.condition.wait();
     },
     [](stage& s) {
       EXPECT_TRUE(s.condition_mutex.try_acquire());
       s.condition.notify();
       s.condition_mutex.release();
     },
     nullptr},
    {"async_condition_wait_for",
     [](stage& s) -> task<void> {
       auto held = co_await s.condition_mutex.lock();
       co_await s.condition.wait_for([&] { return s.go.is_set(); });
     },
     [](stage& s) {
       EXPECT_TRUE(s.condition_mutex.try_acquire());
       s.go.set();
       s.condition.notify_all();
       s.condition_mutex.release();
     },
     nullptr},
    {"async_semaphore_acquire",
     [](stage& s) -> task<void> { co_await s.semaphore.acquire(); },
     [](stage& s) { s.semaphore.release(); }, nullptr},
    {"async_semaphore_permit",
     [](stage& s) -> task<void> { auto slot = co_await s.semaphore.permit(); },
     [](stage& s) { s.semaphore.release(); }, nullptr},
    {"async_barrier_wait",
     [](stage& s) -> task<void> { co_await s.barrier.wait(); },
     [](stage& s) {
       start(s.w, [](stage& x) -> task<void> { co_await x.barrier.wait(); }(s));
     },
     [](stage& s) { s.barrier.abort(); }},
    {"async_queue_get", [](stage& s) -> task<void> { co_await s.empty.get(); },
     [](stage& s) { s.empty.put_nowait(1); }, [](stage& s) { s.empty.shutdown(); }},
    {"async_queue_put", [](stage& s) -> task<void> { co_await s.full.put(2); },
     [](stage& s) { EXPECT_EQ(s.full.get_nowait(), 1); },
     [](stage& s) { s.full.shutdown(); }},
    {"async_queue_join", [](stage& s) -> task<void> { co_await s.full.join(); },
     [](stage& s) { s.full.task_done(); }, nullptr},
    {"async_fd_readable",
     [](stage& s) -> task<void> {
       async_fd f(s.a);
       f.not_readable();
       co_await f.readable();
     },
     [](stage& s) { EXPECT_EQ(write(s.b, "x", 1), 1); }, nullptr},
    {"async_fd_writable",
     [](stage& s) -> task<void> {
       s.fill();
       async_fd f(s.a);
       f.not_writable();
       co_await f.writable();
     },
     [](stage& s) { s.drain(); }, nullptr},
    {"async_fd_read_some",
     [](stage& s) -> task<void> {
       async_fd f(s.a);
       char c;
       co_await f.read_some(&c, 1);
     },
     [](stage& s) { EXPECT_EQ(write(s.b, "x", 1), 1); },
     [](stage& s) { // closing with something unread resets the connection
       EXPECT_EQ(write(s.a, "x", 1), 1);
       close(std::exchange(s.b, -1));
     }},
    {"async_fd_write_all",
     [](stage& s) -> task<void> {
       s.fill();
       async_fd f(s.a);
       co_await f.write_all("xyz", 3);
     },
     [](stage& s) { s.drain(); }, [](stage& s) { close(std::exchange(s.b, -1)); }},
};

void PrintTo(const awaitable& a, std::ostream* out) { *out << a.name; }

class Awaitable : public testing::TestWithParam<awaitable> {
protected:
  int alive = 0; // before the stage, whose end it must outlive
  stage s;
  task_handle<void> h;

  static task<void> awaits(const awaitable& a, stage& st, int& n) {
    tracked t(n);
    co_await a.wait(st);
  }
  static task<void> awaits_and_goes_on(const awaitable& a, stage& st, int& n,
                                       int& reached) {
    tracked t(n);
    co_await a.wait(st);
    reached = 1;
    co_await yield_now();
    reached = 2;
  }
  static task<void> awaits_in_time(const awaitable& a, stage& st, int& n) {
    tracked t(n);
    co_await wait_for(a.wait(st), 1ms);
  }
  void iterate(int n = 8) {
    for (int i = 0; i < n; ++i)
      s.w.loop->run_once();
  }
  void park() { park(awaits(GetParam(), s, alive)); }
  void park(task<void> t) {
    h = start(s.w, std::move(t));
    if (!GetParam().parks)
      return s.w.loop->run_once();
    iterate();
    ASSERT_EQ(h.state(), task_state::pending);
  }
  /// Until the value is on its way, and the task has not resumed.
  void wake() {
    GetParam().release(s);
    for (int i = 0; i < 8 && h.state() != task_state::scheduled; ++i)
      s.w.loop->run_once();
    ASSERT_EQ(h.state(), task_state::scheduled);
  }
  void expect_value() {
    ASSERT_TRUE(h.done());
    EXPECT_EQ(h.exception(), nullptr);
    EXPECT_EQ(alive, 0);
    EXPECT_TRUE(s.w.reports.empty());
  }
  void expect_cancelled() {
    ASSERT_TRUE(h.done());
    EXPECT_TRUE(h.cancelled());
    EXPECT_EQ(alive, 0);
  }
};

TEST_P(Awaitable, EndsWithItsValue) {
  if (!GetParam().release)
    return;
  park();
  GetParam().release(s);
  iterate();
  expect_value();
}

TEST_P(Awaitable, PassesOnItsError) {
  if (!GetParam().fail)
    return;
  park();
  GetParam().fail(s);
  iterate();
  ASSERT_TRUE(h.done());
  EXPECT_FALSE(h.cancelled());
  EXPECT_NE(h.exception(), nullptr);
  EXPECT_EQ(alive, 0);
}

TEST_P(Awaitable, CancelledWhileItWaits) {
  if (!GetParam().parks)
    return;
  park();
  h.cancel();
  iterate();
  if (GetParam().masks) {
    EXPECT_FALSE(h.done());
    GetParam().release(s);
    iterate();
    return expect_value();
  }
  expect_cancelled();
  EXPECT_TRUE(s.w.reports.empty());
}

TEST_P(Awaitable, CancelledBeforeItWaits) {
  h = start(s.w, awaits(GetParam(), s, alive));
  h.cancel();
  iterate();
  if (GetParam().masks) {
    EXPECT_FALSE(h.done());
    GetParam().release(s);
    iterate();
    return expect_value();
  }
  expect_cancelled();
}

TEST_P(Awaitable, CancelledByAScopeWhileItWaits) {
  if (!GetParam().parks)
    return;
  h = start(s.w, awaits_in_time(GetParam(), s, alive));
  iterate();
  s.w.clock.advance(1ms);
  iterate();
  if (GetParam().masks) {
    EXPECT_FALSE(h.done());
    GetParam().release(s);
    iterate();
    return expect_value();
  }
  ASSERT_TRUE(h.done());
  EXPECT_THROW(h.result(), timeout_error);
  EXPECT_EQ(alive, 0);
}

TEST_P(Awaitable, CancelledWithItsValueOnTheWay) {
  if (!GetParam().release)
    return;
  int reached = 0;
  park(awaits_and_goes_on(GetParam(), s, alive, reached));
  wake();
  h.cancel();
  iterate();
  EXPECT_EQ(reached, 1); // the value first; the request at the next wait
  expect_cancelled();
  EXPECT_TRUE(s.w.reports.empty());
}

TEST_P(Awaitable, OutOfTimeWithItsValueOnTheWay) {
  if (!GetParam().release || GetParam().release == pass_time)
    return;
  park(awaits_in_time(GetParam(), s, alive));
  wake();
  s.w.clock.advance(1ms);
  iterate();
  expect_value();
}

TEST_P(Awaitable, DestroyedWhileItWaits) {
  park();
  EXPECT_EQ(alive, 1);
  s.w.loop.reset();
  expect_cancelled();
}

TEST_P(Awaitable, DestroyedWithItsValueOnTheWay) {
  if (!GetParam().release)
    return;
  park();
  wake();
  s.w.loop.reset();
  expect_cancelled();
}

INSTANTIATE_TEST_SUITE_P(Every, Awaitable, testing::ValuesIn(all),
                         [](const auto& info) { return std::string(info.param.name); });

} // namespace
