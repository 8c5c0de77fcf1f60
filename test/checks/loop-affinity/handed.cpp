// RUN: %nostall-verify %s
// The function itself, which only the loop's thread may call, is handed to a worker.
#include <nostall/annotations.h>
#include <nostall/nostall.h>
#include <functional>
#include <future>
#include <thread>

struct telemetry {
  NOSTALL_LOOP_ONLY void publish(int n);
  NOSTALL_LOOP_ONLY void inlined(int) {}
  void archive(int n);
};
NOSTALL_LOOP_ONLY void wake(int n);
void archive_all(telemetry *t);

nostall::task<> hands_away(telemetry &t) {
  std::thread(&telemetry::publish, &t, 3).detach(); // warning: callback 'telemetry::publish', given to 'std::thread', runs off the event loop's thread, on which alone it may be called; post it to the loop instead
  std::thread(&telemetry::inlined, &t, 3).detach(); // warning: callback 'telemetry::inlined', given to 'std::thread', runs off
  std::thread(wake, 3).detach(); // warning: callback 'wake', given to 'std::thread', runs off
  std::thread(std::bind(&telemetry::publish, &t, 3)).detach(); // warning: callback 'telemetry::publish'
  std::thread(std::bind_front(&telemetry::publish, &t), 3).detach(); // warning: callback 'telemetry::publish'
  std::thread(std::mem_fn(&telemetry::publish), &t, 3).detach(); // warning: callback 'telemetry::publish'
  co_await nostall::to_thread(&telemetry::publish, &t, 3); // warning: callback 'telemetry::publish', given to 'nostall::to_thread', runs off
  co_await nostall::to_thread(wake, 3); // warning: callback 'wake'
  std::thread(wake, 4).detach(); // NOLINT(nostall-loop-affinity)
}

nostall::task<> hands_what_may_go(telemetry &t) {
  std::thread(&telemetry::archive, &t, 3).detach();
  std::thread(archive_all, &t).detach();
  nostall::get_running_loop().call_soon(std::bind(wake, 3));
  nostall::get_running_loop().call_soon(std::bind(&telemetry::publish, &t, 3));
  co_return;
}
