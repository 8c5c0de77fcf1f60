// Each allocation of a scenario fails once. std::bad_alloc comes out of what asked, what
// has begun is ended, and the next run finds nothing amiss. AddressSanitizer sees what is
// lost or used too long; without it frames are kept for the next run, so that fewer fail.

#include <nostall/nostall.h>

#include <cstdio>
#include <cstdlib>
#include <fcntl.h>
#include <new>
#include <optional>
#include <ranges>
#include <string>
#include <sys/socket.h>
#include <unistd.h>
#include <vector>

using namespace nostall;
using namespace std::chrono_literals;

namespace {

thread_local long countdown = 0; ///< the allocation that fails; 0: none
thread_local bool failed = false;

void* allocate(std::size_t size, std::size_t alignment = alignof(std::max_align_t)) {
  if (countdown > 0 && --countdown == 0) {
    failed = true;
    throw std::bad_alloc();
  }
  size = (size + alignment) / alignment * alignment;
  if (void* p = std::aligned_alloc(alignment, size))
    return p;
  throw std::bad_alloc();
}

} // namespace

void* operator new(std::size_t n) { return allocate(n); }
void* operator new(std::size_t n, std::align_val_t a) {
  return allocate(n, static_cast<std::size_t>(a));
}
void operator delete(void* p) noexcept { std::free(p); }
void operator delete(void* p, std::size_t) noexcept { std::free(p); }
void operator delete(void* p, std::align_val_t) noexcept { std::free(p); }
void operator delete(void* p, std::size_t, std::align_val_t) noexcept { std::free(p); }

namespace {

const std::string long_text(50, 'x');

task<int> later(int n) {
  co_await nostall::sleep(std::chrono::microseconds(n));
  co_return n;
}
task<int> soon(int n) {
  co_await yield_now();
  co_return n;
}

task<void> handles() {
  auto a = create_task(soon(1), long_text);
  auto b = create_task(later(20));
  a.add_done_callback([text = long_text](task_handle<int>) {});
  co_await a;
  co_await shield(b);
}
task<void> gathered() {
  co_await gather(soon(1), later(20), yield_now());
  std::vector<task<int>> some;
  for (int i = 0; i < 5; ++i)
    some.push_back(later(i));
  co_await gather(std::move(some));
}
task<void> in_order_of_ending() {
  for (auto next : as_completed(soon(1), later(20), later(10)))
    co_await next;
  for (auto next : as_completed(std::views::iota(0, 5) | std::views::transform(later)))
    co_await next;
}
task<void> waited_for() {
  std::vector<task_handle<int>> some{create_task(soon(1)), create_task(later(20))};
  co_await nostall::wait(some, return_when::first_completed, 1s);
  for (auto& h : some)
    co_await h;
}
task<void> timeouts() {
  co_await wait_for(soon(1), 1s);
  co_await try_wait_for(nostall::sleep(1h), 20us);
}
task<void> groups() {
  co_await with_task_group([](task_group& g) -> task<void> {
    g.start(nostall::sleep(1h));
    g.start(later(20));
    auto h = g.create_task(soon(1));
    co_await h;
    co_await nostall::sleep(10us);
    g.cancel();
  });
}
task<void> cancelled() {
  auto h = create_task(groups());
  co_await yield_now();
  co_await yield_now();
  h.cancel();
  co_await h.join();
  if (!h.cancelled())
    h.result();
}
task<void> queues() {
  async_queue<std::string> q(1);
  channel<std::string> c(1);
  co_await q.put(long_text);
  co_await c.send(long_text);
  co_await with_task_group([&](task_group& g) -> task<void> {
    g.start([](async_queue<std::string>& to, channel<std::string> on) -> task<void> {
      co_await to.put(long_text);
      co_await on.send(long_text);
    }(q, c));
    for (int i = 0; i < 2; ++i) {
      co_await wait_for(q.get(), 1h);
      co_await wait_for(c.receive(), 1h);
    }
  });
}
task<void> conditions() {
  async_mutex m;
  async_condition condition(m);
  bool ready = false;
  auto h = create_task([](async_mutex& m, async_condition& c, bool& ok) -> task<void> {
    auto lock = co_await m.lock();
    while (!ok)
      co_await c.wait();
  }(m, condition, ready));
  co_await yield_now();
  {
    auto lock = co_await m.lock();
    ready = true;
    condition.notify_all();
  }
  co_await h;
}
async_generator<std::string> texts() {
  for (int i = 0; i < 3; ++i) {
    co_await nostall::sleep(1us);
    co_yield long_text;
  }
}
task<void> generators() {
  auto g = texts();
  while (co_await g.next()) {
  }
}
context_var<std::string> variable("none");
task<void> contexts() {
  co_await create_task([]() -> task<void> {
    variable.set(long_text);
    co_await create_task([]() -> task<void> {
      variable.get();
      co_return;
    }());
  }());
}
task<void> descriptors() {
  struct ends {
    int s[2]{-1, -1};
    ~ends() {
      close(s[0]);
      close(s[1]);
    }
  } e;
  if (socketpair(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0, e.s))
    std::abort();
  async_fd a(e.s[0]), b(e.s[1]);
  char got[4];
  co_await b.write_all("abc", 3);
  co_await a.read_some(got, sizeof got);
  co_await try_wait_for(a.read_some(got, sizeof got), 10us);
}
task<void> callbacks() {
  event_loop& l = get_running_loop();
  l.call_soon([text = long_text] {});
  l.call_later(1us, [] {});
  loop_handle(l).post([text = long_text] {});
  co_await nostall::sleep(10us);
  l.all_task_names();
}
task<void> threads() { co_await to_thread([] { return long_text; }); }

/// Whether it is, or is made of, nothing but std::bad_alloc.
bool is_bad_alloc(std::exception_ptr e) {
  try {
    std::rethrow_exception(std::move(e));
  } catch (const std::bad_alloc&) {
    return true;
  } catch (const exception_group& group) {
    for (const auto& one : group.exceptions())
      if (!is_bad_alloc(one))
        return false;
    return true;
  } catch (...) {
    return false;
  }
}

int run_all() {
  const struct {
    const char* name;
    task<void> (*run)();
  } scenarios[] = {
      {"handles", handles},       {"gathered", gathered},     {"in order", in_order_of_ending},
      {"waited for", waited_for}, {"timeouts", timeouts},     {"groups", groups},
      {"cancelled", cancelled},   {"queues", queues},         {"conditions", conditions},
      {"generators", generators}, {"contexts", contexts},     {"descriptors", descriptors},
      {"callbacks", callbacks},   {"threads", threads},
  };
  int wrong = 0;
  for (const auto& s : scenarios) {
    long failures = 0;
    for (long n = 1;; ++n) {
      std::exception_ptr e;
      std::optional<event_loop> loop; // destroyed later: what that reports takes memory
      failed = false;
      countdown = n;
      try {
        loop.emplace();
        loop->set_exception_handler([](const exception_context&) {});
        loop->run_until_complete(s.run());
      } catch (...) {
        e = std::current_exception();
      }
      countdown = 0;
      if (e && (!failed || !is_bad_alloc(e))) {
        std::printf("%s: with allocation %ld: something else is thrown\n", s.name, n);
        ++wrong;
      }
      if (!failed)
        break;
      ++failures;
    }
    if (!failures) {
      std::printf("%s: nothing was allocated\n", s.name);
      ++wrong;
    }
    std::printf("%s: %ld failures\n", s.name, failures);
  }
  return wrong ? 1 : 0;
}

} // namespace

int main() { return run_all(); }
