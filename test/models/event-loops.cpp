// RUN: %nostall-verify %s --checks=-*,nostall-blocking-call
// checks/models/event-loops.yaml against the libraries' headers: one call for
// every entry.
// needs: <event2/event.h>
// needs: <uv.h>
// needs: <ev++.h>
#include <ev++.h>
#include <event2/buffer.h>
#include <event2/bufferevent.h>
#include <event2/event.h>
#include <event2/http.h>
#include <event2/listener.h>
#include <event2/util.h>
#include <unistd.h>
#include <uv.h>

//===--- libuv: callbacks ------------------------------------------------------------

void handles(uv_timer_t *timer, uv_stream_t *stream, uv_async_t *async, uv_loop_t *loop, uv_idle_t *idle,
             uv_prepare_t *prepare, uv_check_t *check, uv_poll_t *poll, uv_signal_t *signal) {
  uv_timer_start(timer, [](uv_timer_t *) { sleep(1); }, 1, 0); // warning: call to 'sleep'
  uv_read_start(
      stream, [](uv_handle_t *, size_t, uv_buf_t *) { sleep(1); },  // warning: call to 'sleep'
      [](uv_stream_t *, ssize_t, const uv_buf_t *) { sleep(1); });  // warning: call to 'sleep'
  uv_listen(stream, 1, [](uv_stream_t *, int) { sleep(1); });       // warning: call to 'sleep'
  uv_async_init(loop, async, [](uv_async_t *) { sleep(1); });       // warning: call to 'sleep'
  uv_idle_start(idle, [](uv_idle_t *) { sleep(1); });               // warning: call to 'sleep'
  uv_prepare_start(prepare, [](uv_prepare_t *) { sleep(1); });      // warning: call to 'sleep'
  uv_check_start(check, [](uv_check_t *) { sleep(1); });            // warning: call to 'sleep'
  uv_poll_start(poll, UV_READABLE, [](uv_poll_t *, int, int) { sleep(1); }); // warning: call to 'sleep'
  uv_signal_start(signal, [](uv_signal_t *, int) { sleep(1); }, 2);          // warning: call to 'sleep'
  uv_signal_start_oneshot(signal, [](uv_signal_t *, int) { sleep(1); }, 2);  // warning: call to 'sleep'
}

void requests(uv_fs_event_t *event, uv_fs_poll_t *poll, uv_write_t *write, uv_stream_t *stream, uv_buf_t *buffer,
              uv_shutdown_t *shutdown, uv_handle_t *handle, uv_connect_t *connect, uv_tcp_t *tcp, uv_pipe_t *pipe,
              uv_udp_send_t *send, uv_udp_t *udp, const sockaddr *address) {
  uv_fs_event_start(event, [](uv_fs_event_t *, const char *, int, int) { sleep(1); }, "f", 0); // warning: call to 'sleep'
  uv_fs_poll_start(poll, [](uv_fs_poll_t *, int, const uv_stat_t *, const uv_stat_t *) { sleep(1); }, "f", 1); // warning: call to 'sleep'
  uv_write(write, stream, buffer, 1, [](uv_write_t *, int) { sleep(1); });          // warning: call to 'sleep'
  uv_write2(write, stream, buffer, 1, stream, [](uv_write_t *, int) { sleep(1); }); // warning: call to 'sleep'
  uv_shutdown(shutdown, stream, [](uv_shutdown_t *, int) { sleep(1); });            // warning: call to 'sleep'
  uv_close(handle, [](uv_handle_t *) { sleep(1); });                                // warning: call to 'sleep'
  uv_tcp_connect(connect, tcp, address, [](uv_connect_t *, int) { sleep(1); });     // warning: call to 'sleep'
  uv_pipe_connect(connect, pipe, "p", [](uv_connect_t *, int) { sleep(1); });       // warning: call to 'sleep'
  uv_udp_send(send, udp, buffer, 1, address, [](uv_udp_send_t *, int) { sleep(1); }); // warning: call to 'sleep'
  uv_udp_recv_start(
      udp, [](uv_handle_t *, size_t, uv_buf_t *) { sleep(1); }, // warning: call to 'sleep'
      [](uv_udp_t *, ssize_t, const uv_buf_t *, const sockaddr *, unsigned) { sleep(1); }); // warning: call to 'sleep'
}

void workers(uv_loop_t *loop, uv_work_t *work, uv_thread_t *thread) {
  uv_queue_work(
      loop, work, [](uv_work_t *) { sleep(1); },
      [](uv_work_t *, int) { sleep(1); }); // warning: call to 'sleep'
  uv_thread_create(thread, [](void *) { sleep(1); }, nullptr);
}

//===--- the loop itself -------------------------------------------------------------

void loops(uv_loop_t *loop, event_base *base) {
  uv_run(loop, UV_RUN_DEFAULT);
  event_base_dispatch(base);
  event_base_loop(base, 0);
}

//===--- libuv: what waits -----------------------------------------------------------

struct Waits {
  uv_loop_t *loop;
  uv_thread_t thread;
  uv_barrier_t barrier;
  uv_sem_t semaphore;
  uv_cond_t condition;
  uv_mutex_t mutex;
  uv_fs_t request;
  uv_buf_t buffer;
  uv_getaddrinfo_t query;
};
void on_timer(uv_timer_t *timer) {
  auto &w = *static_cast<Waits *>(timer->data);
  uv_sleep(1); // warning: (sleep)
  uv_sleep(0);
  uv_thread_join(&w.thread);                             // warning: (wait)
  uv_barrier_wait(&w.barrier);                           // warning: (wait)
  uv_sem_wait(&w.semaphore);                             // warning: (wait)
  uv_cond_wait(&w.condition, &w.mutex);                  // warning: (wait)
  uv_cond_timedwait(&w.condition, &w.mutex, 1);          // warning: (wait)
  uv_fs_open(w.loop, &w.request, "f", 0, 0, nullptr);    // warning: (file-io)
  uv_fs_close(w.loop, &w.request, 1, nullptr);           // warning: (file-io)
  uv_fs_read(w.loop, &w.request, 1, &w.buffer, 1, 0, nullptr);  // warning: (file-io)
  uv_fs_write(w.loop, &w.request, 1, &w.buffer, 1, 0, nullptr); // warning: (file-io)
  uv_fs_unlink(w.loop, &w.request, "f", nullptr);        // warning: (file-io)
  uv_fs_mkdir(w.loop, &w.request, "f", 0, nullptr);      // warning: (file-io)
  uv_fs_rmdir(w.loop, &w.request, "f", nullptr);         // warning: (file-io)
  uv_fs_scandir(w.loop, &w.request, "f", 0, nullptr);    // warning: (file-io)
  uv_fs_stat(w.loop, &w.request, "f", nullptr);          // warning: (file-io)
  uv_fs_fstat(w.loop, &w.request, 1, nullptr);           // warning: (file-io)
  uv_fs_lstat(w.loop, &w.request, "f", nullptr);         // warning: (file-io)
  uv_fs_rename(w.loop, &w.request, "f", "g", nullptr);   // warning: (file-io)
  uv_fs_fsync(w.loop, &w.request, 1, nullptr);           // warning: (file-io)
  uv_fs_fdatasync(w.loop, &w.request, 1, nullptr);       // warning: (file-io)
  uv_fs_ftruncate(w.loop, &w.request, 1, 0, nullptr);    // warning: (file-io)
  uv_fs_sendfile(w.loop, &w.request, 1, 2, 0, 1, nullptr); // warning: (file-io)
  uv_fs_access(w.loop, &w.request, "f", 0, nullptr);     // warning: (file-io)
  uv_fs_copyfile(w.loop, &w.request, "f", "g", 0, nullptr); // warning: (file-io)
  uv_fs_realpath(w.loop, &w.request, "f", nullptr);      // warning: (file-io)
  uv_fs_stat(w.loop, &w.request, "f", [](uv_fs_t *) { sleep(1); }); // warning: call to 'sleep'
  uv_getaddrinfo(w.loop, &w.query, nullptr, "host", "80", nullptr); // warning: (dns)
  uv_getaddrinfo(w.loop, &w.query, [](uv_getaddrinfo_t *, int, addrinfo *) { sleep(1); }, "host", "80", nullptr); // warning: call to 'sleep'
}
void start(uv_timer_t *timer) { uv_timer_start(timer, on_timer, 1, 0); }

//===--- libevent --------------------------------------------------------------------

void events(event_base *base, event *other, bufferevent *buffer, const timeval *later) {
  event_new(base, 1, EV_READ, [](evutil_socket_t, short, void *) { sleep(1); }, nullptr);           // warning: call to 'sleep'
  evtimer_new(base, [](evutil_socket_t, short, void *) { sleep(1); }, nullptr);                     // warning: call to 'sleep'
  event_assign(other, base, 1, EV_READ, [](evutil_socket_t, short, void *) { sleep(1); }, nullptr); // warning: call to 'sleep'
  event_base_once(base, 1, EV_READ, [](evutil_socket_t, short, void *) { sleep(1); }, nullptr, later); // warning: call to 'sleep'
  bufferevent_setcb(
      buffer, [](bufferevent *, void *) { sleep(1); },       // warning: call to 'sleep'
      nullptr, [](bufferevent *, short, void *) { sleep(1); }, // warning: call to 'sleep'
      nullptr);
}
void on_request(evhttp_request *, void *) {
  addrinfo hints{}, *found;
  evutil_getaddrinfo("host", "80", &hints, &found); // warning: (dns)
}
void servers(event_base *base, evconnlistener *listener, evhttp *http, const sockaddr *address) {
  evconnlistener_cb accepted = [](evconnlistener *, evutil_socket_t, sockaddr *, int, void *) {};
  evconnlistener_new(base, [](evconnlistener *, evutil_socket_t, sockaddr *, int, void *) { sleep(1); }, nullptr, 0, 1, 1); // warning: call to 'sleep'
  evconnlistener_new_bind(base, [](evconnlistener *, evutil_socket_t, sockaddr *, int, void *) { sleep(1); }, nullptr, 0, 1, address, 1); // warning: call to 'sleep'
  evconnlistener_set_cb(listener, accepted, nullptr);
  evconnlistener_set_error_cb(listener, [](evconnlistener *, void *) { sleep(1); }); // warning: call to 'sleep'
  evhttp_set_cb(http, "/", on_request, nullptr);
  evhttp_set_gencb(http, [](evhttp_request *, void *) { sleep(1); }, nullptr);  // warning: call to 'sleep'
  evhttp_request_new([](evhttp_request *, void *) { sleep(1); }, nullptr);      // warning: call to 'sleep'
}
void accepted(evutil_socket_t fd, char *to) {
  evutil_make_socket_nonblocking(fd);
  read(fd, to, 1);
}
void accept_on(event_base *base) {
  event_base_once(base, 1, EV_READ, [](evutil_socket_t fd, short, void *to) { accepted(fd, static_cast<char *>(to)); }, nullptr, nullptr);
}

//===--- GLib: declarations like its own, whose headers pkg-config has to find --------

using gpointer = void *;
using gboolean = int;
using gint = int;
using GPid = int;
using GIOCondition = unsigned;
struct GSource;
struct GIOChannel;
struct GMainContext;
struct GMainLoop;
struct GThread;
struct GThreadPool;
struct GAsyncQueue;
struct GError;
inline constexpr gboolean G_SOURCE_CONTINUE = 1, G_SOURCE_REMOVE = 0;
inline constexpr GIOCondition G_IO_IN = 1;
extern "C" {
using GSourceFunc = gboolean (*)(gpointer);
using GSourceOnceFunc = void (*)(gpointer);
using GDestroyNotify = void (*)(gpointer);
using GUnixFDSourceFunc = gboolean (*)(gint, GIOCondition, gpointer);
using GIOFunc = gboolean (*)(GIOChannel *, GIOCondition, gpointer);
using GChildWatchFunc = void (*)(GPid, gint, gpointer);
using GThreadFunc = gpointer (*)(gpointer);
using GFunc = void (*)(gpointer, gpointer);
unsigned g_timeout_add(unsigned, GSourceFunc, gpointer);
unsigned g_timeout_add_full(gint, unsigned, GSourceFunc, gpointer, GDestroyNotify);
unsigned g_timeout_add_seconds(unsigned, GSourceFunc, gpointer);
unsigned g_timeout_add_seconds_full(gint, unsigned, GSourceFunc, gpointer, GDestroyNotify);
unsigned g_timeout_add_once(unsigned, GSourceOnceFunc, gpointer);
unsigned g_idle_add(GSourceFunc, gpointer);
unsigned g_idle_add_full(gint, GSourceFunc, gpointer, GDestroyNotify);
unsigned g_idle_add_once(GSourceOnceFunc, gpointer);
unsigned g_unix_fd_add(gint, GIOCondition, GUnixFDSourceFunc, gpointer);
unsigned g_unix_fd_add_full(gint, gint, GIOCondition, GUnixFDSourceFunc, gpointer, GDestroyNotify);
unsigned g_unix_signal_add(gint, GSourceFunc, gpointer);
unsigned g_unix_signal_add_full(gint, gint, GSourceFunc, gpointer, GDestroyNotify);
unsigned g_io_add_watch(GIOChannel *, GIOCondition, GIOFunc, gpointer);
unsigned g_io_add_watch_full(GIOChannel *, gint, GIOCondition, GIOFunc, gpointer, GDestroyNotify);
unsigned g_child_watch_add(GPid, GChildWatchFunc, gpointer);
unsigned g_child_watch_add_full(gint, GPid, GChildWatchFunc, gpointer, GDestroyNotify);
void g_source_set_callback(GSource *, GSourceFunc, gpointer, GDestroyNotify);
void g_main_context_invoke(GMainContext *, GSourceFunc, gpointer);
void g_main_context_invoke_full(GMainContext *, gint, GSourceFunc, gpointer, GDestroyNotify);
void g_main_loop_run(GMainLoop *);
GThread *g_thread_new(const char *, GThreadFunc, gpointer);
GThread *g_thread_try_new(const char *, GThreadFunc, gpointer, GError **);
GThreadPool *g_thread_pool_new(GFunc, gpointer, gint, gboolean, GError **);
gpointer g_thread_join(GThread *);
void g_usleep(unsigned long);
gpointer g_async_queue_pop(GAsyncQueue *);
gpointer g_async_queue_timeout_pop(GAsyncQueue *, unsigned long);
gboolean g_spawn_sync(const char *, char **, char **, unsigned, GSourceOnceFunc, gpointer, char **, char **, gint *, GError **);
gboolean g_spawn_command_line_sync(const char *, char **, char **, gint *, GError **);
gboolean g_file_get_contents(const char *, char **, unsigned long *, GError **);
gboolean g_file_set_contents(const char *, const char *, long, GError **);
}


gboolean again(gpointer) {
  sleep(1); // warning: call to 'sleep'
  return G_SOURCE_CONTINUE;
}
void once(gpointer) {
  sleep(1); // warning: call to 'sleep'
}
void sources(GSource *source, GIOChannel *channel, GMainContext *context) {
  g_timeout_add(1, again, nullptr);
  g_timeout_add_full(0, 1, [](gpointer) -> gboolean { sleep(1); return 0; }, nullptr, nullptr);         // warning: call to 'sleep'
  g_timeout_add_seconds(1, [](gpointer) -> gboolean { sleep(1); return 0; }, nullptr);                  // warning: call to 'sleep'
  g_timeout_add_seconds_full(0, 1, [](gpointer) -> gboolean { sleep(1); return 0; }, nullptr, nullptr); // warning: call to 'sleep'
  g_idle_add([](gpointer) -> gboolean { sleep(1); return 0; }, nullptr);                                // warning: call to 'sleep'
  g_idle_add_full(0, [](gpointer) -> gboolean { sleep(1); return 0; }, nullptr, nullptr);               // warning: call to 'sleep'
  g_timeout_add_once(1, once, nullptr);
  g_idle_add_once([](gpointer) { sleep(1); }, nullptr);               // warning: call to 'sleep'
  g_unix_fd_add(1, G_IO_IN, [](gint, GIOCondition, gpointer) -> gboolean { sleep(1); return 0; }, nullptr);                  // warning: call to 'sleep'
  g_unix_fd_add_full(0, 1, G_IO_IN, [](gint, GIOCondition, gpointer) -> gboolean { sleep(1); return 0; }, nullptr, nullptr); // warning: call to 'sleep'
  g_unix_signal_add(2, [](gpointer) -> gboolean { sleep(1); return 0; }, nullptr);                                           // warning: call to 'sleep'
  g_unix_signal_add_full(0, 2, [](gpointer) -> gboolean { sleep(1); return 0; }, nullptr, nullptr);                          // warning: call to 'sleep'
  g_io_add_watch(channel, G_IO_IN, [](GIOChannel *, GIOCondition, gpointer) -> gboolean { sleep(1); return 0; }, nullptr);   // warning: call to 'sleep'
  g_io_add_watch_full(channel, 0, G_IO_IN, [](GIOChannel *, GIOCondition, gpointer) -> gboolean { sleep(1); return 0; }, nullptr, nullptr); // warning: call to 'sleep'
  g_child_watch_add(1, [](GPid, gint, gpointer) { sleep(1); }, nullptr);                                                     // warning: call to 'sleep'
  g_child_watch_add_full(0, 1, [](GPid, gint, gpointer) { sleep(1); }, nullptr, nullptr);                                    // warning: call to 'sleep'
  g_source_set_callback(source, [](gpointer) -> gboolean { sleep(1); return 0; }, nullptr, nullptr);                         // warning: call to 'sleep'
  g_main_context_invoke(context, [](gpointer) -> gboolean { sleep(1); return 0; }, nullptr);                                 // warning: call to 'sleep'
  g_main_context_invoke_full(context, 0, [](gpointer) -> gboolean { sleep(1); return 0; }, nullptr, nullptr);                // warning: call to 'sleep'
  g_thread_new("", [](gpointer) -> gpointer { sleep(1); return nullptr; }, nullptr);
  g_thread_try_new("", [](gpointer) -> gpointer { sleep(1); return nullptr; }, nullptr, nullptr);
  g_thread_pool_new([](gpointer, gpointer) { sleep(1); }, nullptr, 1, 0, nullptr);
}
gboolean waits(gpointer data) {
  auto *queue = static_cast<GAsyncQueue *>(data);
  g_usleep(1); // warning: (sleep)
  g_usleep(0);
  g_thread_join(nullptr);   // warning: (wait)
  g_async_queue_pop(queue); // warning: (wait)
  g_async_queue_timeout_pop(queue, 1); // warning: (wait)
  g_async_queue_timeout_pop(queue, 0);
  g_spawn_sync(nullptr, nullptr, nullptr, 0, nullptr, nullptr, nullptr, nullptr, nullptr, nullptr); // warning: (process)
  g_spawn_command_line_sync("ls", nullptr, nullptr, nullptr, nullptr); // warning: (process)
  g_file_get_contents("a", nullptr, nullptr, nullptr); // warning: (file-io)
  g_file_set_contents("a", "", 0, nullptr);            // warning: (file-io)
  return G_SOURCE_REMOVE;
}
void start(GAsyncQueue *queue, GMainLoop *loop) {
  g_idle_add(waits, queue);
  g_main_loop_run(loop);
}

//===--- libev's ev++.h ----------------------------------------------------------------

struct Ticks {
  ev::timer timer;
  void tick() { sleep(1); } // warning: call to 'sleep'
  Ticks() { timer.set<Ticks, &Ticks::tick>(this); }
};
