//===- shared_memory.h - bytes that several processes see -----------------===//
//
//     shared_memory m(1 << 20);
//     co_await pool.run<fill>(m, 7);      // the worker maps the same bytes
//
// Anonymous: there is no name that could be left behind; the kernel frees it with
// the last process that has it. Passing it to another process (as an argument, a
// result, an item of a pipe or queue) passes a handle, not the bytes. Moved, and
// copied by `share`. Nothing here orders accesses: use shared_value, ipc_mutex or
// messages for that.
//
//===----------------------------------------------------------------------===//

#ifndef NOSTALL_SHARED_MEMORY_H
#define NOSTALL_SHARED_MEMORY_H

#include "nostall/annotations.h"
#include "nostall/detail/ipc/message.h"

#include <cstddef>
#include <cstdint>
#include <span>

namespace nostall {

class shared_memory {
public:
  using crosses_processes = void;
  shared_memory() noexcept = default; ///< empty
  /// Zeroed. Throws std::system_error.
  explicit shared_memory(std::size_t bytes);

  /// Another handle to the same bytes. Throws std::system_error.
  shared_memory share() const;
  bool empty() const noexcept { return !fd_; }
  std::size_t size() const noexcept { return map_.size(); }
  std::byte* data() const noexcept { return reinterpret_cast<std::byte*>(map_.data()); }
  std::span<std::byte> bytes() const noexcept { return {data(), size()}; }
  int fd() const noexcept { return fd_.get(); }

  /// For the archives of detail/wire.h.
  template <class Archive> void save(Archive& a) const {
    const std::uint64_t size = map_.size();
    a(size);
    if (size != 0) {
      const std::uint32_t n = a.message.attach(fd_.get());
      a(n);
    }
  }
  template <class Archive> void load(Archive& a) {
    std::uint64_t size;
    std::uint32_t n;
    a(size);
    *this = shared_memory();
    if (size != 0) {
      a(n);
      *this = shared_memory(a.message.take_descriptor(n), size);
    }
  }

private:
  shared_memory(detail::unique_fd fd, std::size_t size);
  detail::unique_fd fd_;
  detail::mapping map_;
};

} // namespace nostall

#endif
