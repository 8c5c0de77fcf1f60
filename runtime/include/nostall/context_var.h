//===- context_var.h - values that follow a task --------------------------===//
//
//     inline nostall::context_var<std::string> request_id("request_id", "-");
//     ...
//     request_id.set("r-17");          // for this task and those it creates
//
// As contextvars in Python: a new task, and a callback handed to the loop, gets a
// copy of its creator's values; what it sets is its own. Copying is a counted
// reference; `set` copies the table if it is shared.
//
// A context_var must outlive every task that uses it: make it a global. `get`
// and `set` are for any thread; each thread that runs no task has values of its
// own.
//
//===----------------------------------------------------------------------===//

#ifndef NOSTALL_CONTEXT_VAR_H
#define NOSTALL_CONTEXT_VAR_H

#include "nostall/detail/task/anything.h"

#include <cstdint>
#include <memory>
#include <string>
#include <type_traits>
#include <utility>

namespace nostall {

namespace detail {
struct context_data;
/// The calling task's value for `key`; null if not set.
const void* find_context(std::uint64_t key) noexcept;
/// Sets it and gives back what it was.
std::shared_ptr<const void> exchange_context(std::uint64_t key,
                                             std::shared_ptr<const void> value);
/// Another one for each variable: a place in memory may be used again, by a variable of
/// another type, while there are values of the first.
std::uint64_t new_context_key() noexcept;
[[noreturn]] void throw_no_value(const std::string& variable);
} // namespace detail

template <class Value> class context_var {
  static_assert(std::is_object_v<Value>, "nostall: a context_var holds values; for a reference, "
                                         "let it hold a pointer");
  using T = detail::object_or_int<Value>;

public:
  explicit context_var(std::string name) : name_(std::move(name)) {}
  context_var(std::string name, T fallback)
      : name_(std::move(name)),
        fallback_(std::make_unique<T>(std::move(fallback))) {}
  context_var(const context_var&) = delete;

  /// What `set` gives, for `reset`. May be dropped.
  class token {
    friend context_var;
    explicit token(std::shared_ptr<const void> v) : before_(std::move(v)) {}
    std::shared_ptr<const void> before_;
  };

  /// The value, or the fallback, or null.
  const T* find() const noexcept {
    const void* v = detail::find_context(key_);
    return v ? static_cast<const T*>(v) : fallback_.get();
  }
  /// The value or the fallback; throws std::out_of_range if there is neither.
  const T& get() const {
    if (const T* v = find())
      return *v;
    missing();
  }
  token set(T value) {
    return token(detail::exchange_context(
        key_, std::make_shared<const T>(std::move(value))));
  }
  /// Back to what it was before that `set`.
  void reset(token t) { detail::exchange_context(key_, std::move(t.before_)); }

  const std::string& name() const noexcept { return name_; }

private:
  [[noreturn]] void missing() const { detail::throw_no_value(name_); }

  const std::uint64_t key_ = detail::new_context_key();
  std::string name_;
  std::unique_ptr<T> fallback_;
};

} // namespace nostall

#endif
