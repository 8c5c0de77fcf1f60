//===- birthplace.cpp - in which process an object was made ----------------===//

#include "process/birthplace.h"

#include <pthread.h>

namespace nostall::detail {

constinit std::atomic<unsigned> forks{0};

namespace {
// As a constructor, since objects with a birthplace may be made before any other
// static object of this library.
[[gnu::constructor(101)]] void count_forks() {
  pthread_atfork(nullptr, nullptr,
                 [] { forks.fetch_add(1, std::memory_order_relaxed); });
}
} // namespace

} // namespace nostall::detail
