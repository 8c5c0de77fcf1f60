// The second corpus of nostall-survive: co_await, co_yield and co_return in
// every place of the grammar, and coroutine types of every odd shape.
#include "co.h"

extern "C" unsigned sleep(unsigned);

namespace std {
template <class T> T &&move(T &);
template <class T> T &&forward(T &);
template <class T> struct initializer_list {
  const T *first;
  unsigned long count;
  const T *begin() const { return first; }
  const T *end() const { return first + count; }
};
template <class T> struct vector {
  vector();
  vector(std::initializer_list<T>);
  T *begin();
  T *end();
  T &operator[](int);
};
template <class A, class B> struct pair {
  A first;
  B second;
};
class mutex {
public:
  void lock();
  void unlock();
  bool try_lock();
};
template <class M> class unique_lock {
public:
  unique_lock();
  explicit unique_lock(M &);
  unique_lock(unique_lock &&);
  unique_lock &operator=(unique_lock &&);
  ~unique_lock();
  void lock();
  void unlock();
  bool try_lock();
  void swap(unique_lock &);
  explicit operator bool() const;
  bool owns_lock() const;
};
enum class future_status { ready, timeout, deferred };
template <class T> class future {
public:
  future(future &&);
  ~future();
  T get();
  future_status wait_for(int) const;
};
} // namespace std

using co::task;
task<int> one();
task<bool> yes();
task<> nothing();

//===--- types ------------------------------------------------------------------

/// A generator that is its own iterator, promise and handle.
struct itself {
  using promise_type = itself;
  itself get_return_object() { return *this; }
  itself initial_suspend() { return *this; }
  itself final_suspend() noexcept { return *this; }
  itself yield_value(int) { return *this; }
  itself await_transform(itself i) { return i; }
  void return_void() {}
  void unhandled_exception() {}
  bool await_ready() const noexcept { return false; }
  itself await_suspend(std::coroutine_handle<>) noexcept = delete;
  itself begin() { return *this; }
  itself end() { return *this; }
  itself operator*() { return *this; }
  itself operator++() { return *this; }
  bool operator!=(itself) { return false; }
  itself operator co_await() { return *this; }
};
struct returns_itself {
  struct promise_type {
    returns_itself get_return_object() { return {}; }
    std::suspend_always initial_suspend() { return {}; }
    std::suspend_always final_suspend() noexcept { return {}; }
    returns_itself yield_value(returns_itself r) { return r; }
    void return_value(returns_itself) {}
    void unhandled_exception() {}
  };
  bool await_ready() { return true; }
  void await_suspend(std::coroutine_handle<promise_type>) {}
  returns_itself await_resume() { return *this; }
};
returns_itself loops_back() {
  auto r = co_await loops_back();
  r = co_yield (co_await (co_yield r));
  co_return co_await co_await r;
}

/// Awaiters of awaiters: each gives the next, and the last one the first.
template <int N> struct awaits {
  auto operator co_await() const { return awaits<N - 1>(); }
  awaits<N - 1> await_resume();
};
template <> struct awaits<0> {
  bool await_ready() const noexcept { return false; }
  bool await_suspend(std::coroutine_handle<>) const noexcept { return sleep(1); }
  awaits<3> await_resume() const noexcept;
};
awaits<3> awaits<0>::await_resume() const noexcept { return {}; }
struct by_conversion {
  operator awaits<0>() const { return {}; }
};
struct resumes_another {
  std::coroutine_handle<> next;
  bool await_ready() const { return !next; }
  std::coroutine_handle<> await_suspend(std::coroutine_handle<> h) {
    auto first = next;
    next = h;
    return first;
  }
  int await_resume() { return sleep(2); }
};
awaits<0> operator co_await(by_conversion);

/// A promise that refuses, transforms and allocates.
struct strict {
  struct promise_type {
    promise_type(int, strict &);
    static strict get_return_object_on_allocation_failure();
    void *operator new(unsigned long, int, strict &) noexcept;
    void operator delete(void *, unsigned long);
    strict get_return_object() { return {}; }
    awaits<0> initial_suspend();
    awaits<0> final_suspend() noexcept;
    void await_transform(int) = delete;
    template <class T> T await_transform(T t) { return t; }
    awaits<0> yield_value(std::initializer_list<int>) { return {}; }
    void return_value(int) {}
    void unhandled_exception() { sleep(1); }
  };
};
strict of_strict(int n, strict &s) {
  co_yield {n, n};
  co_yield {};
  co_await awaits<0>();
  co_return {n};
}
template <class... A> struct std::coroutine_traits<int, A...> {
  struct promise_type {
    int get_return_object() { return 0; }
    std::suspend_never initial_suspend() { return {}; }
    std::suspend_never final_suspend() noexcept { return {}; }
    void return_void() {}
    void unhandled_exception() {}
  };
};
int by_traits(int n, char, char) {
  co_await nothing();
  if (n)
    co_return;
}

//===--- conditions and loops ------------------------------------------------------

task<int> conditions(int n) {
  if (co_await yes())
    n = co_await one();
  else if (!co_await yes() && (co_await yes() || co_await one() == 1))
    n += co_await one();
  if (int got = co_await one(); got && co_await yes())
    n = got;
  if (auto got = co_await one())
    n -= got;
  while (co_await yes())
    if (co_await yes())
      continue;
    else
      break;
  do
    n++;
  while (co_await yes());
  for (int i = co_await one(); i < co_await one(); i += co_await one())
    ;
  for (; auto more = co_await one();)
    n = more;
  switch (co_await one()) {
  case 1:
    co_await nothing();
    [[fallthrough]];
  case 2 ... 4: {
    co_return co_await one();
  }
  default:
    switch (auto k = co_await one(); k)
    default:
      co_await nothing();
  }
  for (auto x : {co_await one(), co_await one()})
    n += x;
  for (std::vector<int> v{co_await one()}; auto &x : v)
    x = co_await one();
  for (auto step : itself())
    co_await awaits<0>();
again:
  if (co_await yes())
    goto again;
  co_return n ? co_await one() : co_await yes() ? co_await one() : -1;
}

//===--- expressions ---------------------------------------------------------------

int sum(int, int = 2);
struct point {
  int x, y;
  int norm() const;
  point &operator+=(int);
  int operator()(int) const;
  int operator[](int, int) const;
};
task<point> here();
task<int *> pointer();

task<int> expressions(int n, int *p) {
  n = co_await one() + co_await one() * -co_await one();
  n += (co_await one(), co_await one());
  n = sum(co_await one());
  n = sum(co_await one(), co_await one());
  n = (co_await here()).norm() + (co_await here()).x;
  n = (co_await here())(co_await one());
  n = (co_await here())[co_await one(), co_await one()];
  p[co_await one()] = *co_await pointer();
  (co_await pointer())[0] = n;
  point q{co_await one(), .y = co_await one()};
  point r = {.x = co_await one(), .y = co_await one()};
  q += co_await one();
  int all[] = {co_await one(), co_await one()};
  auto [a, b] = co_await here();
  auto &&ref = co_await here();
  std::pair two{co_await one(), co_await yes()};
  auto *made = new point{co_await one(), 1};
  auto *many = new int[co_await one()];
  delete co_await pointer();
  delete[] many;
  n = static_cast<int>(co_await one()) + int(co_await one()) + (int)co_await one();
  n = sizeof(n) + alignof(point) + noexcept(n);
  n = all[0] <=> co_await one() < 0;
  (void)co_await one();
  co_await (co_await yes() ? nothing() : nothing());
  co_await nothing(), co_await nothing();
  n = ({ int k = co_await one(); k; });
  n = co_await one() ?: 2;
  throw co_await one();
}
template <class... T> task<int> folds(T... t) {
  co_return (co_await std::move(t) + ...);
}
template <class... T> task<> folds_commas(T... t) {
  (co_await std::move(t), ...);
  bool all = (... && bool(co_await [](T) -> task<int> { co_return 1; }(std::move(t))));
}

//===--- lambdas and default arguments ---------------------------------------------

task<> lambdas(int n) {
  auto f = [n, m = co_await one(), &r = n]() -> task<int> { co_return n + m + co_await one(); };
  co_await f();
  co_await [](auto... t) -> task<> { (co_await std::move(t), ...); }(one(), yes());
  [&]() -> co::detached { co_await nothing(); }();
  auto y = [](this auto self, int k) -> task<int> { co_return k ? co_await self(k - 1) : 0; };
  co_await y(co_await one());
  auto g = [x = [m = co_await one()]() -> task<int> { co_return m; }] { return x(); };
  co_await g();
}
task<> takes(task<int> t = one(), int n = [] { return 1; }()) {
  co_await std::move(t);
}
task<> gives() {
  co_await takes();
  co_await takes(one());
}

//===--- try, locks, futures -------------------------------------------------------

std::mutex m;
task<int> tries(std::future<int> f, std::unique_lock<std::mutex> lock) try {
  try {
    std::unique_lock inner(m);
    co_await nothing();
    try {
      co_return co_await one();
    } catch (int) {
      inner.unlock();
      throw;
    }
  } catch (point &p) {
    lock.lock();
  } catch (...) {
    std::unique_lock other(std::move(lock));
    other.swap(lock);
  }
  bool got = m.try_lock() && co_await yes();
  if (!got)
    co_return 0;
  auto status = f.wait_for(0);
  switch (status) {
  case std::future_status::ready:
    co_return f.get();
  case std::future_status::timeout:
    m.unlock();
  default:
    co_await nothing();
  }
  co_return f.get();
} catch (...) {
  sleep(1);
}

//===--- classes, templates, nobody's instances --------------------------------------

struct server {
  server(int n) : fd(n) {}
  task<> run() {
    auto self = *this;
    co_await step(co_await one());
    co_await this->step<2>(1);
  }
  template <int N = 1> task<> step(int n) {
    fd = n ? co_await one() : N;
    if constexpr (N > 1)
      co_await step<N - 1>(n);
  }
  virtual task<> over() { co_return; }
  static task<> shared(server s) { co_await s.over(); }
  friend task<> friendly(server &s) { co_await s.run(); }
  task<> operator()(int) && { co_await nothing(); }
  task<> operator<<(auto x) { co_await x; }
  ~server() { [](server *s) -> co::detached { co_await s->run(); }(this); }
  int fd = [] { return 1; }();
};
template <class T, class... More> task<T> never_made(T t, More... more) {
  co_await t;
  co_await t.member();
  auto x = co_await T::make(co_await more...[0]);
  for (auto y : co_await t)
    co_yield y;
  co_await [&](auto z) -> task<> { co_await z; co_await t; }(x);
  co_return co_await static_cast<T &&>(t);
}
template <class T>
concept awaitable = requires(T t) { t.await_ready(); t.await_resume(); };
template <awaitable A> task<> constrained(A a) { co_await a; }
template <template <class> class Task, class T> Task<T> of_any() { co_return T(); }
template task<int> of_any<task, int>();
task<> makes() {
  co_await folds(one(), one());
  co_await folds_commas(one(), nothing());
  co_await constrained(awaits<0>());
}

co::generator<int> numbers(int n) {
  co_yield n;
  co_yield n ? 1 : 2;
  for (int k : numbers(n - 1))
    co_yield k;
  int unused = (co_yield 3, 4);
}
co::async_generator<int> steps() {
  co_yield co_await one();
  co_yield (co_await yes() ? co_await one() : 0);
}
