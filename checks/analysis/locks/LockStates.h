//===- LockStates.h - locks where control stands ----------------*- C++ -*-===//

#ifndef NOSTALL_CHECKS_ANALYSIS_LOCKS_LOCKSTATES_H
#define NOSTALL_CHECKS_ANALYSIS_LOCKS_LOCKSTATES_H

#include "LockFlow.h"
#include <map>

namespace nostall {

struct LockState {
  LockAtAwait::State Now = LockAtAwait::State::Held;
  clang::SourceLocation At;
  bool IsGuard = false;
  bool OnEveryPath = true; ///< if it is held
  bool LeftHeld = false;   ///< handed on: it was held until then
  bool operator==(const LockState &) const = default;
};
using LockStates = std::map<Place, LockState>;

inline bool isHeld(const LockStates &S, const Place &Lock) {
  auto It = S.find(Lock);
  return It != S.end() && It->second.Now == LockAtAwait::State::Held;
}

/// Held on one of the paths that meet is held.
inline void join(LockStates &Into, const LockStates &From) {
  for (auto &[Lock, L] : Into)
    if (!isHeld(From, Lock))
      L.OnEveryPath = false;
  for (const auto &[Lock, L] : From) {
    auto [It, IsNew] = Into.try_emplace(Lock, L);
    LockState &Here = It->second;
    const bool WasHeld = !IsNew && Here.Now == LockAtAwait::State::Held;
    if (L.Now == LockAtAwait::State::Held && !WasHeld)
      Here = L;
    Here.OnEveryPath &= L.OnEveryPath && WasHeld;
    Here.LeftHeld |= L.LeftHeld;
  }
}

/// Two guards, or what holds them, have swapped what they hold.
inline void exchange(LockStates &On, const Place &A, const Place &B) {
  auto OfA = On.extract(A), OfB = On.extract(B);
  if (OfA)
    On[B] = OfA.mapped();
  if (OfB)
    On[A] = OfB.mapped();
}

} // namespace nostall

#endif
