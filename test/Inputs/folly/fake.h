//===- fake.h - folly as far as the linter's tests go ---------------------===//
//
// folly is in no Debian release, so the tests cannot use its headers. These
// declarations have folly's names and shapes; nothing here runs. Coroutines are
// awaited as in folly v2026.08.17: a Task and a SemiFuture have no operator
// co_await; the promise's await_transform takes anything and calls the function
// object co_viaIfAsync, which they customise as hidden friends, and a lock
// operation by a member.
//
//===----------------------------------------------------------------------===//

#ifndef FAKE_FOLLY_H
#define FAKE_FOLLY_H

#include <chrono>
#include <coroutine>
#include <cstdint>
#include <functional>
#include <string>
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
  bool loopIgnoreKeepAlive();
  void drive();
  void runInLoop(Func);
  void runBeforeLoop(Func *);
  void runInEventBaseThread(Func) noexcept;
  void runInEventBaseThreadAlwaysEnqueue(Func) noexcept;
  void runInEventBaseThreadAndWait(Func) noexcept;
  void runImmediatelyOrRunInEventBaseThreadAndWait(Func) noexcept;
  void runImmediatelyOrRunInEventBaseThread(Func) noexcept;
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

template <class T> class Future;
template <class T> class [[nodiscard]] SemiFuture : public futures::detail::FutureBase<T> {
public:
  friend Future<T> co_viaIfAsync(Executor::KeepAlive<> executor, SemiFuture<T> &&future) noexcept {
    return std::move(future).via(std::move(executor));
  }
  Future<T> via(Executor::KeepAlive<>) &&;
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
  T getTryVia(Executor *) &&;
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

template <bool MayBlock = true> class Baton {
public:
  void post();
  bool ready() const;
  void wait();
  bool try_wait_for(std::chrono::milliseconds);
  bool try_wait_until(std::chrono::steady_clock::time_point);
  bool timed_wait(std::chrono::milliseconds);
};
class SaturatingSemaphore {
public:
  void wait();
  bool try_wait_for(std::chrono::milliseconds);
  bool try_wait_until(std::chrono::steady_clock::time_point);
};
class Latch {
public:
  void wait();
  void arrive_and_wait();
  bool try_wait();
  bool try_wait_for(std::chrono::milliseconds);
  bool try_wait_until(std::chrono::steady_clock::time_point);
};
namespace detail {
class LifoSemBase {
public:
  void wait();
  bool try_wait_for(std::chrono::milliseconds);
  bool try_wait_until(std::chrono::steady_clock::time_point);
};
template <class T> class MPMCQueueBase {
public:
  void blockingRead(T &);
  void blockingWrite(T);
  bool read(T &);
};
} // namespace detail
class LifoSem : public detail::LifoSemBase {};
template <class T> class MPMCQueue : public detail::MPMCQueueBase<T> {};
template <class T> class UnboundedQueue {
public:
  void dequeue(T &);
  bool try_dequeue(T &);
};

//===--- files, processes, names ---------------------------------------------------------

bool readFile(const char *, std::string &);
bool writeFile(const std::string &, const char *);
void writeFileAtomic(const char *, const std::string &);
int writeFileAtomicNoThrow(const char *, const std::string &);
long readFull(int, void *, unsigned long);
long preadFull(int, void *, unsigned long, long);
long writeFull(int, const void *, unsigned long);
long pwriteFull(int, const void *, unsigned long, long);
int fsyncNoInt(int);
int fdatasyncNoInt(int);
int openNoInt(const char *, int, unsigned = 0666);
class File {
public:
  File();
  explicit File(int fd, bool owns = false);
  explicit File(const char *name, int flags = 0, unsigned mode = 0666);
};
class Subprocess {
public:
  int wait();
  int waitAndGetRusage(void *);
  void waitChecked();
  int waitTimeout(std::chrono::milliseconds);
  int waitOrTerminateOrKill(std::chrono::milliseconds, std::chrono::milliseconds);
  int terminateOrKill(std::chrono::milliseconds);
  std::string communicate(std::string input = "");
  int poll();
};
class SocketAddress {
public:
  void setFromHostPort(const char *host, unsigned short port);
  void setFromIpPort(const char *ip, unsigned short port);
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
template <class T> class SynchronizedBase {
public:
  LockedPtr<T> wlock();
  LockedPtr<const T> rlock() const;
  LockedPtr<T> ulock();
  LockedPtr<T> lock();
  template <class F> void withWLock(F &&f) {}
  template <class F> void withRLock(F &&f) {}
  template <class F> void withULock(F &&f) {}
  template <class F> void withLock(F &&f) {}
  template <class F> void withWLockPtr(F &&f) {}
  template <class F> void withRLockPtr(F &&f) {}
  template <class F> void withULockPtr(F &&f) {}
  template <class F> void withLockPtr(F &&f) {}
};
template <class T> class Synchronized : public SynchronizedBase<T> {
public:
  LockedPtr<T> contextualLock();
  LockedPtr<const T> contextualRLock() const;
};
class SharedMutexImpl {
public:
  void lock();
  void unlock();
  void lock_shared();
  void unlock_shared();
  void lock_upgrade();
  void unlock_upgrade();
};
using SharedMutex = SharedMutexImpl;

//===--- coroutines --------------------------------------------------------------------

namespace coro {

namespace detail::adl {
template <class A>
  requires requires(A &&a) { static_cast<A &&>(a).operator co_await(); }
auto co_viaIfAsync(Executor::KeepAlive<>, A &&awaitable) {
  return static_cast<A &&>(awaitable);
}
template <class A>
  requires requires(A &&a) { operator co_await(static_cast<A &&>(a)); }
auto co_viaIfAsync(Executor::KeepAlive<>, A &&awaitable) {
  return operator co_await(static_cast<A &&>(awaitable));
}
template <class A>
  requires requires(A &&a, Executor::KeepAlive<> e) { static_cast<A &&>(a).viaIfAsync(e); }
auto co_viaIfAsync(Executor::KeepAlive<> executor, A &&awaitable) {
  return static_cast<A &&>(awaitable).viaIfAsync(std::move(executor));
}
struct ViaIfAsyncFunction {
  template <class A>
  auto operator()(Executor::KeepAlive<> executor, A &&awaitable) const
      -> decltype(co_viaIfAsync(std::move(executor), static_cast<A &&>(awaitable))) {
    return co_viaIfAsync(std::move(executor), static_cast<A &&>(awaitable));
  }
};
} // namespace detail::adl
namespace objects { // a hidden friend may have the same name
inline constexpr detail::adl::ViaIfAsyncFunction co_viaIfAsync{};
}
using namespace objects;
template <class T> struct ready_awaitable {
  T value;
  bool await_ready() noexcept { return true; }
  void await_suspend(std::coroutine_handle<>) noexcept {}
  T await_resume() noexcept;
};
struct co_current_executor_t {};
inline constexpr co_current_executor_t co_current_executor{};

class TaskPromiseBase {
public:
  std::suspend_always initial_suspend() noexcept { return {}; }
  std::suspend_always final_suspend() noexcept { return {}; }
  void unhandled_exception() noexcept;
  template <class A> auto await_transform(A &&awaitable) {
    return folly::coro::co_viaIfAsync(executor, static_cast<A &&>(awaitable));
  }
  auto await_transform(co_current_executor_t) noexcept {
    return ready_awaitable<Executor *>{executor.get()};
  }

private:
  Executor::KeepAlive<> executor;
};

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
  class promise_type : public TaskPromiseBase, public value_of<T> {
  public:
    Task get_return_object() noexcept;
  };
  Task(Task &&) noexcept;
  ~Task();
  TaskWithExecutor<T> scheduleOn(Executor::KeepAlive<>) &&;
  SemiFuture<T> semi() &&;
  friend awaiter_of<T> co_viaIfAsync(Executor::KeepAlive<>, Task<T> &&) noexcept { return {}; }
};

template <class T> TaskWithExecutor<T> co_withExecutor(Executor::KeepAlive<>, Task<T>);
template <class T> T blockingWait(Task<T>);
struct blocking_wait_fn { // newer: blockingWait is an object
  template <class T> T operator()(Task<T>) const;
};
constexpr blocking_wait_fn blocking_wait;
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
