//===- task_record.h - the typed half of a task: its result, its awaiters --===//

#ifndef NOSTALL_DETAIL_TASK_RECORD_H
#define NOSTALL_DETAIL_TASK_RECORD_H

#include "nostall/detail/task/access.h"
#include "nostall/detail/loop/callback.h"
#include "nostall/detail/task/promise.h"
#include "nostall/error.h"

#include <memory>
#include <new>
#include <string_view>
#include <type_traits>
#include <utility>

namespace nostall {
template <class T> class task_handle;
template <class T> class task;
}

namespace nostall::detail {

struct nothing {};
template <class T>
using stored_result =
    std::conditional_t<std::is_void_v<T>, nothing,
                       std::conditional_t<std::is_reference_v<T>,
                                          std::remove_reference_t<T>*, std::remove_cv_t<T>>>;

[[noreturn]] void throw_not_done(const task_core& t, const char* what);
void set_name(task_core& t, std::string_view name);
/// Name and context variables of a new task, which is killed if there is no memory.
void outfit(task_core& t, std::string_view name);
/// Destroys the coroutine if there is no memory.
void* allocate_record(std::size_t bytes, std::size_t alignment,
                      std::coroutine_handle<> frame);
void add_done_node(task_core& t, callback_node* n);

/// Room for a result; of void none, so that a record of it is no larger than task_core.
template <class T> struct result_room {
  union {
    T value;
  };
  result_room() noexcept {}
  ~result_room() {}
};
template <> struct result_room<nothing> {};

template <class T> struct task_record final : task_core {
  /// More than the kept blocks can give.
  static constexpr bool overaligned =
      alignof(stored_result<T>) > __STDCPP_DEFAULT_NEW_ALIGNMENT__;
  [[no_unique_address]] result_room<stored_result<T>> result;

  task_record(scope& s, std::coroutine_handle<promise<T>> frame,
              std::source_location w) noexcept
      : task_core(s, frame.address(), w) {
    perform = &task_record::act;
  }
  ~task_record() {
    if constexpr (!std::is_void_v<T>)
      if (has_value)
        std::destroy_at(std::addressof(result.value));
  }

  static void act(ready_node* n, op what) noexcept {
    auto* self = static_cast<task_record*>(static_cast<task_core*>(n));
    if (what == op::run) [[likely]] {
      if (self->done()) [[unlikely]] // killed while it was queued
        self->unref();
      else if (self->step())
        self->complete();
      return;
    }
    switch (what) {
    case op::run:
    case op::drop:
      if (self->done())
        self->unref();
      break;
    case op::destroy:
      self->~task_record();
      if constexpr (overaligned)
        ::operator delete(self, std::align_val_t(alignof(task_record)));
      else
        release_block(self, sizeof(task_record));
      break;
    case op::describe:
      this_thread.described_task = self;
      break;
    }
  }

  void complete() noexcept {
    const auto frame = std::coroutine_handle<promise<T>>::from_address(root);
    promise<T>& p = frame.promise();
    if (p.failed()) [[unlikely]]
      return fail(frame, std::move(p.error));
    if constexpr (!std::is_void_v<T>) {
      if constexpr (std::is_nothrow_move_constructible_v<stored_result<T>>)
        std::construct_at(std::addressof(result.value), std::move(p.value));
      else
        try {
          std::construct_at(std::addressof(result.value), std::move(p.value));
        } catch (...) {
          return fail(frame, std::current_exception());
        }
    }
    has_value = true;
    frame.destroy();
    this_thread.current = nullptr;
    failed = nullptr;
    finish(task_state::finished);
  }

  decltype(auto) peek() {
    fetched = true;
    if (!has_value) [[unlikely]]
      rethrow_failure();
    if constexpr (std::is_reference_v<T>)
      return static_cast<T>(*result.value);
    else if constexpr (!std::is_void_v<T>)
      return static_cast<const T&>(result.value);
  }
  /// A value of its own, that needs no handle to live.
  T copy() { return peek(); }
  /// Moves the value out, unless another handle may still want to see it.
  T take() {
    fetched = true;
    if (!has_value) [[unlikely]]
      rethrow_failure();
    if constexpr (std::is_copy_constructible_v<stored_result<T>> &&
                  !std::is_void_v<T> && !std::is_reference_v<T>)
      if (refs > 1)
        return result.value;
    if constexpr (std::is_reference_v<T>)
      return static_cast<T>(*result.value);
    else if constexpr (!std::is_void_v<T>)
      return std::move(result.value);
  }
  std::exception_ptr exception() noexcept {
    fetched = true;
    if (state == task_state::cancelled)
      return std::make_exception_ptr(cancelled_error());
    return failed ? failed->error : nullptr;
  }
};

inline bool context_to_inherit() noexcept {
  const task_core* t = this_thread.current;
  return this_thread.context || (t && t->extras && t->extras->context);
}

template <class T>
[[gnu::noinline]] task_record<T>*
spawn_with_care(scope& s, task<T>&& t, std::string_view name,
                std::source_location where) {
  const auto frame = access::release(t, "create_task");
  void* const block =
      allocate_record(sizeof(task_record<T>), alignof(task_record<T>), frame);
  auto* r = new (block) task_record<T>(s, frame, where);
  s.loop().ready.push(*r);
  outfit(*r, name);
  return r;
}

/// Makes a task of `t`. The short way is for a task without name and context,
/// whose record has a kept block: almost all of them.
template <class T>
inline task_record<T>* spawn(scope& s, task<T>&& t, std::string_view name,
                             std::source_location where) {
  if (!task_record<T>::overaligned && t.valid() && !noting_tasks() && name.empty() &&
      !context_to_inherit()) [[likely]]
    if (void* block = take_block(block_class(sizeof(task_record<T>))))
        [[likely]] {
      auto* r = new (block) task_record<T>(s, access::release_valid(t), where);
      s.loop().ready.push(*r);
      return r;
    }
  return spawn_with_care<T>(s, std::move(t), name, where);
}

/// Nothing may wait for the end of a task of another loop: throws usage_error.
inline void require_same_loop(const task_core& t, const loop_core& here) {
  if (!t.done() && &t.loop() != &here) [[unlikely]]
    throw_usage("nostall: a task awaits a task of another loop; hand the result "
                "over with call_soon_threadsafe");
}

/// Waits for a task's end without touching it.
class join_awaiter : public waiter, public done_node {
public:
  /// Takes over a reference.
  explicit join_awaiter(task_core* t) noexcept : join_awaiter(t, &undo) {}
  join_awaiter(join_awaiter&& o) noexcept // until it is awaited
      : waiter(std::move(o)), done_node(o.fire), target_(std::exchange(o.target_, nullptr)) {}
  ~join_awaiter() {
    if (next)
      target_->unwatch(*this);
    if (target_)
      target_->unref();
  }
  bool await_ready() const noexcept { return target_->done() && within_budget(); }
  bool await_suspend(std::coroutine_handle<> h) {
    task_core& me = current_task_core("a task_handle");
    if (target_ == &me || (me.watchers && target_->state == task_state::pending)) [[unlikely]]
      refuse_circle(me); // where nobody waits for `me`, or the target for nobody, is none
    require_same_loop(*target_, me.loop());
    if (!me.begin_wait(*this, h))
      return false;
    if (target_->done())
      me.wake(); // only its turn is missing
    else
      target_->watch(*this);
    return true;
  }
  void await_resume() { finish_wait(*this); }

protected:
  join_awaiter(task_core* t, bool (*hook)(waiter*) noexcept) noexcept
      : waiter(hook), done_node(&wake_waiting), target_(t) {}
  static void wake_waiting(done_node* n, task_core&) noexcept {
    static_cast<join_awaiter*>(n)->task->wake();
  }
  static bool undo(waiter* w) noexcept {
    auto* self = static_cast<join_awaiter*>(w);
    self->target_->unwatch(*self);
    return true;
  }
  task_core* target_;

private:
  friend class handle_wait;
  friend class waiting_tree;
  /// Throws usage_error if the target waits for `me`, directly or through others.
  void refuse_circle(const task_core& me) const;
  /// What `t` waits for to end, or null.
  static const task_core* awaited_by(const task_core& t) noexcept;
};

/// Waits for a task's end, and passes a cancellation on to it.
class handle_wait : public join_awaiter, passed_cancel {
protected:
  handle_wait(task_core* t, bool takes) noexcept
      : join_awaiter(t, &pass_on), passed_cancel(&arrive), takes_(takes) {}
  handle_wait(handle_wait&& o) noexcept = default; // until it is awaited
  bool passed_on() const noexcept { return passed_on_; }
  /// Whether it is thrown that was passed on: the task ended by it, or one before has
  /// outlived it, and this is the next wait.
  bool ends_by_cancellation() noexcept;

private:
  friend join_awaiter;
  static bool pass_on(waiter* w) noexcept;
  static void arrive(passed_cancel* c) noexcept;
  bool passed_on_ = false;
  bool takes_; ///< the value, which would be lost
};

template <class T, bool Move = false>
class handle_awaiter final : public handle_wait {
public:
  explicit handle_awaiter(task_record<T>* t) noexcept : handle_wait(t, Move) {}
  decltype(auto) await_resume() {
    finish_wait(*this);
    auto& t = *static_cast<task_record<T>*>(target_);
    if (passed_on() && ends_by_cancellation()) [[unlikely]]
      throw_refused(*this->task);
    if constexpr (Move)
      return t.take();
    else if constexpr (std::is_copy_constructible_v<stored_result<T>>)
      return t.copy();
    else
      return t.peek();
  }
};

template <class F>
void add_done_callback(task_core& t, F f, std::source_location where) {
  loop_core& l = t.done() ? running_loop_core("add_done_callback") : t.loop();
  add_done_node(t, new callback_of<F>(l, where, std::move(f)));
}

} // namespace nostall::detail

#endif
