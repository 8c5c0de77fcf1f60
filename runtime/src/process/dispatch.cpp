//===- dispatch.cpp - which worker gets which call ------------------------===//
//
//   queue ── give ──▶ a worker's slots ── begun ──▶ its result
//     ▲                     │
//     └───── take back ─────┘   while it has not begun: cancelled, or for one that is idle
//
//===----------------------------------------------------------------------===//

#include "nostall/error.h"
#include "process/process_pool.h"

#include <cerrno>
#include <sys/socket.h>
#include <system_error>
#include <utility>

namespace nostall::detail {

namespace {
// So many calls a worker may have ahead of the one that it runs.
constexpr std::uint32_t ahead = 8;
} // namespace

void process_pool::submit(process_call& c) {
  if (closed_) {
    c.end(std::make_exception_ptr(executor_shut_down()));
    return;
  }
  queue_back(c);
  dispatch();
}

void process_pool::queue_back(process_call& c) noexcept {
  queue_.push_back(c);
  ++queued_;
}
void process_pool::queue_front(process_call& c) noexcept {
  queue_.push_front(c);
  ++queued_;
}
process_call& process_pool::next_call() noexcept {
  --queued_;
  return *queue_.pop_front();
}

bool process_pool::withdraw(process_call& c) noexcept {
  if (c.linked()) {
    c.unlink();
    --queued_;
    return true;
  }
  if (!c.at)
    return true;
  if (take_back(c))
    return true;
  c.at->calls[c.slot] = nullptr; // its result will be nobody's
  c.at = nullptr;
  return false;
}

// From a worker that has not begun it; else nothing changes.
bool process_pool::take_back(process_call& c) noexcept {
  pool_worker& w = *c.at;
  if (!w.slots().change(c.slot, slot_state::given, slot_state::withdrawn))
    return false;
  w.calls[c.slot] = nullptr;
  w.numbers[c.slot] = 0;
  --w.given;
  --w.taken;
  c.at = nullptr;
  return true;
}

// Who has the least to do, of those that take more.
pool_worker* process_pool::best_worker() noexcept {
  pool_worker* best = nullptr;
  for (auto& w : workers_)
    if (w->at == pool_worker::phase::ready && !w->full && w->given < ahead &&
        (per_child_ == 0 || w->taken < per_child_) &&
        (!best || w->given < best->given))
      best = w.get();
  return best;
}

process_pool::census process_pool::count_workers() const noexcept {
  census n;
  for (const auto& w : workers_) {
    n.living += w->at == pool_worker::phase::ready;
    n.starting += w->at == pool_worker::phase::starting;
  }
  return n;
}

void process_pool::dispatch() noexcept {
  if (std::exchange(dispatching_, true))
    return;
  hand_out();
  if (queue_.empty() && !draining_)
    for (auto& w : workers_)
      if (w->idle())
        rebalance(*w);
  settle();
  dispatching_ = false;
}

// To those who have nothing; else to a new worker, while there may be more; else, once
// no more are to come, ahead to those who are busy.
void process_pool::hand_out() noexcept {
  bool may_start = true;
  while (!queue_.empty()) {
    pool_worker* const best = best_worker();
    if (!best || best->given != 0) {
      const census n = count_workers();
      if (may_start && n.living + n.starting < max_ && n.starting < queued_) {
        may_start = start_worker();
        continue;
      }
      if (!best || n.starting != 0)
        return;
    }
    process_call& c = next_call();
    if (!give(*best, c))
      queue_front(c);
  }
}

// False: it does not take more now.
bool process_pool::give(pool_worker& w, process_call& c) {
  slot_page& slots = w.slots();
  std::uint32_t slot = w.next;
  const auto free = [&](std::uint32_t s) {
    return w.numbers[s] == 0 && slots.state[s].now.load() == slot_state::free;
  };
  for (std::uint32_t i = 0; i < slot_page::count && !free(slot); ++i)
    slot = (slot + 1) % slot_page::count;
  if (!free(slot)) {
    w.full = true; // until it has passed over what was withdrawn
    return false;
  }
  message_header& h = c.call.request.header;
  h.kind = message_kind::call;
  h.slot = slot;
  h.number = ++w.last;
  slots.state[slot].now.store(slot_state::given);
  try {
    if (!c.call.request.send(w.process.socket.get(), MSG_DONTWAIT)) {
      slots.state[slot].now.store(slot_state::free);
      w.full = true;
      return false;
    }
  } catch (const std::system_error& e) {
    slots.state[slot].now.store(slot_state::free);
    if (e.code().value() == EPIPE) {
      w.full = true; // it is about to be seen dead
      return false;
    }
    c.end(std::current_exception());
    return true;
  }
  w.next = (slot + 1) % slot_page::count;
  w.calls[slot] = &c;
  w.numbers[slot] = h.number;
  ++w.given;
  ++w.taken;
  c.at = &w;
  c.slot = slot;
  return true;
}

// A worker has nothing to do: it gets the latest call that the busiest has not begun.
void process_pool::rebalance(pool_worker& idle) noexcept {
  pool_worker* busiest = nullptr;
  for (auto& w : workers_)
    if (w->given > 1 && (!busiest || w->given > busiest->given))
      busiest = w.get();
  if (!busiest || (per_child_ != 0 && idle.taken >= per_child_))
    return;
  for (std::uint32_t i = 1; i <= slot_page::count; ++i) {
    const std::uint32_t slot =
        (busiest->next + slot_page::count - i) % slot_page::count;
    process_call* c = busiest->calls[slot];
    if (!c || !take_back(*c))
      continue;
    if (!give(idle, *c))
      queue_front(*c);
    return;
  }
}

void process_pool::refuse_queue(const std::exception_ptr& e) noexcept {
  while (!queue_.empty())
    next_call().end(e);
}

// An end of the connection: the worker exits when it has read all before.
void process_pool::retire(pool_worker& w) noexcept {
  w.at = pool_worker::phase::retiring;
  shutdown(w.process.socket.get(), SHUT_WR);
}

void process_pool::settle() noexcept {
  for (auto& w : workers_)
    if (w->idle() && ((draining_ && queue_.empty()) ||
                      (per_child_ != 0 && w->taken >= per_child_)))
      retire(*w);
  if (workers_.empty())
    empty_.set();
}

} // namespace nostall::detail
