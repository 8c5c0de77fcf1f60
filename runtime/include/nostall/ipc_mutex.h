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
#include "nostall/detail/io/fd_watch.h"
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
public:
  using crosses_processes = void;
  /// With room for data that it guards; see shared_value. Throws std::system_error.
  explicit ipc_mutex(std::size_t room = 0);
  ipc_mutex(ipc_mutex&&) noexcept = default;
  ipc_mutex& operator=(ipc_mutex&& o) noexcept {
    watch_.reset(); // before what it watches
    memory_ = std::move(o.memory_);
    event_ = std::move(o.event_);
    owner_ = std::move(o.owner_);
    watch_ = std::move(o.watch_);
    return *this;
  }
  ~ipc_mutex() { watch_.reset(); }
  ipc_mutex share() const;

  /// Unlocks at its end, in the process that locked. Must not outlive the mutex.
  class [[nodiscard("the mutex is unlocked where this ends")]] guard {
  public:
    guard(guard&& o) noexcept
        : mutex_(std::exchange(o.mutex_, nullptr)), owner_(o.owner_),
          recovered_(o.recovered_) {}
    guard& operator=(guard&&) = delete;
    ~guard() { unlock(); }
    /// The last owner died while it held the mutex: what it guards may be half done.
    bool recovered() const noexcept { return recovered_; }
    void unlock() noexcept {
      if (auto* m = std::exchange(mutex_, nullptr))
        m->unlock(owner_);
    }

  private:
    friend ipc_mutex;
    guard(ipc_mutex& m, bool r) noexcept
        : mutex_(&m), owner_(m.state().owner.load()), recovered_(r) {}
    ipc_mutex* mutex_;
    std::uint64_t owner_;
    bool recovered_;
  };

  NOSTALL_NONBLOCKING task<guard> lock();
  NOSTALL_BLOCKING(lock) guard lock_blocking();
  NOSTALL_NONBLOCKING std::optional<guard> try_lock();

  std::byte* room() const noexcept { return memory_.data() + header_bytes; }
  std::size_t room_bytes() const noexcept { return memory_.size() - header_bytes; }

  /// For the archives of detail/wire.h.
  template <class Archive> void save(Archive& a) const {
    const std::uint32_t n = a.message.attach(event_.get());
    a(n, memory_);
  }
  template <class Archive> void load(Archive& a) {
    std::uint32_t n;
    a(n, memory_);
    event_ = a.message.take_descriptor(n);
  }

private:
  static constexpr std::size_t header_bytes = 64;
  struct header {
    std::atomic<std::uint64_t> owner;   ///< 0: free
    std::atomic<std::uint32_t> waiters; ///< those that died count on: harmless
  };
  class waiting;
  ipc_mutex(shared_memory m, detail::unique_fd e)
      : memory_(std::move(m)), event_(std::move(e)) {}
  header& state() const noexcept { return *reinterpret_cast<header*>(memory_.data()); }
  void unlock(std::uint64_t owner) noexcept;
  /// Leaves in `news` what becomes readable when it is worth to try again, if another
  /// process has it.
  std::optional<guard> take(detail::unique_fd& news);

  shared_memory memory_;
  detail::unique_fd event_; ///< an eventfd that is written, and never read
  detail::unique_fd owner_; ///< of tasks that wait: what tells of the owner's end
  std::unique_ptr<detail::fd_watch> watch_;
};

} // namespace nostall

#endif
