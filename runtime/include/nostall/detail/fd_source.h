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

protected:
  ~fd_source() = default;
};

/// Registers for both directions, edge-triggered. Throws std::system_error.
void register_fd(loop_core& l, int fd, fd_source& s);
void unregister_fd(loop_core& l, int fd) noexcept;

} // namespace nostall::detail

#endif
