//===- used_on.h - debug mode: whose thread an object belongs to ----------===//
//
// Locks, events and queues know no loop; they belong to the one inside of which they were
// made, or that used them first, as long as that lives. What was made beside a loop that
// did not run is for that loop's thread, until a loop uses it. Only debug mode looks.
//
//===----------------------------------------------------------------------===//

#ifndef NOSTALL_DETAIL_USED_ON_H
#define NOSTALL_DETAIL_USED_ON_H

#include <atomic>
#include <cstdint>

namespace nostall::detail {

/// So many loops of the program are in debug mode; one more if the environment asks for it.
extern std::atomic<unsigned> in_debug_mode;
inline bool noting_tasks() noexcept {
  return in_debug_mode.load(std::memory_order_relaxed) != 0;
}

class used_on {
public:
  used_on() noexcept {
    if (noting_tasks()) [[unlikely]]
      bind();
  }
  used_on(used_on&&) noexcept : used_on() {}
  /// In debug mode, throws usage_error on another thread than that loop's.
  void check(const char* who) {
    if (noting_tasks()) [[unlikely]]
      check_slow(who);
  }

private:
  void bind() noexcept;
  void check_slow(const char* who);
  std::atomic<std::uint64_t> loop_{0}; ///< its number; 0: of none yet
};

} // namespace nostall::detail

#endif
