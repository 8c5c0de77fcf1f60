// RUN: %nostall-verify %s
// Calls are named as their author would name them.
#include "co.h"
#include <atomic>
#include <chrono>
#include <future>
#include <unistd.h>
#include <utility>
using co::task;
using namespace std::chrono_literals;

struct slow {
  int left = 0, right = 0;
  ~slow() { sleep(1); }
  slow *begin() { return this; }
  slow *end() { return this; }
};
slow make();

namespace lib {
namespace detail {
struct sync_wait_fn {
  void operator()(int) const { sleep(1); }
};
} // namespace detail
inline namespace cpo {
inline constexpr detail::sync_wait_fn sync_wait{};
} // namespace cpo
} // namespace lib

struct functor {
  void operator()() { sleep(1); }
};

task<> objects() {
  lib::sync_wait(1); // warning: call to 'lib::sync_wait' blocks the event loop
  functor f;
  f(); // warning: call to 'f' blocks the event loop
  co_return;
}

task<> library_bases(std::future<int> f, std::shared_future<int> *g) {
  f.wait(); // warning: call to 'std::future::wait' blocks the event loop (wait)
  g->wait(); // warning: call to 'std::shared_future::wait' blocks the event loop (wait)
  co_return;
}

static void until(std::atomic<int> &a) { a.wait(0); }
task<> bases_in_other_headers(std::atomic<int> &a) {
  until(a); // warning: it reaches 'std::atomic::wait' (wait)
  co_return;
}

task<> bindings_and_ranges() {
  auto [a, b] = make(); // warning: destruction of '[a, b]' blocks the event loop
  for (slow &s : make()) // warning: destruction of the range of this loop blocks the event loop
    (void)s;
  co_return;
}
