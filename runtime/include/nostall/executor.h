//===- executor.h - what thread pools and process pools have in common ----===//
//
// Shutting down. Each way refuses new calls at once, and ends within the bound:
//
//   drain      all calls that were made are served; past the bound: cancel
//   cancel     calls that have not begun fail with executor_shut_down; threads
//              are asked to stop (stop_token); what runs is waited for; past the
//              bound: abandon
//   abandon    the same, and nothing is waited for: threads are left to
//              themselves, processes are killed
//
//===----------------------------------------------------------------------===//

#ifndef NOSTALL_EXECUTOR_H
#define NOSTALL_EXECUTOR_H

#include "nostall/detail/loop/duration.h"

#include <chrono>
#include <cstdint>
#include <stdexcept>
#include <string>

namespace nostall {

enum class shutdown_mode : std::uint8_t { drain, cancel, abandon };

/// No bound: as long as it takes.
inline constexpr std::chrono::nanoseconds no_limit =
    std::chrono::nanoseconds::max();

/// The executor was shut down before the call began.
class executor_shut_down : public std::runtime_error {
public:
  executor_shut_down();
  using std::runtime_error::runtime_error;
};

} // namespace nostall

#endif
