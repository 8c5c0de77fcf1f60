//===- coro/fake.hpp - declarations like libcoro's -------------------------===//
//
// No Debian package has libcoro. These are written after its documentation, as
// far as the models speak of it; libcoro's own headers declare the same names.
//
//===----------------------------------------------------------------------===//

#ifndef NOSTALL_TEST_LIBCORO_H
#define NOSTALL_TEST_LIBCORO_H

#include "co.h"
#include <chrono>
#include <filesystem>
#include <sys/socket.h>

namespace coro {

template <class T = void> struct task : co::task<T> {
  task(co::task<T> &&t) : co::task<T>(static_cast<co::task<T> &&>(t)) {}
};

template <class A> auto sync_wait(A &&awaitable) -> void;

class thread_pool {
public:
  [[nodiscard]] auto schedule() -> co::operation<>;
  template <class T> [[nodiscard]] auto schedule(task<T> t) -> task<T>;
  [[nodiscard]] auto yield() -> co::operation<>;
  auto spawn_detached(task<void> &&t) noexcept -> bool;
  auto spawn_joinable(task<void> &&t) noexcept -> task<void>;
  auto spawn(task<void> &&t) noexcept -> bool;
  auto shutdown() noexcept -> void;
};

#define NOSTALL_TEST_SCHEDULER(name, spawn)                                    \
  class name {                                                                 \
  public:                                                                      \
    auto process_events(std::chrono::milliseconds timeout = {}) -> unsigned;   \
    auto schedule() -> co::operation<>;                                        \
    auto schedule_after(std::chrono::milliseconds amount) -> task<void>;       \
    auto schedule_at(std::chrono::steady_clock::time_point at) -> task<void>;  \
    auto yield() -> co::operation<>;                                           \
    auto yield_for(std::chrono::milliseconds amount) -> task<void>;            \
    auto yield_until(std::chrono::steady_clock::time_point at) -> task<void>;  \
    auto poll(int fd) -> task<int>;                                            \
    auto spawn_detached(task<void> &&t) -> bool;                               \
    auto spawn(task<void> &&t) -> task<void>;                                  \
    auto shutdown() noexcept -> void;                                          \
  };
NOSTALL_TEST_SCHEDULER(scheduler, spawn_joinable)
NOSTALL_TEST_SCHEDULER(io_scheduler, spawn)
#undef NOSTALL_TEST_SCHEDULER

class task_group {
public:
  auto start(task<void> &&t) -> void;
};
class task_container {
public:
  auto start(task<void> &&t) -> void;
};

namespace net {
class socket {
public:
  auto blocking(bool block) -> bool { return ::recv(fd_, nullptr, 0, 0) == block; }

private:
  int fd_ = -1;
};
} // namespace net

namespace net::tcp {
class client {
public:
  auto recv(char *buffer, unsigned size) -> int { return ::recv(fd_, buffer, size, 0); }

private:
  int fd_ = -1;
};
} // namespace net::tcp

namespace net::udp {
class peer {
public:
  auto sendto(const char *buffer, unsigned size) -> int { return ::send(fd_, buffer, size, 0); }

private:
  int fd_ = -1;
};
} // namespace net::udp

namespace net::dns {
class resolver {
public:
  auto host_by_name(const char *name) -> task<int>;
};
} // namespace net::dns

namespace net::tls {
enum class tls_file_type { pem };
enum class verify_peer_t { yes, no };
class context {
public:
  explicit context(verify_peer_t verify_peer = verify_peer_t::yes);
  context(std::filesystem::path certificate, tls_file_type certificate_type, std::filesystem::path private_key,
          tls_file_type private_key_type, verify_peer_t verify_peer = verify_peer_t::yes);
};
class client {
public:
  client(client &&other) noexcept;
  ~client();
  auto shutdown(std::chrono::milliseconds timeout = {}) -> task<void>;
};
auto make_client() -> client;
} // namespace net::tls

} // namespace coro

#endif
