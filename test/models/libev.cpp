// RUN: %nostall-verify %s --checks=-*,nostall-blocking-call -- -std=c++20
// Callbacks of libev, which its macros store in watchers (loop-callbacks).
// needs: <ev++.h>
#include <ev++.h>
#include <ev.h>
#include <unistd.h>

static void on_tick(struct ev_loop *, ev_timer *, int) {
  usleep(1); // warning: call to 'usleep' blocks the event loop
}
static void on_read(struct ev_loop *, ev_io *, int) {
  usleep(2); // warning: call to 'usleep' blocks
}
static void on_signal(struct ev_loop *, ev_signal *, int) {
  usleep(3); // warning: call to 'usleep' blocks
}
static void on_child(struct ev_loop *, ev_child *, int) {
  usleep(4); // warning: call to 'usleep' blocks
}
static void on_set(struct ev_loop *, ev_timer *, int) {
  usleep(5); // warning: call to 'usleep' blocks
}
static void nobodys(struct ev_loop *, ev_timer *, int) { usleep(6); }
class Connection {
  ev_io watcher_;
  static void cb(struct ev_loop *, ev_io *w, int) {
    static_cast<Connection *>(w->data)->readable(); // warning: call to 'Connection::readable' blocks
  }
  void readable() { usleep(7); }

public:
  explicit Connection(int fd) {
    ev_io_init(&watcher_, &Connection::cb, fd, EV_READ);
    watcher_.data = this;
  }
};
// ev++.h's watchers are told by template arguments.
class Relay {
  ev::io io_;
  ev::timer timer_;
  void ready(ev::io &, int) { usleep(8); } // warning: call to 'usleep' blocks
  void tick() { usleep(9); } // warning: call to 'usleep' blocks

public:
  Relay() {
    io_.set<Relay, &Relay::ready>(this);
    timer_.set<Relay, &Relay::tick>(this);
  }
};
int main() {
  struct ev_loop *loop = EV_DEFAULT;
  ev_timer timer, other;
  ev_io io;
  ev_signal signal;
  ev_child child;
  ev_timer_init(&timer, on_tick, 1, 1);
  ev_io_init(&io, on_read, 0, EV_READ);
  ev_signal_init(&signal, on_signal, 2);
  ev_child_init(&child, on_child, 0, 0);
  ev_init(&other, on_set);
  ev_timer_start(loop, &timer);
  ev_run(loop, 0);
  (void)nobodys;
}
