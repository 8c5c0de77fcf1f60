//===- fd_source.h - who wants the events of a descriptor -----------------===//

#ifndef NOSTALL_DETAIL_FD_SOURCE_H
#define NOSTALL_DETAIL_FD_SOURCE_H

#include <cstdint>

namespace nostall::detail {

struct loop_core;

struct fd_source {
  /// Called while polling, with epoll's event bits. Runs no user code: it only
  /// makes tasks or callbacks ready.
  virtual void on_events(std::uint32_t events) noexcept = 0;
  /// The descriptor was closed, or its number belongs to another file now, or the
  /// loop is gone. The source is not registered any more. Runs no user code.
  virtual void on_gone() noexcept {}
  /// Whether a task would miss it if nothing came any more.
  virtual bool awaited() const noexcept { return false; }

protected:
  ~fd_source() = default;
};

/// Registers for both directions, edge-triggered. Throws std::system_error.
void register_fd(loop_core& l, int fd, fd_source& s);
/// No effect if the number has been given to another source meanwhile.
void unregister_fd(loop_core& l, int fd, fd_source& s) noexcept;
void unregister_fd(loop_core& l, int fd) noexcept;

} // namespace nostall::detail

#endif
