//===- duration.h - any duration as nanoseconds ---------------------------===//
//
// `sleep(1.5s)` and `wait_for(x, hours::max())` are what people write. What does not
// fit into nanoseconds is the longest or the shortest there is; fractions are rounded
// up, since no timer is early; NaN is no duration and is refused.
//
//===----------------------------------------------------------------------===//

#ifndef NOSTALL_DETAIL_DURATION_H
#define NOSTALL_DETAIL_DURATION_H

#include "nostall/error.h"

#include <chrono>
#include <cstdint>
#include <ratio>
#include <type_traits>

namespace nostall::detail {

template <class D> inline constexpr bool is_duration = false;
template <class R, class P>
inline constexpr bool is_duration<std::chrono::duration<R, P>> = true;

/// What is written where options go.
template <class N>
concept number_or_duration = std::is_arithmetic_v<N> || is_duration<N>;

template <class R, class P>
constexpr std::chrono::nanoseconds saturated(std::chrono::duration<R, P> d) {
  using std::chrono::nanoseconds;
  if constexpr (std::is_integral_v<R> && sizeof(R) <= 8 && P::num <= 1'000'000'000) {
    using factor = std::ratio_divide<P, std::nano>;
    __extension__ using wide = __int128;
    const wide product = static_cast<wide>(d.count()) * factor::num;
    const wide n = product / factor::den + (product % factor::den > 0);
    return n >= nanoseconds::max().count()   ? nanoseconds::max()
           : n <= nanoseconds::min().count() ? nanoseconds::min()
                                             : nanoseconds(static_cast<std::int64_t>(n));
  } else {
    const long double n = static_cast<long double>(d.count()) *
                          static_cast<long double>(P::num) * 1e9L /
                          static_cast<long double>(P::den);
    if (n != n)
      throw_usage("nostall: a duration is not a number (NaN)");
    if (n >= 9223372036854775807.0L)
      return nanoseconds::max();
    if (n <= -9223372036854775808.0L)
      return nanoseconds::min();
    const auto whole = static_cast<std::int64_t>(n);
    // 0.1s is a little more than a tenth; that is not meant to cost a nanosecond.
    return nanoseconds(whole + (n - static_cast<long double>(whole) > 1e-6L));
  }
}

} // namespace nostall::detail

namespace nostall {

/// What a parameter or an option takes that is a duration: any, saturated.
struct any_duration : std::chrono::nanoseconds {
  template <class R, class P>
  constexpr any_duration(std::chrono::duration<R, P> d)
      : duration(detail::saturated(d)) {}
};

} // namespace nostall

#endif
