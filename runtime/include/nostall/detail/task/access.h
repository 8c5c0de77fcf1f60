//===- access.h - what the library does with its own types ----------------===//
//
// Public types are friends of this, and of nothing else. So what a user sees of them is
// what is meant for a user.
//
//===----------------------------------------------------------------------===//

#ifndef NOSTALL_DETAIL_ACCESS_H
#define NOSTALL_DETAIL_ACCESS_H

namespace nostall::detail {

struct access {
  /// A task's frame, to be run or awaited; `who` is for the message.
  template <class T> static auto release(T& t, const char* who) { return t.release(who); }
  /// The same, where it is known that debug mode is off and the task valid.
  template <class T> static auto release_valid(T& t) noexcept { return t.release_valid(); }

  /// A handle's record, with a reference for the caller.
  template <class H> static auto* ref(const H& h) { return h.ref(); }
  template <class H> static auto* peek(const H& h) { return h.peek(); }
  template <class H, class R> static H adopt(R* record) noexcept { return H(record); }

  template <class T, class... A> static T make(A&&... a) { return T(static_cast<A&&>(a)...); }

  /// What stands behind a loop, a pool, a fork server, an initializer.
  template <class O> static decltype(auto) core(O& o) noexcept { return o.core(); }
};

} // namespace nostall::detail

#endif
