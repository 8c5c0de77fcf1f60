//===- Conditions.h - what has to hold for a call to be made ----*- C++ -*-===//
//
//   void flush(bool wait) { if (wait) fsync(fd); }
//   flush(false);                      // fsync is not reached
//
// A call stands under tests of its function's parameters (`wait` is not 0), and
// passes on values of which some are known. Knowns are carried from a call into
// the body that it leads to; a call there whose tests they contradict is not
// made. What is not known contradicts nothing.
//
// Values only, so that they serve a unit and the linked program alike. How a
// test is read off the source is ConditionReader.h.
//
//===----------------------------------------------------------------------===//

#ifndef NOSTALL_CHECKS_ANALYSIS_FACTS_CONDITIONS_H
#define NOSTALL_CHECKS_ANALYSIS_FACTS_CONDITIONS_H

#include "llvm/ADT/ArrayRef.h"
#include "llvm/ADT/STLFunctionalExtras.h"
#include <compare>
#include <cstdint>
#include <optional>
#include <vector>

namespace nostall {

/// A parameter compared with a constant. Truth values are 0 and 1; of a pointer
/// only the null pointer (0) is told from all others, of a class of the
/// standard library what is empty (0) from what is not (1), and of a duration,
/// or a number that is not a whole one, the sign is known (-1, 0, 1).
struct ParamTest {
  enum class Relation : unsigned char {
    Equal,
    NotEqual,
    Less,
    GreaterEqual,
    Greater,
    LessEqual,
    HasBits, ///< all that are set in the constant
    LacksBits,
    IsIn, ///< one of the numbers from 0 to 63 whose bits the constant has
    NotIn,
    IsKnownAs, ///< Equal; what is not known is not
    IsNotKnownAs,
    Last = IsNotKnownAs
  };
  uint32_t Param = 0;
  Relation Is = Relation::Equal;
  int64_t Value = 0;
  /// It holds, or the next of its Condition does.
  bool OrNext = false;
  /// It is of what was passed, though the function may give the parameter
  /// another value afterwards; known only while facts are built.
  bool OfEntry = false;

  /// Nothing that anybody knows passes it.
  static ParamTest impossible();
  bool holdsFor(int64_t Of) const;
  ParamTest negated() const;
  /// As Value of IsIn: what Equal, or IsIn, holds for; none if that is no such
  /// number.
  std::optional<uint64_t> numbers() const;
  auto operator<=>(const ParamTest &) const = default;
};

/// From here on, the number of a parameter is one of a member of an object that
/// the function has: seven bits say which object it is, the others are a hash
/// of the member's name, the same in all units. The name of a member's member
/// is the sum of theirs, so that either can be taken off.
inline constexpr uint32_t FirstMember = 0x80000000;
/// A parameter that no function has.
inline constexpr uint32_t NoParam = FirstMember - 1;
/// Which object: that which the function is called on, or parameter number N.
inline constexpr uint32_t OwnObject = 0;
inline constexpr uint32_t objectOf(uint32_t N) { return N + 1; }
inline constexpr uint32_t LastObject = 0x7F;
/// All members of an object, which is passed on.
inline constexpr uint32_t AnyMember = 0xFFFFFF;
/// The class of an object, where it is known exactly: the value is its symbol.
inline constexpr uint32_t ItsClass = AnyMember - 1;
inline constexpr uint32_t memberOf(uint32_t Object, uint32_t Name) {
  return FirstMember | Object << 24 | Name;
}
inline constexpr uint32_t nameWithin(uint32_t Outer, uint32_t Inner) {
  return (Outer + Inner) % ItsClass;
}
inline constexpr uint32_t nameWithout(uint32_t Outer, uint32_t Name) {
  return (Name + ItsClass - Outer) % ItsClass;
}
inline constexpr bool isAllMembers(uint32_t Number) {
  return Number >= FirstMember && (Number & AnyMember) == AnyMember;
}
inline constexpr uint32_t objectIn(uint32_t Number) {
  return Number >> 24 & LastObject;
}

/// What a call passes on: all members of \p Object, or those of its part with
/// the name \p Outer. Its first half is their number.
inline constexpr int64_t allMembersOf(uint32_t Object, uint32_t Outer = 0) {
  return static_cast<int64_t>(Outer) << 32 | memberOf(Object, AnyMember);
}
inline constexpr uint32_t outerOf(int64_t AllMembers) {
  return static_cast<uint32_t>(AllMembers >> 32);
}

/// All of them hold; of those that are joined by OrNext, one.
using Condition = std::vector<ParamTest>;
/// Calls \p Visit with each part of \p When that has to hold: a test, or
/// several of which one has to.
void forEachClause(llvm::ArrayRef<ParamTest> When,
                   llvm::function_ref<void(llvm::ArrayRef<ParamTest>)> Visit);
/// Takes the parts out of which a test is \p Forgotten.
void forgetClauses(Condition &When,
                   llvm::function_ref<bool(const ParamTest &)> Forgotten);

/// Stands for any descriptor that does not wait: a value that no descriptor
/// has.
inline constexpr int64_t NonblockingDescriptor = INT64_MAX - 1;
/// Stands for a descriptor that waits: that of an object which nobody has told
/// not to.
inline constexpr int64_t BlockingDescriptor = INT64_MAX - 3;
/// Stands for a future, or the like, that is ready.
inline constexpr int64_t ReadyFuture = INT64_MAX - 2;
/// Stands for the name of a file that the kernel makes up, "/proc/stat".
inline constexpr int64_t MemoryFile = INT64_MAX - 4;

/// What a call passes for a parameter: a constant, or its own function's
/// parameter number Value, unchanged. Or what the place with the symbol Value
/// holds, which is NonblockingDescriptor where the program has made it so.
struct PassedValue {
  uint32_t Param = 0;
  bool IsOwnParam = false;
  int64_t Value = 0;
  bool IsPlace = false;
  /// It is Value where one of these is known not to hold of the caller's
  /// parameters; empty: always.
  Condition UnlessAll = {};
  auto operator<=>(const PassedValue &) const = default;
};

/// The parameters of a function whose values are known, by number.
class KnownValues {
public:
  bool ruleOut(llvm::ArrayRef<ParamTest> When) const;
  /// What is known in the body that a call passes \p Passed to, as far as it
  /// \p cares for the parameter. \p IsNonblocking is asked about places; null:
  /// nothing is known of them.
  KnownValues
  after(llvm::ArrayRef<PassedValue> Passed, llvm::ArrayRef<uint32_t> Cares,
        llvm::function_ref<bool(uint64_t)> IsNonblocking = nullptr) const;
  bool empty() const { return Values.empty(); }
  /// Whether all that is known of \p Param is \p Allowed: of a pointer, that it
  /// is not null, and the class of what it leads to.
  bool allow(uint32_t Param, llvm::function_ref<bool(int64_t)> Allowed) const;
  bool operator<(const KnownValues &Other) const {
    return Values < Other.Values;
  }

private:
  std::vector<std::pair<uint32_t, int64_t>> Values; ///< sorted
};

} // namespace nostall

#endif
