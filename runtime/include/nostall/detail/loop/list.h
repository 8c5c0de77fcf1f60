//===- list.h - intrusive lists: nothing here allocates -------------------===//
//
// Waiters live in the frames of the coroutines that wait, so queues of waiters
// are links between frames. `link` is a node of a circular doubly linked list
// that can take itself out; `list` is the head of one. A node that is destroyed
// while it is linked takes itself out: that is what makes it safe to destroy a
// suspended coroutine.
//
// `ready_node` is what the loop runs. It has one pointer and one function, told
// what to do: run, drop (the loop goes away) or be deleted.
//
//===----------------------------------------------------------------------===//

#ifndef NOSTALL_DETAIL_LIST_H
#define NOSTALL_DETAIL_LIST_H

#include <cstdint>
#include <utility>

namespace nostall::detail {

struct link {
  link* next = nullptr;
  link* prev = nullptr;

  link() = default;
  link(link&&) noexcept {} ///< of one that is in no list
  link& operator=(const link&) = delete;
  ~link() { unlink(); }

  bool linked() const noexcept { return next != nullptr; }
  void unlink() noexcept {
    if (!next)
      return;
    prev->next = next;
    next->prev = prev;
    next = prev = nullptr;
  }
};

/// FIFO of `Node`s, which derive from `link`. The list owns nothing; what is
/// still in it when it dies is taken out.
template <class Node> class list {
public:
  list() noexcept { head_.next = head_.prev = &head_; }
  list(const list&) = delete;
  list& operator=(const list&) = delete;
  ~list() {
    while (!empty())
      head_.next->unlink();
    head_.next = head_.prev = nullptr;
  }

  bool empty() const noexcept { return head_.next == &head_; }
  Node* front() const noexcept { return static_cast<Node*>(head_.next); }
  void push_back(Node& n) noexcept { insert_before(n, head_); }
  void push_front(Node& n) noexcept { insert_before(n, *head_.next); }
  Node* pop_front() noexcept {
    Node* n = front();
    n->unlink();
    return n;
  }
  /// Calls `f` for each, first to last; `f` may not change the list.
  template <class F> void for_each(F f) const {
    for (link* n = head_.next; n != &head_; n = n->next)
      f(static_cast<Node&>(*n));
  }
  /// The node after `n`, or null at the end.
  Node* after(Node& n) const noexcept {
    return n.next == &head_ ? nullptr : static_cast<Node*>(n.next);
  }

private:
  static void insert_before(Node& n, link& at) noexcept {
    link* const node = unseen(&n);
    node->next = &at;
    node->prev = at.prev;
    at.prev->next = node;
    at.prev = node;
  }
  // g++ takes a node on the stack, which leaves the list when it ends, for one that stays
  // (-Wdangling-pointer), and forgets a pragma in a precompiled header.
  static link* unseen(link* l) noexcept {
#if defined(__GNUC__) && __GNUC__ >= 12 && !defined(__clang__)
    __asm__("" : "+r"(l));
#endif
    return l;
  }
  link head_;
};

enum class op : std::uint8_t {
  run,      ///< its turn has come
  drop,     ///< it will never run; let go of it
  destroy,  ///< last reference gone; delete it (tasks only)
  describe  ///< say in `this_thread.described_*` what it is (debug mode)
};

struct waiter;

struct ready_node {
  union {
    ready_node* next_ready = nullptr;
    waiter* waiting_on; ///< of a task that is not in the ready queue
  };
  void (*perform)(ready_node*, op) noexcept = nullptr;
};

/// FIFO of what the loop runs next.
class ready_queue {
public:
  ready_queue() = default;
  ready_queue(const ready_queue&) = delete;
  ready_queue& operator=(const ready_queue&) = delete;

  bool empty() const noexcept { return head_ == nullptr; }
  void push(ready_node& n) noexcept {
    n.next_ready = nullptr;
    *end_ = &n;
    end_ = &n.next_ready;
  }
  ready_node* pop() noexcept {
    ready_node* const n = head_;
    if (n) {
      head_ = n->next_ready;
      if (!head_)
        end_ = &head_;
    }
    return n;
  }
  /// All of them, each with the next one in `next_ready`; the queue is empty afterwards.
  ready_node* take() noexcept {
    end_ = &head_;
    return std::exchange(head_, nullptr);
  }

private:
  ready_node* head_ = nullptr;
  ready_node** end_ = &head_; ///< where the next one is hung in
};

} // namespace nostall::detail

#endif
