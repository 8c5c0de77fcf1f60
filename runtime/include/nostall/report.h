//===- report.h - what reaches the exception handler ----------------------===//
//
// Errors that nobody is there to catch, and what debug mode notices, end up in
// one place: the loop's exception handler. Without a handler of the program's
// own they are written to stderr, one report a line.
//
//===----------------------------------------------------------------------===//

#ifndef NOSTALL_REPORT_H
#define NOSTALL_REPORT_H

#include "nostall/annotations.h"

#include <chrono>
#include <cstdint>
#include <exception>
#include <source_location>
#include <string>

namespace nostall {

enum class report_kind : std::uint8_t {
  callback_failed, ///< a callback threw
  task_failed,     ///< a task's exception was never fetched
  task_destroyed,  ///< a pending task was destroyed, with its loop or group
  also_failed,     ///< a further error of a gather that threw its first
  never_awaited,   ///< a task was dropped that never ran (debug mode)
  slow_callback    ///< one step held the loop too long (debug mode)
};

struct exception_context {
  report_kind kind;
  std::string message;              ///< one sentence that names the thing
  std::exception_ptr exception;     ///< null where there is none
  std::string task_name;            ///< empty where no task is concerned
  std::source_location where;       ///< where the task or callback was made
  std::chrono::nanoseconds duration{0}; ///< of a slow step
};

/// The report as one line: message, place, "what" of the exception.
std::string to_string(const exception_context& context);

/// What is done without a handler: one line to stderr.
NOSTALL_BLOCKING(console-io)
void default_exception_handler(const exception_context& context) noexcept;

} // namespace nostall

#endif
