//===- thread_state.cpp - the thread's object, and blocks from the heap ---===//

#include "nostall/detail/task/thread_state.h"

#include <cstdint>
#include <cstdlib>
#include <utility>

namespace nostall::detail {

constinit thread_local thread_state this_thread{};

namespace {

// Gives the kept blocks back when the thread ends. Made on the first allocation,
// so that threads which run no coroutine pay nothing.
struct block_keeper {
  bool made = false;
  ~block_keeper() {
    for (free_list& list : this_thread.blocks) {
      while (void* block = list.head) {
        list.head = *static_cast<void**>(block);
        std::free(block);
      }
      list.count = UINT32_MAX; // what is freed later still goes to the heap
    }
  }
};
thread_local block_keeper keeper;

} // namespace

void* allocate_block_slow(std::size_t bytes, std::size_t size_class) {
  keeper.made = true;
  if (size_class < block_classes)
    bytes = 16 * size_class + 8;
  if (void* block = std::malloc(bytes))
    return block;
  throw std::bad_alloc();
}

void release_block_slow(void* block, std::size_t) noexcept { std::free(block); }

// Declared in every build: code that g++ compiled may be linked with a library
// that clang compiled.
void run_trampoline(std::coroutine_handle<> first) {
  thread_state& here = this_thread;
  here.trampolining = true;
  here.next = first.address();
  while (void* h = std::exchange(here.next, nullptr))
    std::coroutine_handle<>::from_address(h).resume();
  here.trampolining = false;
}

} // namespace nostall::detail
