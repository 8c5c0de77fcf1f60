// What nostall-survive makes its mutants from: a bit of everything that the
// analysis looks at, with light headers, so that a mutant takes milliseconds.
#include "co.h"
#include <nostall/annotations.h>

extern "C" {
unsigned sleep(unsigned);
long read(int, void *, unsigned long);
int poll(void *, unsigned long, int);
int open(const char *, int, ...);
extern int errno_value;
}
#define EAGAIN 11
#define O_NONBLOCK 04000

namespace std {
template <class T> T &&move(T &);
struct defer_lock_t {
} inline constexpr defer_lock;
class mutex {
public:
  void lock();
  void unlock();
  bool try_lock();
};
template <class M> class lock_guard {
public:
  explicit lock_guard(M &);
  ~lock_guard();
};
template <class M> class unique_lock {
public:
  unique_lock();
  explicit unique_lock(M &);
  unique_lock(M &, defer_lock_t);
  unique_lock(unique_lock &&);
  unique_lock &operator=(unique_lock &&);
  ~unique_lock();
  void lock();
  void unlock();
  bool try_lock();
  explicit operator bool() const;
  bool owns_lock() const;
};
enum class future_status { ready, timeout, deferred };
template <class T> class future {
public:
  future(future &&);
  ~future();
  T get();
  void wait();
  future_status wait_for(int);
};
template <class F> future<int> async(F) { throw 1; }
class thread {
public:
  template <class F> explicit thread(F) {}
  void join();
  void detach();
};
template <class I, class F> void for_each(I, I, F) {}
template <class T> class function;
template <class R, class... A> class function<R(A...)> {
public:
  template <class F> function(F) {}
  R operator()(A...) const;
};
} // namespace std

struct Base {
  virtual ~Base();
  virtual void step() = 0;
  virtual co::task<int> ask(int n = sleep(1)) = 0;
};
struct Heir final : Base {
  void step() override { sleep(1); }
  co::task<int> ask(int n) override {
    step();
    co_return n;
  }
  int member = sleep(2);
  std::mutex mutex_;
};
struct Awaiter {
  bool await_ready();
  void await_suspend(std::coroutine_handle<>) { sleep(1); }
  int await_resume();
};
struct Range {
  int *begin() { return sleep(1) ? nullptr : nullptr; }
  int *end();
};
template <class T> struct Pool {
  NOSTALL_SWITCHES_TO(worker) co::operation<> schedule();
  template <class F> auto run(NOSTALL_RUNS_ON(worker) F f) -> co::operation<decltype(f())> { return {}; }
  co::task<T> value() {
    sleep(sizeof(T));
    co_return T();
  }
  T items[2];
};
template <class F> void call(F &&f) { f(); }
template <class F, class... A> void call_with(F f, A... a) { (f(a), ...); }
template <bool B> void maybe() {
  if constexpr (B)
    sleep(1);
  else
    call([] {});
}

NOSTALL_BLOCKING(db) int query();
NOSTALL_ALLOW_BLOCKING("known") void allowed() { sleep(1); }
NOSTALL_LOOP_ONLY void tick() { sleep(1); }

int helper(int n) { return n ? helper(n - 1) : sleep(1); }

co::task<> blocking(Base &b, Heir h, Range range, Pool<int> &pool, void (*pointer)()) {
  sleep(1);
  helper(2);
  b.step();
  h.step();
  pointer();
  call([&] { sleep(1); });
  call(allowed);
  call_with([](auto n) { helper(n); }, 1, 2);
  maybe<true>();
  for (int i : range)
    helper(i);
  int items[] = {1, 2};
  std::for_each(items, items + 2, [](int i) { sleep(i); });
  std::function<void()> kept = [] { sleep(1); };
  kept();
  switch (query()) {
  case 0:
    co_return;
  case 1 ... 3:
    helper(1);
    [[fallthrough]];
  default:
    break;
  }
  co_await Awaiter();
  co_await pool.run([] { return helper(1); });
  co_await pool.schedule();
  sleep(1);
  std::thread([] { sleep(1); }).detach();
  NOSTALL_ALLOW_BLOCKING("known") { sleep(1); }
  sleep(1); // NOLINT(nostall-blocking-call)
}

co::task<long> descriptors(int fd, char *buffer) {
  int own = open("path", O_NONBLOCK);
  read(own, buffer, 1);
  long n = read(fd, buffer, 1);
  if (n < 0 && errno_value == EAGAIN)
    poll(nullptr, 0, 0);
  co_return n ?: helper(1);
}

co::task<int> futures(std::future<int> f, bool c) {
  auto g = std::async([] { return helper(1); });
  if (c && f.wait_for(0) == std::future_status::ready)
    co_return f.get();
  const bool ready = g.wait_for(0) == std::future_status::ready;
  do {
    if (!ready)
      continue;
    co_return g.get();
  } while (c);
  goto end;
end:
  co_return f.get();
}

co::task<> f(int = 0);
co::task<> operator||(co::task<>, co::task<>);
co::detached detached();

co::task<> drops(bool c, Base *base) {
  f();
  f(), f(1);
  c ? f() : f(2);
  (void)f();
  f() || f();
  base->ask();
  base->ask(1).done();
  auto t = f();
  auto u = f(), v = f(3);
  co::task<> w{f()};
  if (c)
    co_await std::move(u);
  v;
  std::move(v);
  for (f(); c; f())
    ;
  detached();
  int n = ({
    f();
    1;
  });
  try {
    throw n;
  } catch (int) {
    f();
    auto in_handler = f();
  } catch (...) {
    sleep(1);
  }
  auto lambda = [t = std::move(t)]() mutable -> co::task<> { co_await std::move(t); };
  lambda();
  auto generic = [](auto... tasks) -> co::task<> { (co_await std::move(tasks), ...); };
  generic(f(), f());
  auto [first, second] = Pool<int>{}.items;
}

co::generator<int> numbers(std::mutex &m) {
  std::lock_guard<std::mutex> guard(m);
  sleep(1);
  co_yield 1;
}

co::task<> locks(Heir &h, bool c) {
  std::unique_lock<std::mutex> guard(h.mutex_, std::defer_lock), other;
  if (c && guard.try_lock())
    co_await f();
  other = std::unique_lock<std::mutex>(h.mutex_);
  while (!guard.owns_lock()) {
    guard.lock();
    co_await f();
    if (c)
      break;
    guard.unlock();
  }
  auto moved = std::move(guard);
  h.mutex_.lock();
  co_await f();
  h.mutex_.unlock();
  for (int n : numbers(h.mutex_))
    co_await f(n);
}

template <class T> requires(sizeof(T) > 1) co::task<T> dependent(T t, std::mutex &m) {
  std::lock_guard guard(m);
  t.run();
  f();
  auto kept = t.later();
  co_await t;
  co_await typename T::type();
  for (auto x : t)
    co_await x;
  co_return t.value;
}

co::eager<> (*function)(int) = nullptr;
auto global = [] { return f(); }();
int main() {
  f();
  sleep(1);
  Pool<long> pool;
  pool.value();
  function(1);
}

// Ranges that are their own iterators, and two that are each other's.
struct own_range {
  struct promise_type {
    own_range get_return_object();
    std::suspend_always initial_suspend() noexcept;
    std::suspend_always final_suspend() noexcept;
    std::suspend_always yield_value(int);
    void return_void();
    void unhandled_exception();
  };
  own_range &begin();
  own_range next();
  int end();
};
struct pong;
struct ping {
  struct promise_type {
    ping get_return_object();
    std::suspend_always initial_suspend() noexcept;
    std::suspend_always final_suspend() noexcept;
    std::suspend_always yield_value(int);
    void return_void();
    void unhandled_exception();
  };
  pong next();
};
struct pong {
  struct promise_type {
    pong get_return_object();
    std::suspend_always initial_suspend() noexcept;
    std::suspend_always final_suspend() noexcept;
    std::suspend_always yield_value(int);
    void return_void();
    void unhandled_exception();
  };
  ping begin();
};
own_range counts() { co_yield 1; }
ping pings() { co_yield 1; }
pong pongs() { co_yield 1; }
