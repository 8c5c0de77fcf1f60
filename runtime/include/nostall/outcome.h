//===- outcome.h - a value or the exception that came instead -------------===//
//
// What `gather(return_exceptions, ...)` and `settle` deliver: nothing is thrown
// until somebody asks for the value.
//
//===----------------------------------------------------------------------===//

#ifndef NOSTALL_OUTCOME_H
#define NOSTALL_OUTCOME_H

#include "nostall/detail/task/task_record.h"

#include <exception>
#include <optional>
#include <utility>

namespace nostall {

template <class T = void> class [[nodiscard("it may hold an exception")]] outcome {
public:
  explicit outcome(std::exception_ptr e) noexcept : error_(std::move(e)) {}
  explicit outcome(detail::stored_result<T> v) : value_(std::move(v)) {}

  bool has_value() const noexcept { return value_.has_value(); }
  /// Null if there is a value.
  const std::exception_ptr& exception() const noexcept { return error_; }
  /// Throws the exception if there is no value.
  decltype(auto) value() const& {
    if (error_)
      std::rethrow_exception(error_);
    if constexpr (std::is_reference_v<T>)
      return static_cast<T>(**value_);
    else if constexpr (!std::is_void_v<T>)
      return static_cast<const T&>(*value_);
  }
  T value() && {
    if (error_)
      std::rethrow_exception(error_);
    if constexpr (std::is_reference_v<T>)
      return static_cast<T>(**value_);
    else if constexpr (!std::is_void_v<T>)
      return std::move(*value_);
  }

private:
  std::optional<detail::stored_result<T>> value_;
  std::exception_ptr error_;
};

namespace detail {
/// The outcome of an ended task; moves the value out if nobody else can see it.
template <class T> outcome<T> outcome_of(task_record<T>& t) {
  if (!t.has_value)
    return outcome<T>(t.exception());
  if constexpr (std::is_void_v<T>) {
    t.fetched = true;
    return outcome<T>(nothing{});
  } else if constexpr (std::is_reference_v<T>) {
    return outcome<T>(std::addressof(t.take()));
  } else {
    return outcome<T>(t.take());
  }
}
} // namespace detail

} // namespace nostall

#endif
