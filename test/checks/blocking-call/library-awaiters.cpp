// RUN: %nostall-verify %s
// A library's headers may lie anywhere: where its own awaiters come back is said by its model (Boost.Cobalt 1.88 comes
// back on the coroutine's executor), and is not read off their bodies.
#include <boost/cobalt/fake.hpp>
#include <coroutine>
#include <unistd.h>

namespace boost::cobalt {
struct completion {
  void *frame;
};
void initiate(completion);
struct op {
  bool await_ready() { return false; }
  void await_suspend(std::coroutine_handle<> h) { initiate({h.address()}); }
  void await_resume() {}
};
struct executor {
  virtual void execute(std::coroutine_handle<>) = 0;
};
struct other_op {
  executor &on;
  bool await_ready() { return false; }
  void await_suspend(std::coroutine_handle<> h) { on.execute(h); }
  void await_resume() {}
};
} // namespace boost::cobalt

namespace app {
struct moved {
  boost::cobalt::executor &to;
  bool await_ready() { return false; }
  void await_suspend(std::coroutine_handle<> h) { to.execute(h); }
  void await_resume() {}
};
} // namespace app

boost::cobalt::task<void> serve(boost::cobalt::executor &executor) {
  co_await boost::cobalt::op{};
  usleep(1); // warning: call to 'usleep' blocks the event loop
  co_await boost::cobalt::other_op{executor};
  usleep(2); // warning: call to 'usleep' blocks the event loop
  co_await app::moved{executor};
  usleep(3);
  co_return;
}
