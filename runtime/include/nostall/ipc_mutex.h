//===- ipc_mutex.h - one process at a time --------------------------------===//
//
//     ipc_mutex m;                           // passed to others as an argument
//     {
//       auto guard = co_await m.lock();      // elsewhere: m.lock_blocking()
//       if (guard.recovered())
//         repair();                          // its last owner died with it
//     }
//
// Robust: a process that dies while it holds the mutex, by whatever, does not hold it
// any longer; the next who gets it is told. The owner is a process (its id and the
// time of its start, since ids are used again); tasks and threads of one process
// exclude each other, too. Not recursive. Uncontended: one compare-and-swap, no
// system call. Unlocking wakes all who wait; who comes first has it, so it is not
// fair.
//
// Copies (`share`, or passing it on) are handles to the same mutex.
// Cancelled: not locked.
//
//===----------------------------------------------------------------------===//

#ifndef NOSTALL_IPC_MUTEX_H
#define NOSTALL_IPC_MUTEX_H

#include "nostall/annotations.h"
#include "nostall/async_mutex.h"
#include "nostall/detail/io/fd_watch.h"
#include "nostall/detail/ipc/message.h"
#include "nostall/shared_memory.h"
#include "nostall/task.h"

#include <atomic>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <utility>

namespace nostall {

class ipc_mutex {
  static constexpr std::size_t header_bytes = 64;
  struct header {
    std::atomic<std::uint64_t> owner;   ///< 0: free
    std::atomic<std::uint32_t> waiters; ///< those that died count on: harmless
  };
  class waiting;
  /// What guards and tasks that wait share with the mutex, which may be moved or
  /// destroyed meanwhile.
  struct core {
    shared_memory memory;
    detail::unique_fd event; ///< an eventfd that is written, and never read
    detail::unique_fd owner; ///< of tasks that wait: what tells of the owner's end
    std::optional<detail::fd_watch> watch; ///< goes before what it watches
    /// Its tasks that wait: the first looks at the kernel, and the others at it.
    async_mutex line;
    bool closed = false;

    core(shared_memory m, detail::unique_fd e)
        : memory(std::move(m)), event(std::move(e)) {}
    header& state() const noexcept { return *reinterpret_cast<header*>(memory.data()); }
    void unlock(std::uint64_t by) noexcept;
    void require_open() const;
  };

public:
  using crosses_processes = void;
  /// With room for data that it guards; see shared_value. Throws std::system_error.
  explicit ipc_mutex(std::size_t room = 0);
  ipc_mutex(ipc_mutex&&) noexcept = default;
  ipc_mutex& operator=(ipc_mutex&& o) noexcept {
    if (this != &o) {
      close();
      core_ = std::move(o.core_);
    }
    return *this;
  }
  ~ipc_mutex() { close(); }
  ipc_mutex share() const;

  /// Unlocks at its end, in the process that locked. It may outlive the mutex.
  class [[nodiscard("the mutex is unlocked where this ends")]] guard {
  public:
    guard(guard&&) noexcept = default;
    guard& operator=(guard&&) = delete;
    ~guard() { unlock(); }
    /// The last owner died while it held the mutex: what it guards may be half done.
    bool recovered() const noexcept { return recovered_; }
    void unlock() noexcept {
      if (const auto c = std::move(core_))
        c->unlock(owner_);
    }

  private:
    friend ipc_mutex;
    guard(std::shared_ptr<core> c, bool r) noexcept
        : core_(std::move(c)), owner_(core_->state().owner.load()), recovered_(r) {}
    std::shared_ptr<core> core_;
    std::uint64_t owner_;
    bool recovered_;
  };

  NOSTALL_NONBLOCKING task<guard> lock();
  NOSTALL_BLOCKING(lock) guard lock_blocking();
  NOSTALL_NONBLOCKING std::optional<guard> try_lock();

  std::byte* room() const noexcept { return core_->memory.data() + header_bytes; }
  std::size_t room_bytes() const noexcept { return core_->memory.size() - header_bytes; }

  /// For the archives of detail/wire.h.
  template <class Archive> void save(Archive& a) const {
    const std::uint32_t n = a.message.attach(core_->event.get());
    a(n, core_->memory);
  }
  template <class Archive> void load(Archive& a) {
    std::uint32_t n;
    shared_memory m;
    a(n, m);
    *this = ipc_mutex(std::move(m), a.message.take_descriptor(n));
  }

private:
  ipc_mutex(shared_memory m, detail::unique_fd e)
      : core_(std::make_shared<core>(std::move(m), std::move(e))) {}
  /// Whoever waits for it is woken, and throws std::system_error (EBADF).
  void close() noexcept;
  static task<guard> lock_on(std::shared_ptr<core> c);
  static std::optional<guard> try_lock_on(const std::shared_ptr<core>& c);
  /// Leaves in `news` what becomes readable when it is worth to try again, if another
  /// process has it.
  static std::optional<guard> take(const std::shared_ptr<core>& c, detail::unique_fd& news);

  std::shared_ptr<core> core_;
};

} // namespace nostall

#endif
