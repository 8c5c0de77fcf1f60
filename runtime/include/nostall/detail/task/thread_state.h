//===- thread_state.h - what one thread knows: its loop, its task ---------===//
//
// The single thread-local object of the runtime. It is constant-initialised and
// trivially destructible, so that reading it is one load relative to the thread
// pointer and never a call.
//
// It also holds the free lists of coroutine frames and task records: blocks by
// size, sixteen bytes apart, taken and given back without a lock. A block may be
// freed on another thread than the one that took it; it then stays there. At
// most `max_kept_bytes` of a size are kept. Under sanitizers nothing is kept.
//
//===----------------------------------------------------------------------===//

#ifndef NOSTALL_DETAIL_THREAD_STATE_H
#define NOSTALL_DETAIL_THREAD_STATE_H

#include "nostall/config.h"

#include <coroutine>
#include <cstddef>
#include <cstdint>
#include <new>

namespace nostall {
class event_loop;
}

namespace nostall::detail {

struct task_core;
struct loop_core;
struct context_data;
struct callback_node;

inline constexpr std::size_t block_classes = 64;
inline constexpr std::size_t max_kept_bytes = std::size_t{16} << 20;

struct free_list {
  void* head;
  std::uint32_t count;
};

struct thread_state {
  loop_core* loop;        ///< the loop that runs on this thread, or null
  task_core* current;     ///< the task that runs now, or null
  void* next;             ///< trampoline: coroutine to resume when this returns
  bool trampolining;      ///< outside of tasks, somebody looks at `next`
  std::uint32_t budget;   ///< what is left of it to this step
  std::uint64_t killing;  ///< counts; of the task that is destroyed now, 0: none is
  context_data* context;  ///< context variables outside of tasks
  task_core* described_task;         ///< answer to op::describe: one of these
  callback_node* described_callback;
  free_list blocks[block_classes];
};

/// A task whose waits all find what they want goes on at once 256 times; then it waits
/// for its turn like the others. To await a task is a sixteenth of a wait.
inline constexpr std::uint32_t price_of_a_wait = 16;
inline constexpr std::uint32_t budget_of_a_step = 256 * price_of_a_wait;

extern constinit thread_local thread_state this_thread
    __attribute__((tls_model("initial-exec")));

/// Asked by whatever could go on at once. False: it has to wait for a turn first.
inline bool within_budget() noexcept {
  std::uint32_t& left = this_thread.budget;
  if (left < price_of_a_wait) [[unlikely]]
    return false;
  left -= price_of_a_wait;
  return true;
}
/// Asked where a task is awaited. False: see take_a_turn.
inline bool begins_within_budget() noexcept {
  std::uint32_t& left = this_thread.budget;
  if (left == 0) [[unlikely]]
    return false;
  --left;
  return true;
}

/// Called where a loop starts to run.
void watch_for_exit();
/// Whether exit() destroys the objects of this thread, or static ones, by now.
bool exit_has_begun() noexcept;

void* allocate_block_slow(std::size_t bytes, std::size_t size_class);
void release_block_slow(void* block, std::size_t size_class) noexcept;

// A class holds 16n+8 bytes: what malloc gives without waste.
constexpr std::size_t block_class(std::size_t bytes) { return (bytes + 7) / 16; }
constexpr std::uint32_t max_blocks(std::size_t size_class) {
  return static_cast<std::uint32_t>(max_kept_bytes / (16 * size_class + 8));
}

/// A kept block of that class, or null.
inline void* take_block([[maybe_unused]] std::size_t size_class) noexcept {
#if !NOSTALL_SANITIZED
  if (size_class < block_classes) [[likely]] {
    free_list& list = this_thread.blocks[size_class];
    if (void* block = list.head) [[likely]] {
      list.head = *static_cast<void**>(block);
      --list.count;
      return block;
    }
  }
#endif
  return nullptr;
}

inline void* allocate_block(std::size_t bytes) {
#if NOSTALL_SANITIZED
  return ::operator new(bytes);
#else
  const std::size_t c = block_class(bytes);
  if (void* block = take_block(c)) [[likely]]
    return block;
  return allocate_block_slow(bytes, c);
#endif
}

inline void release_block(void* block, std::size_t bytes) noexcept {
#if NOSTALL_SANITIZED
  ::operator delete(block, bytes);
#else
  const std::size_t c = block_class(bytes);
  if (c < block_classes) [[likely]] {
    free_list& list = this_thread.blocks[c];
    if (list.count < max_blocks(c)) [[likely]] {
      *static_cast<void**>(block) = list.head;
      list.head = block;
      ++list.count;
      return;
    }
  }
  release_block_slow(block, c);
#endif
}

/// A coroutine's, whose promise may ask for more alignment than the blocks have.
template <std::size_t Alignment> void* allocate_frame(std::size_t bytes) {
  if constexpr (Alignment > __STDCPP_DEFAULT_NEW_ALIGNMENT__)
    return ::operator new(bytes, std::align_val_t(Alignment));
  else
    return allocate_block(bytes);
}
template <std::size_t Alignment> void release_frame(void* frame, std::size_t bytes) noexcept {
  if constexpr (Alignment > __STDCPP_DEFAULT_NEW_ALIGNMENT__)
    ::operator delete(frame, bytes, std::align_val_t(Alignment));
  else
    release_block(frame, bytes);
}

/// Made with new in such blocks, but for what asks for more alignment.
struct block_allocated {
  static void* operator new(std::size_t bytes) { return allocate_block(bytes); }
  static void operator delete(void* p, std::size_t bytes) noexcept {
    release_block(p, bytes);
  }
  static void* operator new(std::size_t bytes, std::align_val_t a) {
    return ::operator new(bytes, a);
  }
  static void operator delete(void* p, std::size_t bytes,
                              std::align_val_t a) noexcept {
    ::operator delete(p, bytes, a);
  }
};

void run_trampoline(std::coroutine_handle<> first);

// How one coroutine hands the thread to another (see NOSTALL_TRAMPOLINE). Code of both
// kinds may meet in one program, so the two are different functions for the linker.
#if NOSTALL_TRAMPOLINE
inline namespace by_trampoline {
using transfer_result = void;
inline void transfer(std::coroutine_handle<> to) {
  if (this_thread.current || this_thread.trampolining) [[likely]]
    this_thread.next = to.address();
  else
    run_trampoline(to);
}
inline void transfer_nowhere() noexcept {}
} // namespace by_trampoline
#else
inline namespace by_tail_call {
using transfer_result = std::coroutine_handle<>;
inline std::coroutine_handle<> transfer(std::coroutine_handle<> to) noexcept {
  return to;
}
inline std::coroutine_handle<> transfer_nowhere() noexcept {
  return std::noop_coroutine();
}
} // namespace by_tail_call
#endif

} // namespace nostall::detail

#endif
