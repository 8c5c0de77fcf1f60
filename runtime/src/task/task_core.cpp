//===- task_core.cpp - the life of a task's record ------------------------===//

#include "nostall/detail/task/task_core.h"
#include "task/context.h"
#include "loop/loop_impl.h"
#include "nostall/detail/task/task_record.h"
#include "nostall/error.h"

#include <atomic>
#include <string>
#include <utility>

namespace nostall::detail {

// h. of measures.md: a parked task shall not take more than 200 bytes.
static_assert(sizeof(task_core) <= 88 && sizeof(task_record<void>) <= 88);

// Only of records that are done: `failed` shares its place with the frame.
void task_core::release_rest() noexcept {
  delete failed;
  delete extras;
}

bool task_core::request_cancel() noexcept {
  if (done())
    return false;
  requested = true;
  if (cancels != UINT8_MAX)
    ++cancels;
  interrupt();
  return true;
}

unsigned task_core::uncancel() noexcept {
  if (cancels != 0 && --cancels == 0)
    requested = outlived = false;
  return cancels;
}

void task_core::interrupt() noexcept {
  if (state == task_state::pending && cancel_due() && refuse(*waiting_on))
    wake();
}

void pass_cancel(loop_core& l, passed_cancel& c) noexcept {
  c.unlink();
  l.passed.push_back(c);
  if (std::exchange(l.passing, true))
    return;
  while (!l.passed.empty()) {
    passed_cancel* const next = l.passed.pop_front();
    next->go(next);
  }
  l.passing = false;
}

namespace {
/// So many times in a turn a task that swallows its cancellation is refused.
constexpr std::uint8_t patience = 16;
} // namespace

bool task_core::refuse_later() noexcept {
  if (++refusals < patience)
    return false;
  refusals = 0;
  try {
    loop().late.push_back(this);
  } catch (...) {
    return false;
  }
  ref();
  return true;
}

bool task_core::refuse(waiter& w) noexcept {
  if (!w.on_cancel(&w))
    return false;
  if (request_due()) {
    requested = false;
    refused = true;
  } else {
    refused_scope = true;
  }
  return true;
}

void throw_refused(task_core& t) {
  t.outlived = false;
  if (t.abandoned) {
    t.abandoned = false;
    throw_usage("nostall: what this task waits for was destroyed; keep it until "
                "nobody waits");
  }
  if (t.refused) {
    t.refused = false;
    throw_cancelled(&t);
  }
  // A wait that passed the cancellation on, and now throws in its own name.
  if (!t.refused_scope && t.request_due()) {
    t.requested = false;
    throw_cancelled(&t);
  }
  t.refused_scope = false;
  throw_cancelled(t.in->origin());
}

bool take_a_turn(std::coroutine_handle<> at) {
  this_thread.budget = budget_of_a_step;
  task_core* const t = this_thread.current;
  if (!t)
    return false;
  if (t->cancel_due() && ++t->refusals < patience) {
    t->refused_scope = !t->request_due();
    throw_refused(*t);
  }
  t->refusals = 0;
  t->resume_at = at;
  t->wake();
  return true;
}

void task_core::watch(done_node& n) noexcept {
  if (!watchers) {
    watchers = n.next = n.prev = &n;
    return;
  }
  n.next = watchers;
  n.prev = watchers->prev;
  n.prev->next = &n;
  watchers->prev = &n;
}

void task_core::unwatch(done_node& n) noexcept {
  if (!n.next)
    return;
  if (n.next == &n) {
    watchers = nullptr;
  } else {
    n.next->prev = n.prev;
    n.prev->next = n.next;
    if (watchers == &n)
      watchers = n.next;
  }
  n.next = n.prev = nullptr;
}

void task_core::tell_watchers() noexcept {
  while (done_node* n = watchers) {
    if (n->next == n) { // mostly it is alone
      watchers = n->next = n->prev = nullptr;
      return n->fire(n, *this);
    }
    unwatch(*n);
    n->fire(n, *this);
  }
}

void task_core::kill() noexcept {
  if (this_thread.current == this || state == task_state::running)
    die("nostall: a running task was destroyed from inside itself: its "
        "task_group, gather or loop was destroyed by the task");
  if (state == task_state::scheduled)
    ref(); // the ready queue's, given back when its turn comes
  // Destructors in the frame may cancel this task, or the scope that it is in.
  state = task_state::running;
  static std::atomic<std::uint64_t> kills{0};
  const std::uint64_t around = std::exchange(this_thread.killing, ++kills);
  destroy_suspended(std::coroutine_handle<>::from_address(root));
  this_thread.killing = around;
  failed = nullptr;
  finish(task_state::cancelled);
}

void task_core::fail(std::coroutine_handle<> frame,
                     std::exception_ptr error) noexcept {
  frame.destroy();
  this_thread.current = nullptr;
  failed = ended_by_cancel
               ? nullptr
               : new failure{std::move(error), loop().reports()};
  finish(ended_by_cancel ? task_state::cancelled : task_state::finished);
}

void task_core::rethrow_failure() {
  if (failed)
    std::rethrow_exception(failed->error);
  throw_cancelled(nullptr);
}

void task_core::report_failure() noexcept {
  exception_context c{report_kind::task_failed,
                      "task '" + name() +
                          "' failed and nobody fetched its exception",
                      failed->error, name(), where};
  failed->sink->report(c);
}

std::string task_core::name() const {
  if (extras && !extras->name.empty())
    return extras->name;
  return std::string(where.function_name()) + ":" +
         std::to_string(where.line());
}

task_extras::~task_extras() { release_context(context); }

void set_name(task_core& t, std::string_view name) {
  if (!t.extras)
    t.extras = new task_extras;
  t.extras->name = name;
}

void outfit(task_core& t, std::string_view name) {
  context_data* context = current_context();
  if (name.empty() && !context)
    return;
  try {
    t.extras = new task_extras{std::string(name), nullptr};
  } catch (...) {
    t.kill();
    t.unref();
    throw;
  }
  t.extras->context = retain_context(context);
}

void* allocate_record(std::size_t bytes, std::size_t alignment,
                      std::coroutine_handle<> frame) {
  try {
    if (alignment > __STDCPP_DEFAULT_NEW_ALIGNMENT__)
      return ::operator new(bytes, std::align_val_t(alignment));
    return allocate_block(bytes);
  } catch (...) {
    frame.destroy();
    throw;
  }
}

const task_core* join_awaiter::awaited_by(const task_core& t) noexcept {
  if (t.state != task_state::pending || (t.waiting_on->on_cancel != &undo &&
                                         t.waiting_on->on_cancel != &handle_wait::pass_on))
    return nullptr;
  return static_cast<const join_awaiter*>(t.waiting_on)->target_;
}

/// Walks through the tasks that wait for one to end, directly or through others, each
/// before those that wait for it. Each waits for one only, so they are a tree, and the way
/// back up stands in it. Of a task that somebody watches.
class waiting_tree {
public:
  explicit waiting_tree(const task_core& root) noexcept : root_(root), watched_(&root) {}
  /// False: that was all. `found` is null for a watcher that is no task's wait.
  bool next(const task_core*& found) noexcept {
    if (!at_) {
      at_ = root_.watchers;
    } else if (const task_core* const t = waiting(); t && t->watchers) {
      watched_ = t;
      at_ = t->watchers;
    } else {
      while (at_->next == watched_->watchers) { // the last one there
        if (watched_ == &root_)
          return false;
        const auto* const up = static_cast<const join_awaiter*>(watched_->waiting_on);
        watched_ = up->target_;
        at_ = up;
      }
      at_ = at_->next;
    }
    found = waiting();
    return true;
  }

private:
  const task_core* waiting() const noexcept {
    return at_->fire == &join_awaiter::wake_waiting ? static_cast<const join_awaiter*>(at_)->task
                                                    : nullptr;
  }
  const task_core& root_;
  const task_core* watched_;
  const done_node* at_ = nullptr; ///< among those who watch `watched_`
};

// A circle needs the target among those who wait for `me`, so it is looked for on both
// sides by turns: up from the target and among those who wait. Whichever ends first has the
// answer, and as each wait joins two trees of tasks, all of them together cost n log n.
void join_awaiter::refuse_circle(const task_core& me) const {
  if (target_ == &me)
    throw_usage("nostall: a task awaits itself");
  const task_core* above = target_;
  waiting_tree below(me);
  for (const task_core* found = nullptr; below.next(found);) {
    above = awaited_by(*above);
    if (!above)
      return;
    if (above == &me || found == target_)
      throw_usage("nostall: tasks await each other in a circle, and would do so for ever");
  }
}

bool handle_wait::pass_on(waiter* w) noexcept {
  auto* self = static_cast<handle_wait*>(static_cast<join_awaiter*>(w));
  // Only its turn was missing, and there is nobody to pass it on to.
  if (self->target_->done() && !self->takes_)
    return true;
  if (!self->passed_on_) {
    self->passed_on_ = true;
    pass_cancel(self->task->loop(), *self);
  }
  return false;
}
bool handle_wait::ends_by_cancellation() noexcept {
  const bool by_it = target_->state == task_state::cancelled;
  if (by_it)
    target_->fetched = true;
  const bool before = task->outlived;
  task->outlived = true;
  return before || by_it;
}
void handle_wait::arrive(passed_cancel* c) noexcept {
  static_cast<handle_wait*>(c)->target_->request_cancel();
}

void add_done_node(task_core& t, callback_node* n) {
  struct waiting : done_node {
    callback_node* callback;
  };
  if (t.done()) {
    n->enqueue();
    n->unref();
    return;
  }
  waiting* w = nullptr;
  try {
    w = new waiting;
  } catch (...) {
    n->unref();
    throw;
  }
  w->callback = n;
  w->fire = [](done_node* d, task_core&) noexcept {
    auto* self = static_cast<waiting*>(d);
    self->callback->enqueue();
    self->callback->unref();
    delete self;
  };
  t.watch(*w);
}

void throw_not_done(const task_core& t, const char* what) {
  throw invalid_state_error("nostall: " + std::string(what) + "() of task '" +
                            t.name() +
                            "', which has not ended; co_await it first");
}

void throw_no_task(const char* what) {
  throw usage_error(
      "nostall: " + std::string(what) +
      " was awaited outside of a task; only coroutines that nostall::run or "
      "create_task drives can wait");
}

void throw_no_loop(const char* what) {
  throw usage_error("nostall: " + std::string(what) +
                    " needs a running event loop on this thread; call it from "
                    "a coroutine that nostall::run drives");
}

void rethrow(const std::exception_ptr& error) { std::rethrow_exception(error); }

void throw_consumed(const char* who) {
  throw usage_error("nostall: " + std::string(who) +
                    " was given a task that was awaited, spawned or moved "
                    "from before; a task runs once");
}

} // namespace nostall::detail
