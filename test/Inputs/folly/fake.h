//===- fake.h - folly as far as the linter's tests go ---------------------===//
//
// folly is in no Debian release, so the tests cannot use its headers. These
// declarations have folly's names and shapes; nothing here runs.
//
//===----------------------------------------------------------------------===//

#ifndef FAKE_FOLLY_H
#define FAKE_FOLLY_H

#include <chrono>
#include <coroutine>
#include <cstdint>
#include <functional>
#include <utility>

namespace folly {

struct Unit {};
using Func = std::function<void()>;

//===--- executors ----------------------------------------------------------------

class Executor {
public:
  template <class T = Executor> class KeepAlive {
  public:
    KeepAlive() = default;
    template <class U> KeepAlive(U *);
    T *get() const;
  };
  virtual ~Executor() = default;
  virtual void add(Func) = 0;
};
class CPUThreadPoolExecutor : public Executor {
public:
  explicit CPUThreadPoolExecutor(int threads);
  void add(Func) override;
};
class EDFThreadPoolExecutor : public CPUThreadPoolExecutor {};
class IOThreadPoolExecutor : public CPUThreadPoolExecutor {};
class ThreadedExecutor : public Executor {
public:
  void add(Func) override;
};
class EventBase : public Executor {
public:
  void add(Func) override;
  bool loop();
  bool loopOnce(int flags = 0);
  void loopForever();
  void runInLoop(Func);
  void runBeforeLoop(Func *);
  void runInEventBaseThread(Func) noexcept;
  void runInEventBaseThreadAlwaysEnqueue(Func) noexcept;
  void runInEventBaseThreadAndWait(Func) noexcept;
  void runAfterDelay(Func, uint32_t milliseconds);
  bool tryRunAfterDelay(Func, uint32_t milliseconds);
};
class VirtualEventBase : public EventBase {};
Executor::KeepAlive<> getGlobalCPUExecutor();

//===--- futures --------------------------------------------------------------------

namespace futures::detail {
template <class T> class FutureBase {
public:
  bool isReady() const;
};
} // namespace futures::detail

template <class T> class [[nodiscard]] SemiFuture : public futures::detail::FutureBase<T> {
public:
  T get() &&;
  T get(std::chrono::milliseconds) &&;
  T getTry() &&;
  SemiFuture &wait() &;
};
template <class T> class [[nodiscard]] Future : public futures::detail::FutureBase<T> {
public:
  T get() &&;
  T getTry() &&;
  T getVia(Executor *) &&;
  Future &wait() &;
  Future &waitVia(Executor *) &;
};
template <class F> auto via(Executor::KeepAlive<>, F f) -> Future<decltype(f())> { throw f; }

namespace coro {
struct awaiter {
  bool await_ready() const noexcept;
  void await_suspend(std::coroutine_handle<>) noexcept;
};
template <class T> struct awaiter_of : awaiter {
  T await_resume();
};
} // namespace coro
template <class T> coro::awaiter_of<T> operator co_await(Future<T> &&);
template <class T> coro::awaiter_of<T> operator co_await(SemiFuture<T> &&);

template <bool MayBlock = true> class Baton {
public:
  void post();
  bool ready() const;
  void wait();
  bool try_wait_for(std::chrono::milliseconds);
  bool try_wait_until(std::chrono::steady_clock::time_point);
};

//===--- Synchronized ------------------------------------------------------------------

template <class T> class LockedPtr {
public:
  LockedPtr(LockedPtr &&) noexcept;
  ~LockedPtr();
  T *operator->() const;
  T &operator*() const;
  void unlock();
};
template <class T> class Synchronized {
public:
  LockedPtr<T> wlock();
  LockedPtr<const T> rlock() const;
  LockedPtr<T> lock();
  template <class F> auto withWLock(F &&f);
};

//===--- coroutines --------------------------------------------------------------------

namespace coro {

template <class T> struct value_of {
  void return_value(T);
};
template <> struct value_of<void> {
  void return_void();
};

template <class T> class [[nodiscard]] TaskWithExecutor {
public:
  TaskWithExecutor(TaskWithExecutor &&) noexcept;
  ~TaskWithExecutor();
  SemiFuture<T> start() &&;
  awaiter_of<T> operator co_await() && noexcept;
};

template <class T = void> class [[nodiscard]] Task {
public:
  class promise_type : public value_of<T> {
  public:
    Task get_return_object() noexcept;
    std::suspend_always initial_suspend() noexcept { return {}; }
    std::suspend_always final_suspend() noexcept { return {}; }
    void unhandled_exception() noexcept;
    template <class U> TaskWithExecutor<U> await_transform(Task<U> &&);
    template <class A> A &&await_transform(A &&awaitable) {
      return static_cast<A &&>(awaitable);
    }
  };
  Task(Task &&) noexcept;
  ~Task();
  TaskWithExecutor<T> scheduleOn(Executor::KeepAlive<>) &&;
  SemiFuture<T> semi() &&;
};
template <class T> awaiter_of<T> operator co_await(Task<T> &&);

template <class T> TaskWithExecutor<T> co_withExecutor(Executor::KeepAlive<>, Task<T>);
template <class T> T blockingWait(Task<T>);
template <class... T> Task<void> collectAll(Task<T>...);
Task<void> sleep(std::chrono::microseconds);

class AsyncScope {
public:
  template <class T> void add(TaskWithExecutor<T>);
  Task<void> joinAsync();
};
class CancellableAsyncScope {
public:
  template <class T> void add(TaskWithExecutor<T>);
};

class Mutex {
public:
  Task<void> co_lock();
  bool try_lock();
  void unlock();
};

} // namespace coro
} // namespace folly

#endif
