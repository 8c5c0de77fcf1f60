//===- slots.h - which calls a worker has begun ---------------------------===//
//
// A worker is given its next calls while it is busy with one, so that it need not
// wait for them. Which of them it has begun must be known for certain: when it dies,
// that one fails and the others are given to someone else; when another worker has
// nothing to do, those that have not begun are taken back. One page of shared memory
// a worker says it, by a compare-and-swap from either side:
//
//     free ──▶ given ──▶ begun ──▶ free       (worker; then parent, with the result)
//                └─────▶ withdrawn ──▶ free   (parent; then worker, who passes over it, and says so)
//
//===----------------------------------------------------------------------===//

#ifndef NOSTALL_SRC_SLOTS_H
#define NOSTALL_SRC_SLOTS_H

#include <atomic>
#include <cstdint>

namespace nostall::detail {

enum class slot_state : std::uint32_t { free, given, begun, withdrawn };

struct slot_page {
  static constexpr std::uint32_t count = 64;
  struct alignas(64) line { // both processes write it: no neighbour's
    std::atomic<slot_state> now;
  };
  line state[count];

  bool change(std::uint32_t slot, slot_state from, slot_state to) noexcept {
    return state[slot].now.compare_exchange_strong(from, to);
  }
};
static_assert(sizeof(slot_page) <= 4096, "a worker has one page mapped");
static_assert(std::atomic<slot_state>::is_always_lock_free);

} // namespace nostall::detail

#endif
