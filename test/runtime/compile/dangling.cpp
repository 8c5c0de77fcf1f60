// What clang alone has to find in code that uses the runtime. Every line with a
// `// warning:` must get a diagnostic with that text, and no other line may.

#include <nostall/nostall.h>

#include <string>
#include <string_view>

using namespace nostall;

task<int> by_value(int i) { co_return i; }
task<std::size_t> by_reference(const std::string& s) { co_return s.size(); }
task<std::size_t> by_view(std::string_view s) { co_return s.size(); }
struct service {
  int state = 0;
  task<int> ask() { co_return state; }
};

task<std::size_t> good(std::string s) {
  co_await by_value(1);
  auto h = create_task(by_value(2));
  co_await h;
  task_group g;
  g.start(by_value(3));
  co_await g.join();
  service here;
  co_await here.ask();
  auto t = by_reference(s);
  co_return co_await std::move(t) + co_await by_view(std::string("temporary"));
}

task<void> bad() {
  by_value(1); // warning: co_await it, or give it to create_task
  create_task(by_value(1)); // warning: without its handle
  sleep(std::chrono::seconds(1)); // warning: the time passes only for who waits
  async_mutex m;
  m.lock(); // warning: co_await it
  auto a = by_reference(std::string("gone")); // warning: will be destroyed at the end
  auto b = by_view(std::string("gone")); // warning: will be destroyed at the end
  auto c = service().ask(); // warning: will be destroyed at the end
  auto d = create_task(by_reference(std::string("gone"))); // warning: will be destroyed at the end
  co_await std::move(a);
  co_await std::move(b);
  co_await std::move(c);
  co_await d;
}

NOSTALL_CORO_WRAPPER task<std::size_t> returned() {
  std::string local;
  return by_reference(local); // warning: stack memory
}
task_handle<std::size_t> spawned() {
  std::string local;
  return create_task(by_reference(local)); // warning: stack memory
}
