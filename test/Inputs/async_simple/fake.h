//===- async_simple/fake.h - declarations like async_simple's ---------------===//
//
// No Debian package has async_simple. These are written after its headers, as far
// as the models speak of them.
//
//===----------------------------------------------------------------------===//

#ifndef NOSTALL_TEST_ASYNC_SIMPLE_H
#define NOSTALL_TEST_ASYNC_SIMPLE_H

#include "co.h"
#include <functional>

namespace async_simple {

class Executor {
public:
  using Func = std::function<void()>;
  virtual bool schedule(Func func) = 0;
  bool schedule_move_only(Func func);
};
namespace executors {
class SimpleExecutor : public Executor {
public:
  bool schedule(Func func) override;
};
} // namespace executors
namespace util {
class ThreadPool {
public:
  int scheduleById(std::function<void()> fn, int id = -1);
};
} // namespace util

template <class T> class Future {
public:
  bool hasResult() const;
  void wait();
  T get() &&;
};

namespace coro {
template <class T = void> struct [[nodiscard]] Lazy : co::task<T> {
  Lazy(co::task<T> &&t) : co::task<T>(static_cast<co::task<T> &&>(t)) {}
  template <class F> void start(F &&) {}
};
template <class L> auto syncAwait(L &&lazy) -> void;
template <class L> auto syncAwait(L &&lazy, Executor *) -> void;
inline co::operation<> dispatch(Executor *) { return {}; }
} // namespace coro

} // namespace async_simple

#endif
