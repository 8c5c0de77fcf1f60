//===- concurrencpp/fake.h - declarations like concurrencpp's ---------------===//
//
// No Debian package has concurrencpp. These are written after its headers
// (0.1.7), as far as the models speak of them.
//
//===----------------------------------------------------------------------===//

#ifndef NOSTALL_TEST_CONCURRENCPP_H
#define NOSTALL_TEST_CONCURRENCPP_H

#include "co.h"
#include <chrono>
#include <memory>

namespace concurrencpp {

enum class result_status { idle, value, exception };

template <class T> struct result : co::eager<T> {
  result(co::eager<T>) {}
  void wait() const;
  template <class D> result_status wait_for(D duration) const;
  template <class P> result_status wait_until(P time) const;
  T get();
  result_status status() const;
};
template <class T> struct shared_result {
  shared_result(result<T>);
  void wait();
  template <class D> result_status wait_for(D duration);
  template <class P> result_status wait_until(P time);
  T &get();
  result_status status() const;
  co::operation<T> operator co_await();
};
template <class T> struct lazy_result : co::task<T> {
  lazy_result(co::task<T> &&t) : co::task<T>(static_cast<co::task<T> &&>(t)) {}
  result<T> run();
};
struct null_result : co::detached {
  null_result(co::detached) {}
};

class executor {
public:
  virtual ~executor() = default;
  virtual void shutdown() = 0;
  template <class F, class... Args> void post(F &&, Args &&...) {}
  template <class F, class... Args> result<int> submit(F &&, Args &&...) { return co::eager<int>(); }
};
template <class E> struct derivable_executor : executor {
  template <class F, class... Args> void post(F &&, Args &&...) {}
  template <class F, class... Args> result<int> submit(F &&, Args &&...) { return co::eager<int>(); }
};
class inline_executor final : public executor {
public:
  void shutdown() override;
};
class thread_pool_executor final : public derivable_executor<thread_pool_executor> {
public:
  void shutdown() override;
};
class worker_thread_executor final : public derivable_executor<worker_thread_executor> {
public:
  void shutdown() override;
};
class thread_executor final : public derivable_executor<thread_executor> {
public:
  void shutdown() override;
};
class manual_executor final : public derivable_executor<manual_executor> {
public:
  void shutdown() override;
  bool loop_once();
  bool loop_once_for(std::chrono::milliseconds time);
  template <class P> bool loop_once_until(P time);
  unsigned loop(unsigned count);
  unsigned loop_for(unsigned count, std::chrono::milliseconds time);
  template <class P> unsigned loop_until(unsigned count, P time);
  void wait_for_task();
  bool wait_for_task_for(std::chrono::milliseconds time);
  template <class P> bool wait_for_task_until(P time);
  void wait_for_tasks(unsigned count);
  unsigned wait_for_tasks_for(unsigned count, std::chrono::milliseconds time);
  template <class P> unsigned wait_for_tasks_until(unsigned count, P time);
};

template <class E> co::operation<> resume_on(std::shared_ptr<E> executor) { return {}; }
template <class E> co::operation<> resume_on(E &executor) { return {}; }
template <class E, class... R> lazy_result<int> when_all(std::shared_ptr<E> executor, R &&...results);
template <class E, class... R> lazy_result<int> when_any(std::shared_ptr<E> executor, R &&...results);

class timer {};
class timer_queue {
public:
  void shutdown();
  template <class F, class... Args>
  timer make_timer(std::chrono::milliseconds due, std::chrono::milliseconds frequency, std::shared_ptr<executor>, F &&,
                   Args &&...) {
    return {};
  }
  template <class F, class... Args>
  timer make_one_shot_timer(std::chrono::milliseconds due, std::shared_ptr<executor>, F &&, Args &&...) {
    return {};
  }
  lazy_result<void> make_delay_object(std::chrono::milliseconds due, std::shared_ptr<executor>);
};

struct scoped_async_lock {};
class async_lock {
public:
  lazy_result<int> lock(std::shared_ptr<executor>);
  void unlock();
};
class async_condition_variable {
public:
  lazy_result<void> await(std::shared_ptr<executor>, scoped_async_lock &lock);
};

class runtime {
public:
  ~runtime();
  std::shared_ptr<concurrencpp::timer_queue> timer_queue() const;
  std::shared_ptr<concurrencpp::thread_pool_executor> thread_pool_executor() const;
  std::shared_ptr<concurrencpp::thread_pool_executor> background_executor() const;
};

} // namespace concurrencpp

#endif
