//===- shared_value.h - a value, an array that several processes see ------===//
//
//     shared_value<long> sum(0);
//     sum.fetch_add(5);                          // atomic, if the machine can
//     { auto v = co_await sum.lock(); *v += 1; } // elsewhere: lock_blocking()
//
//     shared_array<double> rows(1'000'000);      // zeroed
//     co_await pool.run<render>(rows, 3);        // sees the same numbers
//
// The elements are plain (trivially copyable, no pointers): they are read by others
// as they lie there. Each has an ipc_mutex of its own; `recovered()` of what `lock`
// gives says that the last owner died in the middle. Passing one to another process
// passes a handle.
//
//===----------------------------------------------------------------------===//

#ifndef NOSTALL_SHARED_VALUE_H
#define NOSTALL_SHARED_VALUE_H

#include "nostall/annotations.h"
#include "nostall/ipc_mutex.h"
#include "nostall/task.h"

#include <atomic>
#include <concepts>
#include <cstddef>
#include <memory>
#include <span>
#include <type_traits>
#include <utility>

namespace nostall {

namespace detail {

template <class T> class shared_items {
  static_assert(std::is_trivially_copyable_v<T> && !std::is_pointer_v<T>,
                "nostall: only plain data can be shared between processes: no pointers, "
                "no containers, no classes with a copy constructor of their own");
  static_assert(alignof(T) <= 64);

public:
  using crosses_processes = void;
  shared_items() : shared_items(0) {}
  explicit shared_items(std::size_t n) : mutex_(n * sizeof(T)) {}

  /// The lock, and what it guards.
  class [[nodiscard("it is unlocked where this ends")]] locked {
  public:
    locked(ipc_mutex::guard g, std::span<T> i) noexcept
        : guard_(std::move(g)), items_(i) {}
    T& operator*() const noexcept { return items_.front(); }
    T* operator->() const noexcept { return items_.data(); }
    T& operator[](std::size_t n) const noexcept { return items_[n]; }
    std::span<T> items() const noexcept { return items_; }
    bool recovered() const noexcept { return guard_.recovered(); }

  private:
    ipc_mutex::guard guard_;
    std::span<T> items_;
  };
  NOSTALL_NONBLOCKING NOSTALL_CORO_WRAPPER task<locked> lock() {
    return lock_on(mutex_.lock(), items());
  }
  NOSTALL_BLOCKING(lock) locked lock_blocking() {
    return locked(mutex_.lock_blocking(), items());
  }

  template <class Archive> void save(Archive& a) const { a(mutex_); }
  template <class Archive> void load(Archive& a) { a(mutex_); }

protected:
  /// The guard keeps the items where they are.
  static task<locked> lock_on(task<ipc_mutex::guard> lock, std::span<T> items) {
    co_return locked(co_await std::move(lock), items);
  }
  std::span<T> items() const noexcept {
    return {reinterpret_cast<T*>(mutex_.room()), mutex_.room_bytes() / sizeof(T)};
  }
  ipc_mutex mutex_;
};

} // namespace detail

template <class T> class shared_value : public detail::shared_items<T> {
public:
  explicit shared_value(T initial = {}) : detail::shared_items<T>(1) {
    this->items().front() = initial;
  }
  static constexpr bool atomic = requires { requires std::atomic_ref<T>::is_always_lock_free; };

  using detail::shared_items<T>::load; // for the archives
  // Without the lock, atomic; for small types.
  T load() const noexcept
    requires atomic
  {
    return std::atomic_ref<T>(this->items().front()).load();
  }
  void store(T v) noexcept
    requires atomic
  {
    std::atomic_ref<T>(this->items().front()).store(v);
  }
  /// The value before.
  T fetch_add(T v) noexcept
    requires(atomic && std::integral<T>)
  {
    return std::atomic_ref<T>(this->items().front()).fetch_add(v);
  }
};

template <class T> class shared_array : public detail::shared_items<T> {
public:
  shared_array() = default; ///< empty
  /// Zeroed.
  explicit shared_array(std::size_t n) : detail::shared_items<T>(n) {}
  std::size_t size() const noexcept { return this->items().size(); }
  /// Without the lock: for parts that nobody else touches meanwhile.
  std::span<T> span() const noexcept { return this->items(); }
  T& operator[](std::size_t n) const noexcept { return this->items()[n]; }
};

} // namespace nostall

#endif
