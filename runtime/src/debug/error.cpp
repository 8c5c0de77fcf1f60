//===- error.cpp - messages of the exceptions, and how to tell a cancellation ===//

#include "nostall/error.h"

#include <cstdio>
#include <cstdlib>
#include <cxxabi.h>
#include <typeinfo>

namespace nostall {

const char* cancelled_error::what() const noexcept {
  return "the task was cancelled";
}

timeout_error::timeout_error() : runtime_error("the time was up") {}
interrupted_error::interrupted_error()
    : runtime_error("interrupted by SIGINT") {}
broken_barrier_error::broken_barrier_error()
    : runtime_error("the barrier is broken: it was aborted or reset while "
                    "tasks waited at it") {}
queue_empty::queue_empty() : runtime_error("the queue is empty") {}
queue_full::queue_full() : runtime_error("the queue is full") {}
queue_shut_down::queue_shut_down()
    : runtime_error("the queue was shut down") {}

exception_group::exception_group(std::vector<std::exception_ptr> errors)
    : errors_(std::move(errors)) {
  what_ = std::to_string(errors_.size()) +
          (errors_.size() == 1 ? " task failed" : " tasks failed");
  const char* separator = ": ";
  for (const std::exception_ptr& e : errors_) {
    what_ += separator;
    what_ += describe(e);
    separator = "; ";
  }
}
const char* exception_group::what() const noexcept { return what_.c_str(); }

std::string describe(const std::exception_ptr& error) {
  if (!error)
    return "no exception";
  try {
    std::rethrow_exception(error);
  } catch (const std::exception& e) {
    return e.what();
  } catch (const cancelled_error& e) {
    return e.what();
  } catch (...) {
    return "an exception that is no std::exception";
  }
}

namespace detail {

void throw_usage(const char* message) { throw usage_error(message); }

// Out of line so that the type is compared where its type_info is known to be
// emitted, and so that headers need no run-time type information.
bool handling_cancelled() noexcept {
  const std::type_info* type = abi::__cxa_current_exception_type();
#if defined(__GXX_RTTI) || defined(__cpp_rtti)
  return type && *type == typeid(cancelled_error);
#else
  if (!type)
    return false;
  try {
    throw;
  } catch (const cancelled_error&) {
    return true;
  } catch (...) {
    return false;
  }
#endif
}

bool is_cancelled(const std::exception_ptr& error) noexcept {
  if (!error)
    return false;
  try {
    std::rethrow_exception(error);
  } catch (const cancelled_error&) {
    return true;
  } catch (...) {
    return false;
  }
}

void throw_cancelled(const void* origin) { throw cancelled_error(origin); }

void die(const char* message) noexcept {
  std::fprintf(stderr, "%s\n", message);
  std::abort();
}

} // namespace detail
} // namespace nostall
