//===- report.cpp - where reports go, and how they read -------------------===//

#include "nostall/report.h"
#include "loop/loop_impl.h"
#include "nostall/error.h"

#include <cstdio>

namespace nostall {

std::string to_string(const exception_context& c) {
  std::string s = "nostall: " + c.message;
  if (c.where.line() != 0) {
    s += " (";
    s += c.where.file_name();
    s += ':';
    s += std::to_string(c.where.line());
    s += ')';
  }
  if (c.exception)
    s += ": " + describe(c.exception);
  return s;
}

void default_exception_handler(const exception_context& c) noexcept {
  try {
    const std::string line = to_string(c) + "\n";
    std::fwrite(line.data(), 1, line.size(), stderr);
  } catch (...) {
    std::fputs("nostall: an error could not be reported: no memory\n", stderr);
  }
}

namespace detail {

void report_sink::report(const exception_context& c) noexcept {
  const std::shared_ptr<handler_base> mine = handler; // it may replace itself
  if (!mine) {
    default_exception_handler(c);
    return;
  }
  try {
    mine->handle(c);
  } catch (...) {
    default_exception_handler(c);
    exception_context second{report_kind::callback_failed,
                             "the exception handler itself failed",
                             std::current_exception(), {}, {}};
    default_exception_handler(second);
  }
}

} // namespace detail
} // namespace nostall
