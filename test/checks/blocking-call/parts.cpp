// RUN: %nostall-verify %s
// A task that is made of callables and of other tasks runs them where it runs
// itself, by the place that it is handed to. The combinators are declared as in
// folly/coro (commit ff98381): Invoke.h, Retry.h, Timeout.h.
#include <folly/fake.h>
#include <unistd.h>

namespace folly::coro {
struct co_invoke_fn {
  template <class F> auto operator()(F f) const -> decltype(f()) {
    co_return co_await f();
  }
};
inline constexpr co_invoke_fn co_invoke{};
template <class F> auto retryN(unsigned, F &&f) -> decltype(f()) {
  return f();
}
template <class T> Task<T> timeout(Task<T> task, int);
} // namespace folly::coro

using folly::coro::Task;
Task<void> timed() {
  sleep(1);
  co_return;
}
Task<void> timed_on_both() {
  sleep(1); // warning: blocks
  co_return;
}
Task<void> plain() {
  sleep(1); // warning: blocks
  co_return;
}

Task<void> on_pool(folly::CPUThreadPoolExecutor &pool) {
  folly::coro::co_withExecutor(&pool, folly::coro::co_invoke([]() -> Task<void> {
    sleep(1);
    co_return;
  })).start();
  folly::coro::co_withExecutor(&pool, folly::coro::timeout(folly::coro::retryN(3, []() -> Task<void> {
    sleep(1);
    co_return;
  }), 1)).start();
  folly::coro::co_withExecutor(&pool, folly::coro::timeout(timed(), 1)).start();
  folly::coro::co_withExecutor(&pool, folly::coro::timeout(timed_on_both(), 1)).start();
  co_await timed_on_both();
}

Task<void> on_loop(folly::EventBase &loop, folly::Executor &any) {
  folly::coro::co_withExecutor(&loop, folly::coro::co_invoke([]() -> Task<void> {
    sleep(1); // warning: blocks the event loop
    co_return;
  })).start();
  folly::coro::co_withExecutor(&any, folly::coro::co_invoke([]() -> Task<void> {
    sleep(1); // warning: blocks a thread that runs coroutines
    co_return;
  })).start();
  co_await folly::coro::co_invoke([]() -> Task<void> {
    sleep(1); // warning: blocks a thread that runs coroutines
    co_return;
  });
  co_await folly::coro::timeout(plain(), 1);
}
