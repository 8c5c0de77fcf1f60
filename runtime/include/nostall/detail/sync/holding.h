//===- holding.h - taking a place, and holding it -------------------------===//
//
// What a mutex and a semaphore have in common. The owner has a `line_` to stand in, a
// noexcept `take()` that says whether a place was free, `release()`, and the name of
// its acquire() for messages.
//
//===----------------------------------------------------------------------===//

#ifndef NOSTALL_DETAIL_HOLDING_H
#define NOSTALL_DETAIL_HOLDING_H

#include "nostall/detail/sync/grant.h"

#include <coroutine>
#include <utility>

namespace nostall::detail {

/// Knows its owner as long as that is there.
template <class Owner> class bound : link { // in the owner's holders
public:
  explicit bound(Owner& o) noexcept : owner_(&o) { o.holders_.push_back(*this); }
  bound(const bound&) = delete;
  /// Null: it is gone.
  Owner* owner() const noexcept { return owner_; }

protected:
  bound() noexcept = default;
  Owner* let_go() noexcept {
    unlink();
    return std::exchange(owner_, nullptr);
  }
  void take_from(bound& o) noexcept {
    owner_ = o.let_go();
    if (owner_)
      owner_->holders_.push_back(*this);
  }

private:
  template <class> friend class list;
  template <class> friend struct holders;
  Owner* owner_ = nullptr;
};

/// What guards are made of: holds one place until it is destroyed. If the owner
/// goes first, nothing.
template <class Owner> class holder : bound<Owner> {
public:
  holder() noexcept = default;
  holder(holder&& o) noexcept { this->take_from(o); }
  holder& operator=(holder&& o) noexcept {
    holder taken(std::move(o)); // first, since it may be this one
    give_back();
    this->take_from(taken);
    return *this;
  }
  ~holder() { give_back(); }

protected:
  explicit holder(Owner& o) noexcept : bound<Owner>(o) {}
  bool holds() const noexcept { return this->owner() != nullptr; }
  void give_back() {
    if (Owner* const o = this->let_go())
      o->release();
  }
};

template <class Owner> struct holders : list<bound<Owner>> {
  holders() noexcept = default;
  ~holders() {
    while (!this->empty())
      this->pop_front()->owner_ = nullptr;
  }
};

template <class Owner> class [[nodiscard("co_await it")]] acquiring : grantee {
public:
  acquiring(acquiring&&) noexcept = default; // until it is awaited
  explicit acquiring(Owner& o) noexcept : owner_(o) {}
  ~acquiring() {
    unlink();
    if (granted)
      owner_.release();
  }
  bool await_ready() {
    owner_.line_.check(Owner::acquire_name);
    return within_budget() && owner_.take();
  }
  bool await_suspend(std::coroutine_handle<> h) {
    return stand_in_line(*this, owner_.line_, h, Owner::acquire_name,
                         [this] { return owner_.take(); });
  }
  void await_resume() {
    finish_wait(*this);
    granted = false;
    unlink();
  }

protected:
  Owner& owner_;
};

} // namespace nostall::detail

#endif
