// RUN: %nostall-verify %s
// The thread-safe twin, where it can stand in for the call.
#include <nostall/annotations.h>
#include <nostall/nostall.h>
#include <thread>

using namespace nostall;

#define STOP(loop) loop.stop()

struct registry {
  NOSTALL_LOOP_ONLY_USE(add_later) int add(int id);
  void add_later(int id);
  NOSTALL_LOOP_ONLY_USE(drop_later) void drop(int id);
  void drop_later(int id, int when);
  NOSTALL_LOOP_ONLY_USE(gone) void close();
};
NOSTALL_LOOP_ONLY_USE(post_reload) void reload();
void post_reload();

task<> all(event_loop &loop, registry &r, registry *p) {
  co_await to_thread([&] {
    loop.call_soon([] {}); // warning: off the event loop's thread  // fix: loop.call_soon_threadsafe([] {});
    loop.stop(); // warning: off the event loop's thread  // fix: loop.stop_threadsafe();
    (loop).stop(); // warning: off the event loop's thread  // fix: (loop).stop_threadsafe();
    p->add(1); // warning: off the event loop's thread  // fix: p->add_later(1);
    reload(); // warning: off the event loop's thread  // fix: post_reload();
    ::reload(); // warning: off the event loop's thread  // fix: ::post_reload();
    STOP(loop); // warning: use 'stop_threadsafe'
    int n = r.add(2); // warning: use 'add_later'
    loop.call_later(std::chrono::seconds(1), [] {}); // warning: post it to the loop with 'call_soon_threadsafe'
    r.drop(n); // warning: post it to the loop with 'drop_later'
    r.close(); // warning: post it to the loop with 'gone'
  });
}
