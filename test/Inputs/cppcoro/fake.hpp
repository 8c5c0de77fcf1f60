//===- cppcoro/fake.hpp - declarations like cppcoro's ----------------------===//
//
// No Debian package has cppcoro. These are written after its documentation, as
// far as the models speak of it; cppcoro's own headers declare the same names.
//
//===----------------------------------------------------------------------===//

#ifndef NOSTALL_TEST_CPPCORO_H
#define NOSTALL_TEST_CPPCORO_H

#include "co.h"
#include <chrono>
#include <cstdint>

namespace cppcoro {

template <class T = void> struct task : co::task<T> {
  task(co::task<T> &&t) : co::task<T>(static_cast<co::task<T> &&>(t)) {}
};
template <class T = void> struct shared_task : co::eager<T> {
  shared_task(co::eager<T>) {}
};

template <class A> void sync_wait(A &&awaitable);

class io_service {
public:
  co::operation<> schedule() noexcept;
  template <class R, class P> co::operation<> schedule_after(const std::chrono::duration<R, P> &delay);
  std::uint64_t process_events();
  std::uint64_t process_pending_events();
  std::uint64_t process_one_event();
};
class static_thread_pool {
public:
  co::operation<> schedule() noexcept;
};

template <class S, class A> task<> schedule_on(S &scheduler, A awaitable);
template <class S, class A> task<> resume_on(S &scheduler, A awaitable);

class async_scope {
public:
  template <class A> void spawn(A &&awaitable);
  co::operation<> join() noexcept;
};

struct read_only_file {
  static read_only_file open(io_service &io, const char *path);
};
struct write_only_file {
  static write_only_file open(io_service &io, const char *path);
};
struct read_write_file {
  static read_write_file open(io_service &io, const char *path);
};

} // namespace cppcoro

#endif
