//===- static_mutex.cpp - a lock that a child of fork() finds free --------===//

#include "nostall/detail/sync/static_mutex.h"

#include <iterator>
#include <pthread.h>
#include <utility>

namespace nostall::detail {

namespace {
std::mutex list_mutex;
static_mutex* first = nullptr;
std::atomic<unsigned> generation{0};

[[gnu::constructor(101)]] void look_out_for_forks() {
  pthread_atfork([] { static_mutex::lock_all(); }, [] { static_mutex::unlock_all(); },
                 [] {
                   generation.fetch_add(1, std::memory_order_relaxed);
                   static_mutex::unlock_all();
                 });
}
} // namespace

unsigned static_mutex::forks() noexcept {
  return generation.load(std::memory_order_relaxed);
}

// Fewer than ThreadSanitizer lets one thread hold.
static_mutex& shared_mutex() noexcept {
  struct alignas(64) own_line {
    static_mutex mutex;
  };
  static constinit own_line mutexes[32];
  static constinit std::atomic<unsigned> next{0};
  return mutexes[next.fetch_add(1, std::memory_order_relaxed) % std::size(mutexes)].mutex;
}

void static_mutex::make_known() {
  const std::lock_guard lock(list_mutex);
  if (known_.load(std::memory_order_relaxed))
    return;
  next_ = std::exchange(first, this);
  known_.store(true, std::memory_order_release);
}

void static_mutex::lock_all() {
  list_mutex.lock();
  for (static_mutex* m = first; m; m = m->next_)
    m->mutex_.lock();
}

void static_mutex::unlock_all() noexcept {
  for (static_mutex* m = first; m; m = m->next_)
    m->mutex_.unlock();
  list_mutex.unlock();
}

} // namespace nostall::detail
