//===- loop_impl.h - the loop behind loop.h -------------------------------===//
//
//   other threads ── send ──▶ mailbox ─┐ (mailbox.h)
//   signals ── handler ──▶ flag ───────┤
//                                      ▼
//   ready ──▶ run   timers ──▶ ready   poll ──▶ ready   mailbox ──▶ ready
//
// One epoll instance a loop. Descriptors are registered once, with a pointer to
// the `fd_source` that wants their events. Polling without waiting is left out
// where it could see nothing new: no descriptors are registered, or nothing has
// run since the last poll.
//
//===----------------------------------------------------------------------===//

#ifndef NOSTALL_SRC_LOOP_IMPL_H
#define NOSTALL_SRC_LOOP_IMPL_H

#include "context.h"
#include "mailbox.h"
#include "nostall/detail/callback.h"
#include "nostall/detail/fd_source.h"
#include "nostall/detail/loop_core.h"
#include "nostall/loop.h"
#include "nostall/report.h"
#include "signals.h"

#include <atomic>
#include <memory>
#include <thread>
#include <unordered_map>

namespace nostall::detail {

/// Where reports of one loop go. Outlives the loop as long as an unfetched
/// failure may need it.
struct report_sink {
  std::unique_ptr<handler_base> handler;
  void report(const exception_context& c) noexcept;
};

/// The reader and the writer callback of one descriptor.
struct fd_callbacks final : fd_source {
  callback_node* reader = nullptr;
  callback_node* writer = nullptr;
  void on_events(std::uint32_t events) noexcept override;
};

struct loop_impl final : loop_core {
  explicit loop_impl(event_loop& l, clock_source* c);
  ~loop_impl() override;

  void run_until(bool (*over)(void*), void* what);
  void iterate(bool (*over)(void*), void* what) noexcept;

  void send(callback_node* n) noexcept;

  void watch(int fd, bool writer, callback_node* n);
  bool unwatch(int fd, bool writer) noexcept;
  void watch_signal(int signal, callback_node* n, bool once);
  bool unwatch_signal(int signal) noexcept;

  std::shared_ptr<report_sink> reports() noexcept override { return sink; }
  void poll_control(int operation, int fd, std::uint32_t events, fd_source* s);

  std::shared_ptr<report_sink> sink = std::make_shared<report_sink>();
  std::chrono::nanoseconds slow = std::chrono::milliseconds(100);
  std::thread::id thread = std::this_thread::get_id();
  std::atomic<bool> stopping{false};
  mailbox* const mail; ///< counted; others may hold it longer
  std::size_t watched = 0; ///< descriptors registered with epoll

private:
  void run_ready() noexcept;
  void run_timed(ready_node* n) noexcept;
  void move_due_timers() noexcept;
  void poll(bool may_wait) noexcept;
  void take_mail() noexcept;
  void take_signals() noexcept;
  void kill_tasks() noexcept;
  void drop_callbacks() noexcept;

  bool ran_since_poll_ = true;
  int epoll_ = -1;
  std::unordered_map<int, std::unique_ptr<fd_callbacks>> callbacks_;
  std::unordered_map<int, callback_node*> signals_;
  unsigned signals_seen_ = 0;
};

inline loop_impl& impl_of(loop_core& l) noexcept {
  return static_cast<loop_impl&>(l);
}

} // namespace nostall::detail

#endif
