//===- anything.h - overloads that say what is wrong -----------------------===//
//
// A call that fits no overload would get a list of all of them. So each combinator has
// a last one that takes anything, fits worse than any other, and is a static_assert.
// Its type is deduced, so that the compiler says this first, and what it gives fits
// everywhere, so that nothing follows.
//
//===----------------------------------------------------------------------===//

#ifndef NOSTALL_DETAIL_TASK_ANYTHING_H
#define NOSTALL_DETAIL_TASK_ANYTHING_H

#include <coroutine>
#include <initializer_list>
#include <type_traits>

namespace nostall::detail {

/// What a class goes on with after it has refused its argument: that is told alone.
template <class T>
using object_or_int = std::conditional_t<std::is_object_v<T>, std::remove_cv_t<T>, int>;

struct anything {
  anything() noexcept = default;
  template <class T> anything(T&&) noexcept {} // NOLINT: implicit, that is its point
  template <class T> anything(std::initializer_list<T>) noexcept {} // NOLINT
};

/// The result of a call that was refused.
struct refused {
  using hands_over = void;
  template <class T> operator T() const { throw 0; } // NOLINT
  bool await_ready() const { return true; }
  void await_suspend(std::coroutine_handle<>) const {}
  refused await_resume() const { return {}; }
  refused get() const { return {}; }
};

/// Of a loop over what is no range.
struct no_iterator {
  refused operator*() const { return {}; }
  void operator++() const {}
  bool operator==(const no_iterator&) const { return true; }
};

/// False, and not known before the overload is chosen. Of a closure type, which is another
/// one for each call: a second mistake is told, too.
template <class> inline constexpr bool never = false;

} // namespace nostall::detail

/// The last overload of a function that takes some arguments, with its message; also of
/// none, where that is a mistake.
#define NOSTALL_REFUSE(function, message) NOSTALL_REFUSE_AS(function, , message)
/// The same of a member that is const, or the overloads would differ in that.
#define NOSTALL_REFUSE_AS(function, qualifier, message)                                  \
  template <class Chosen = decltype([] {})>                                              \
  auto function(::nostall::detail::anything = {}, ::nostall::detail::anything = {},      \
                ::nostall::detail::anything = {}, ::nostall::detail::anything = {},      \
                ::nostall::detail::anything = {}, ::nostall::detail::anything = {})      \
      qualifier {                                                                        \
    static_assert(::nostall::detail::never<Chosen>, "nostall: " message);                \
    return ::nostall::detail::refused();                                                 \
  }
/// The last constructor of a class, of one argument or more; `instead` is another one.
#define NOSTALL_REFUSE_NEW(type, instead, message)                                       \
  template <class Chosen = decltype([] {})>                                              \
  explicit type(::nostall::detail::anything, ::nostall::detail::anything = {},           \
                ::nostall::detail::anything = {}, ::nostall::detail::anything = {})      \
      : instead {                                                                        \
    static_assert(::nostall::detail::never<Chosen>, "nostall: " message);                \
  }

#endif
