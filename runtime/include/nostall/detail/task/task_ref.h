//===- task_ref.h - a counted reference to a task -------------------------===//
//
// What a task_handle and an any_task are. `Record` is the task's record, with its type
// or without.
//
//===----------------------------------------------------------------------===//

#ifndef NOSTALL_DETAIL_TASK_TASK_REF_H
#define NOSTALL_DETAIL_TASK_TASK_REF_H

#include "nostall/detail/task/task_core.h"
#include "nostall/error.h"

#include <utility>

namespace nostall::detail {

template <class Record> class task_ref {
public:
  bool valid() const noexcept { return t_ != nullptr; }

protected:
  task_ref() noexcept = default;
  /// Takes over a reference.
  explicit task_ref(Record* t) noexcept : t_(t) {}
  task_ref(const task_ref& o) noexcept : t_(o.t_) {
    if (t_)
      t_->ref();
  }
  task_ref(task_ref&& o) noexcept : t_(std::exchange(o.t_, nullptr)) {}
  task_ref& operator=(const task_ref& o) noexcept {
    if (o.t_)
      o.t_->ref();
    return become(o.t_);
  }
  task_ref& operator=(task_ref&& o) noexcept {
    return become(std::exchange(o.t_, nullptr));
  }
  ~task_ref() {
    if (t_)
      t_->unref();
  }
  friend bool operator==(const task_ref& a, const task_ref& b) noexcept {
    return a.t_ == b.t_;
  }

  Record& get() const {
    if (!t_) [[unlikely]]
      throw_usage("nostall: this handle holds no task: it was default-constructed, moved "
                  "from, or awaited as an rvalue");
    return *t_;
  }
  /// In debug mode, on the loop's thread only.
  Record& checked(const char* who) const {
    Record& t = get();
    if (!t.done())
      check_thread(t.loop(), who);
    return t;
  }
  /// A reference for the caller.
  Record* shared() const {
    get().ref();
    return t_;
  }
  Record* let_go() noexcept { return std::exchange(t_, nullptr); }

private:
  task_ref& become(Record* t) noexcept {
    if (Record* const before = std::exchange(t_, t))
      before->unref();
    return *this;
  }
  Record* t_ = nullptr;
};

} // namespace nostall::detail

#endif
