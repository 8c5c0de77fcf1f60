//===- mailbox.h - how other threads reach a loop -------------------------===//
//
//   thread ── push ──▶ stack of nodes ── take ──▶ ready     (one exchange a batch)
//                └──▶ eventfd, if the loop sleeps           (one write a batch)
//
// A stack that is taken whole and turned round: what one thread pushed comes out
// in its order. No lock, so that a sender who is preempted delays nobody.
//
// Counted apart from the loop: a worker that finishes late pushes into a closed
// mailbox, which refuses, instead of into a loop that is gone. The eventfd is
// edge-triggered and never read: each write is news.
//
//===----------------------------------------------------------------------===//

#ifndef NOSTALL_SRC_MAILBOX_H
#define NOSTALL_SRC_MAILBOX_H

#include "nostall/detail/loop/list.h"

#include <atomic>

namespace nostall::detail {

class mailbox {
public:
  mailbox(); ///< throws std::system_error
  mailbox(const mailbox&) = delete;

  void ref() noexcept { refs_.fetch_add(1, std::memory_order_relaxed); }
  void unref() noexcept {
    if (refs_.fetch_sub(1, std::memory_order_acq_rel) == 1)
      delete this;
  }

  /// From any thread that holds a reference. False after `close`; then the node
  /// stays the caller's.
  bool push(ready_node& n) noexcept {
    ready_node* head = head_.load(std::memory_order_relaxed);
    do {
      if (head == &closed_mark)
        return false;
      n.next_ready = head;
    } while (!head_.compare_exchange_weak(head, &n));
    if (asleep_.load() && asleep_.exchange(false))
      wake_up();
    return true;
  }
  void wake_up() noexcept;
  /// Whether the loop is gone.
  bool closed() const noexcept { return head_.load() == &closed_mark; }

  // For the loop's thread.
  bool empty() const noexcept { return head_.load() == nullptr; }
  /// Appends what has come, the oldest first.
  void take(ready_queue& to) noexcept;
  /// The same, and refuses all that comes later.
  void close(ready_queue& to) noexcept;
  /// Between the two, a push wakes the loop.
  void fall_asleep() noexcept { asleep_.store(true); }
  void awake() noexcept { asleep_.store(false); }
  int event() const noexcept { return event_; }

private:
  ~mailbox();
  static void turn_round(ready_node* newest, ready_queue& to) noexcept;
  static inline ready_node closed_mark{};

  // What senders write, what the loop writes, and what neither does while it runs, each on
  // a line of its own: the loop looks at its own in each iteration.
  alignas(64) std::atomic<ready_node*> head_{nullptr};
  alignas(64) std::atomic<bool> asleep_{false};
  alignas(64) std::atomic<unsigned> refs_{1};
  int event_;
};

} // namespace nostall::detail

#endif
