//===- any_count.h - how many, which is not below zero --------------------===//
//
// A parameter of an unsigned type takes -1, too, and means the most there can be. What
// takes a count takes this.
//
//===----------------------------------------------------------------------===//

#ifndef NOSTALL_DETAIL_ANY_COUNT_H
#define NOSTALL_DETAIL_ANY_COUNT_H

#include "nostall/error.h"

#include <concepts>
#include <cstddef>
#include <type_traits>

namespace nostall::detail {

class any_count {
public:
  /// Throws usage_error below zero.
  template <std::convertible_to<std::size_t> N>
  constexpr any_count(N n) : n_(static_cast<std::size_t>(n)) { // NOLINT: implicit
    if constexpr (std::is_arithmetic_v<N>)
      if (!(n >= N{}))
        throw_usage("nostall: a number of permits, parties or places is not below zero");
  }
  constexpr operator std::size_t() const noexcept { return n_; }

private:
  std::size_t n_;
};

} // namespace nostall::detail

#endif
