//===- anything.h - overloads that say what is wrong -----------------------===//
//
// A call that fits no overload would get a list of all of them. So each combinator has
// a last one that takes anything, fits worse than any other, and is a static_assert.
//
//===----------------------------------------------------------------------===//

#ifndef NOSTALL_DETAIL_TASK_ANYTHING_H
#define NOSTALL_DETAIL_TASK_ANYTHING_H

namespace nostall::detail {

struct anything {
  anything() noexcept = default;
  template <class T> anything(T&&) noexcept {} // NOLINT: implicit, that is its point
};

/// False, and not known before the overload is chosen. Of a closure type, which is another
/// one for each call: a second mistake is told, too.
template <class> inline constexpr bool never = false;

} // namespace nostall::detail

/// The last overload of a function that takes one argument or some, with its message.
#define NOSTALL_REFUSE(function, message)                                                \
  template <class Chosen = decltype([] {})>                                              \
  ::nostall::task<void> function(                                                        \
      ::nostall::detail::anything, ::nostall::detail::anything = {},                     \
      ::nostall::detail::anything = {}, ::nostall::detail::anything = {},                \
      ::nostall::detail::anything = {}, ::nostall::detail::anything = {}) {              \
    static_assert(::nostall::detail::never<Chosen>, "nostall: " message);                \
    throw 0;                                                                             \
  }

#endif
