//===- given_error.h - what a promise is given instead of a value ----------===//
//
// An exception or a std::exception_ptr. What is caught as a base (`catch (const
// std::exception& e) { p.set_exception(e); }`) goes on whole: a copy of that base would
// have lost what it was.
//
//===----------------------------------------------------------------------===//

#ifndef NOSTALL_DETAIL_GIVEN_ERROR_H
#define NOSTALL_DETAIL_GIVEN_ERROR_H

#include <concepts>
#include <exception>
#include <type_traits>
#include <typeinfo>

namespace nostall::detail {

template <class E>
concept error_pointer = std::is_convertible_v<E, std::exception_ptr> &&
                        !std::is_null_pointer_v<std::remove_cvref_t<E>>;
template <class E>
concept error_object = std::derived_from<std::remove_cvref_t<E>, std::exception> &&
                       std::copy_constructible<std::remove_cvref_t<E>>;

template <class... E> constexpr bool check_error() {
  constexpr bool right = sizeof...(E) == 1 && ((error_pointer<E> || error_object<E>) && ...);
  static_assert(right, "nostall: set_exception takes an exception, "
                       "set_exception(std::runtime_error(\"why\")), or a std::exception_ptr; "
                       "std::make_exception_ptr makes one of anything else");
  return right;
}

/// The exception that is handled here, if `part` belongs to it; else throws usage_error.
std::exception_ptr whole_error(const std::exception& part);
[[noreturn]] void throw_no_error();

inline std::exception_ptr as_error(std::exception_ptr e) {
  if (!e) [[unlikely]]
    throw_no_error();
  return e;
}
template <error_object E> std::exception_ptr as_error(const E& e) {
#ifdef __cpp_rtti
  if (typeid(e) != typeid(E))
    return whole_error(e);
#endif
  return std::make_exception_ptr(e);
}

} // namespace nostall::detail

#endif
