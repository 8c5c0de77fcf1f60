//===- task_core.h - the record of a running task -------------------------===//
//
// `create_task` makes one record beside the coroutine's frame. The loop holds a
// reference as long as the task runs, so no running task can vanish; handles
// hold others. The record outlives the frame: the frame goes when the task ends,
// the result stays until the last handle goes.
//
//            create_task        step             wait
//   (new) ────────────▶ scheduled ──▶ running ───────▶ pending
//                          ▲            │                 │
//                          │            ▼                 │
//                          │    finished / cancelled      │
//                          └──────── wake, interrupt ─────┘
//
//   state                 root/failed              next_ready/waiting_on
//   scheduled             root                     next_ready, in the ready queue
//   running               root                     neither
//   pending               root                     waiting_on, whom `interrupt` asks
//   finished, cancelled   failed; null but for     neither; next_ready, if it was killed in
//                         what an exception ended  the queue, which holds a reference then
//
// A leaf awaitable derives from `waiter`. In await_suspend it calls
// `begin_wait`: false means that a cancellation is due and the coroutine goes on
// at once; true means that it is parked, and that `wake` has to be called once. What may
// throw comes before it: the exception would go on in a task that waits.
// In await_resume it calls `finish_wait`, which throws if the wait was cut short.
// A waiter that is destroyed while parked must be unlinked from what it waits on.
//
// All of it belongs to the loop's thread; nothing is atomic.
//
//===----------------------------------------------------------------------===//

#ifndef NOSTALL_DETAIL_TASK_CORE_H
#define NOSTALL_DETAIL_TASK_CORE_H

#include "nostall/detail/task/scope.h"
#include "nostall/detail/task/thread_state.h"
#include "nostall/error.h"

#include <coroutine>
#include <cstdint>
#include <exception>
#include <memory>
#include <source_location>
#include <string>
#include <utility>

namespace nostall {

/// Where a task is in its life; `done()` is true of the last two.
enum class task_state : std::uint8_t {
  pending,   ///< waits for something
  scheduled, ///< runs in the loop's next iteration, or in this one
  running,   ///< is the current task
  finished,  ///< ended with a value or an exception
  cancelled  ///< ended by a cancelled_error
};

namespace detail {

struct report_sink;

/// A cancellation that is passed on by a wait to what it waits for. Queued in the
/// loop, so that no chain of handles or groups, however long, is a recursion.
struct passed_cancel : link {
  void (*go)(passed_cancel*) noexcept;
  explicit passed_cancel(void (*g)(passed_cancel*) noexcept) noexcept : go(g) {}
};
void pass_cancel(loop_core& l, passed_cancel& c) noexcept;

struct waiter {
  task_core* task = nullptr; ///< who waits; null until parked
  /// Asked when a cancellation is due. True: the wait is undone (unlinked), the
  /// task may go. False: the wait goes on. Runs no user code.
  bool (*on_cancel)(waiter*) noexcept;

  explicit waiter(bool (*hook)(waiter*) noexcept) noexcept : on_cancel(hook) {}
  /// Of one that has not waited yet: until then an awaitable can be moved.
  waiter(waiter&& o) noexcept : on_cancel(o.on_cancel) {}
  waiter& operator=(const waiter&) = delete;
};

/// The usual hooks. Nothing has to be undone:
inline bool undone_at_once(waiter*) noexcept { return true; }
/// It is in a list, and leaves it:
struct linked_waiter : waiter, link {
  linked_waiter() noexcept
      : waiter([](waiter* w) noexcept {
          static_cast<linked_waiter*>(w)->unlink();
          return true;
        }) {}
};

/// Somebody who wants to know when a task has ended. Circular, no sentinel.
struct done_node {
  done_node* next = nullptr; ///< null: watches nothing, and `prev` says nothing
  done_node* prev;
  void (*fire)(done_node*, task_core&) noexcept;

  explicit done_node(void (*f)(done_node*, task_core&) noexcept = nullptr) noexcept
      : fire(f) {}
};

/// What an ended task failed with, and who is told if nobody asks.
struct failure {
  std::exception_ptr error;
  std::shared_ptr<report_sink> sink;
};

/// What few tasks have: a name, context variables.
struct task_extras {
  std::string name;
  context_data* context = nullptr;
  ~task_extras();
};

struct task_core : ready_node, link { // in its scope's members
  std::coroutine_handle<> resume_at;
  union {
    void* root;         ///< the frame, while not done
    failure* failed;    ///< when done; null unless an exception ended it
  };
  scope* in;            ///< innermost scope; null when done
  done_node* watchers = nullptr;
  std::source_location where;
  task_extras* extras = nullptr;
  std::uint32_t refs = 2; ///< the loop's and the first handle's
  task_state state = task_state::scheduled;
  bool ended : 1 = false;         ///< the root coroutine reached its end
  bool requested : 1 = false;     ///< cancel() was called, not yet thrown
  bool refused : 1 = false;       ///< resumes by throwing: a request
  bool refused_scope : 1 = false; ///< resumes by throwing: a scope
  bool fetched : 1 = false;       ///< somebody has seen the outcome
  bool ended_by_cancel : 1 = false;
  bool has_value : 1 = false;
  bool abandoned : 1 = false;     ///< resumes by throwing: what it awaited is gone
  bool outlived : 1 = false;      ///< its cancellation was passed on to a task that went on
  std::uint8_t refusals : 7 = 0;      ///< since its last turn, see begin_wait
  std::uint8_t cancels = 0;       ///< cancel() less uncancel(); stays at the greatest

  task_core(scope& s, void* frame, std::source_location w) noexcept
      : resume_at(std::coroutine_handle<>::from_address(frame)), root(frame),
        in(&s), where(w) {
    s.members.push_back(*this);
    ++s.member_count;
  }
  task_core(const task_core&) = delete;
  ~task_core() {
    if (failed || extras) [[unlikely]]
      release_rest();
  }

  bool done() const noexcept { return state >= task_state::finished; }
  loop_core& loop() const noexcept { return in->loop(); }

  void ref() noexcept { ++refs; }
  void unref() noexcept {
    if (--refs == 0) {
      if (failed && !fetched) [[unlikely]]
        report_failure();
      perform(this, op::destroy);
    }
  }

  bool request_due() const noexcept {
    return requested && !(in->owner() == this && in->holds_requests());
  }
  bool cancel_due() const noexcept { return in->effective() || request_due(); }
  /// asyncio's Task.cancel. False when already done.
  bool request_cancel() noexcept;
  /// asyncio's Task.uncancel: takes one request back. The last takes along what was not
  /// thrown yet.
  unsigned uncancel() noexcept;
  /// Cuts the present wait short if a cancellation is due.
  void interrupt() noexcept;

  /// A task that swallows its cancellation is refused at once a few times, then in
  /// the loop's next iteration: others get their turn.
  bool begin_wait(waiter& w, std::coroutine_handle<> h) noexcept {
    w.task = this;
    if (cancel_due()) [[unlikely]]
      if (!refuse_later() && refuse(w))
        return false;
    resume_at = h;
    waiting_on = &w;
    state = task_state::pending;
    return true;
  }
  void wake() noexcept; // in loop_core.h
  /// Ends the wait by an error: what was waited for is destroyed.
  void abandon() noexcept {
    abandoned = true;
    wake();
  }
  /// The same, also of a task whose turn has come, where what it is in is destroyed: it
  /// goes on at `h`.
  void divert(std::coroutine_handle<> h) noexcept {
    resume_at = h;
    abandoned = true;
    if (state == task_state::pending)
      wake();
  }

  /// Runs until the next wait; true when the task has come to its end.
  bool step() noexcept {
    thread_state& here = this_thread;
    here.current = this;
    here.budget = budget_of_a_step;
    state = task_state::running;
    // Also with clang: a coroutine that g++ compiled may be among the awaited.
    resume_at.resume();
    while (void* h = here.next) [[unlikely]] {
      here.next = nullptr;
      std::coroutine_handle<>::from_address(h).resume();
    }
    if (ended) [[unlikely]]
      return true; // `complete` destroys the frame, still as the current task
    here.current = nullptr;
    return false;
  }

  void watch(done_node& n) noexcept;
  void unwatch(done_node& n) noexcept;
  /// Ends the task: tells the watchers and the scope, drops the loop's reference.
  void finish(task_state s) noexcept {
    scope* const home = in;
    state = s;
    unlink();
    --home->member_count;
    in = nullptr;
    if (watchers)
      tell_watchers();
    if (home->member_done)
      home->member_done(*home, *this);
    unref();
  }
  /// Destroys the suspended coroutine without resuming it; ends as cancelled.
  void kill() noexcept;
  /// Ends the current task, whose coroutine let an exception pass.
  void fail(std::coroutine_handle<> frame, std::exception_ptr error) noexcept;
  [[noreturn]] void rethrow_failure();
  std::string name() const;

private:
  bool refuse(waiter& w) noexcept;
  bool refuse_later() noexcept;
  void tell_watchers() noexcept;
  void report_failure() noexcept;
  void release_rest() noexcept;
};

/// The running task; throws usage_error when there is none. `what` is the name
/// of the awaitable, for the message.
[[noreturn]] void throw_no_task(const char* what);
inline task_core& current_task_core(const char* what) {
  task_core* t = this_thread.current;
  if (!t) [[unlikely]]
    throw_no_task(what);
  return *t;
}

[[noreturn]] void throw_refused(task_core& t);
inline void finish_wait(const waiter& w) {
  if (w.task && (w.task->refused || w.task->refused_scope || w.task->abandoned)) [[unlikely]]
    throw_refused(*w.task);
}

/// The running task has used up its budget and is about to go on at `at`. True: it does so
/// in its next turn. Throws what it is cancelled by. False: nothing of this holds here.
bool take_a_turn(std::coroutine_handle<> at);

/// Destroys a coroutine that is suspended. Nobody runs meanwhile, not even who does it.
inline void destroy_suspended(std::coroutine_handle<> frame) noexcept {
  task_core* const around = std::exchange(this_thread.current, nullptr);
  frame.destroy();
  this_thread.current = around;
}
/// An exception has left a coroutine, which can go on only if it was running.
inline void require_running() noexcept {
  if (!this_thread.current) [[unlikely]]
    die("nostall: an exception left a coroutine outside of its task: a destructor "
        "threw while a suspended coroutine was destroyed, or the coroutine was resumed "
        "by somebody else than its loop");
}

/// Called by the final awaiter of a root coroutine.
inline void end_current() noexcept { this_thread.current->ended = true; }

} // namespace detail
} // namespace nostall

#endif
