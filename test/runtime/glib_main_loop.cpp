// nostall inside of GLib's main loop: one GSource that polls the loop's descriptor and
// wakes at its deadline. Both serve each other's timers, and other threads.

#include <nostall/nostall.h>

#include <glib.h>

#include <chrono>
#include <cstdio>
#include <thread>

using namespace nostall;
using namespace std::chrono_literals;

struct hosted {
  GSource source; // first
  event_loop* loop;
  gpointer descriptor;
};

gboolean prepare(GSource* s, gint* timeout) {
  const auto due = reinterpret_cast<hosted*>(s)->loop->next_deadline();
  *timeout = -1;
  if (due) {
    const auto left = *due - reinterpret_cast<hosted*>(s)->loop->time();
    *timeout = left <= 0s ? 0 : static_cast<gint>(std::chrono::ceil<std::chrono::milliseconds>(left).count());
  }
  return *timeout == 0;
}
gboolean check(GSource* s) {
  auto* h = reinterpret_cast<hosted*>(s);
  const auto due = h->loop->next_deadline();
  return g_source_query_unix_fd(s, h->descriptor) != 0 || (due && *due <= h->loop->time());
}
gboolean dispatch(GSource* s, GSourceFunc, gpointer) {
  reinterpret_cast<hosted*>(s)->loop->run_once();
  return G_SOURCE_CONTINUE;
}

task<void> amain(event_loop& loop, int& steps, GMainLoop* outer) {
  for (int i = 0; i < 5; ++i, ++steps)
    co_await nostall::sleep(2ms);
  async_event e;
  std::jthread other([&] { loop.call_soon_threadsafe([&] { e.set(); }); });
  co_await e.wait();
  steps += co_await to_thread([] { return 10; });
  g_main_loop_quit(outer);
}

int main() {
  GMainLoop* const outer = g_main_loop_new(nullptr, FALSE);
  event_loop loop;
  GSourceFuncs functions{prepare, check, dispatch, nullptr, nullptr, nullptr};
  GSource* const source = g_source_new(&functions, sizeof(hosted));
  auto* const h = reinterpret_cast<hosted*>(source);
  h->loop = &loop;
  h->descriptor = g_source_add_unix_fd(source, loop.native_handle(), G_IO_IN);
  g_source_attach(source, nullptr);

  int steps = 0, theirs = 0;
  g_timeout_add(1, [](gpointer n) -> gboolean { ++*static_cast<int*>(n); return TRUE; }, &theirs);
  loop.call_soon([&] { create_task(amain(loop, steps, outer)).detach(); });
  g_main_loop_run(outer);
  g_source_destroy(source);
  g_source_unref(source);
  g_main_loop_unref(outer);
  std::printf("%d steps, GLib's timer %s\n", steps, theirs > 0 ? "ran" : "did not run");
  return steps == 15 && theirs > 0 ? 0 : 1;
}
