//===- process_facts.h - what /proc says of a process ---------------------===//

#ifndef NOSTALL_SRC_PROCESS_FACTS_H
#define NOSTALL_SRC_PROCESS_FACTS_H

#include <cstdint>
#include <sys/types.h>

namespace nostall::detail {

struct process_facts {
  static constexpr std::uint64_t no_start = 0xffffffff;
  std::uint64_t started = no_start; ///< in ticks since boot; never no_start if it was read
  bool zombie = false;              ///< has ended, and was not reaped
  bool exiting = false;             ///< on its way there, or there
};

/// What cannot be read, as without /proc, is as above. Throws std::system_error if there
/// is no descriptor to look with: that says nothing of the process.
process_facts facts_of(pid_t pid);

} // namespace nostall::detail

#endif
