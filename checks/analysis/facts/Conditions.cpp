//===- Conditions.cpp - what has to hold for a call to be made ------------===//

#include "Conditions.h"
#include "llvm/ADT/STLExtras.h"
#include "llvm/Support/ErrorHandling.h"

namespace nostall {

bool ParamTest::holdsFor(int64_t Of) const {
  switch (Is) {
  case Relation::Equal:
    return Of == Value;
  case Relation::NotEqual:
    return Of != Value;
  case Relation::Less:
    return Of < Value;
  case Relation::GreaterEqual:
    return Of >= Value;
  case Relation::Greater:
    return Of > Value;
  case Relation::LessEqual:
    return Of <= Value;
  case Relation::HasBits:
    return (Of & Value) == Value;
  case Relation::LacksBits:
    return (Of & Value) != Value;
  case Relation::IsIn:
    return Of >= 0 && Of < 64 && (static_cast<uint64_t>(Value) >> Of & 1);
  case Relation::NotIn:
    return !negated().holdsFor(Of);
  case Relation::IsKnownAs:
    return Of == Value;
  case Relation::IsNotKnownAs:
    return Of != Value;
  }
  llvm_unreachable("covered switch");
}

ParamTest ParamTest::negated() const {
  // Each relation stands beside its contrary.
  ParamTest Contrary = *this;
  Contrary.Is = static_cast<Relation>(static_cast<unsigned char>(Is) ^ 1);
  return Contrary;
}

ParamTest ParamTest::impossible() {
  // Of this, nothing is known, ever.
  return {NoParam, Relation::IsKnownAs, 0};
}

std::optional<uint64_t> ParamTest::numbers() const {
  if (Is == Relation::IsIn)
    return static_cast<uint64_t>(Value);
  return Is == Relation::Equal && Value >= 0 && Value < 64
             ? std::optional(uint64_t(1) << Value)
             : std::nullopt;
}

void forEachClause(llvm::ArrayRef<ParamTest> When,
                   llvm::function_ref<void(llvm::ArrayRef<ParamTest>)> Visit) {
  while (!When.empty()) {
    size_t Length = 1;
    while (Length < When.size() && When[Length - 1].OrNext)
      ++Length;
    Visit(When.take_front(Length));
    When = When.drop_front(Length);
  }
}

void forgetClauses(Condition &When,
                   llvm::function_ref<bool(const ParamTest &)> Forgotten) {
  if (llvm::none_of(When, Forgotten))
    return;
  Condition Kept;
  forEachClause(When, [&](llvm::ArrayRef<ParamTest> OneOf) {
    if (llvm::none_of(OneOf, Forgotten))
      llvm::append_range(Kept, OneOf);
  });
  When = std::move(Kept);
}

bool KnownValues::allow(uint32_t Param,
                        llvm::function_ref<bool(int64_t)> Allowed) const {
  auto It = llvm::lower_bound(Values, std::pair(Param, INT64_MIN));
  for (; It != Values.end() && It->first == Param; ++It)
    if (!Allowed(It->second))
      return false;
  return true;
}

bool KnownValues::ruleOut(llvm::ArrayRef<ParamTest> When) const {
  // Of one parameter, several things may be known: it is there, and it is
  // ready.
  auto Contradicts = [&](const ParamTest &T) {
    auto Known = llvm::lower_bound(Values, std::pair(T.Param, INT64_MIN));
    bool Asks = T.Is == ParamTest::Relation::IsKnownAs;
    for (; Known != Values.end() && Known->first == T.Param; ++Known)
      if (Asks && T.holdsFor(Known->second))
        return false;
      else if (!Asks && !T.holdsFor(Known->second))
        return true;
    return Asks;
  };
  bool IsRuledOut = false;
  forEachClause(When, [&](llvm::ArrayRef<ParamTest> OneOf) {
    IsRuledOut |= llvm::all_of(OneOf, Contradicts);
  });
  return IsRuledOut;
}

KnownValues
KnownValues::after(llvm::ArrayRef<PassedValue> Passed,
                   llvm::ArrayRef<uint32_t> Cares,
                   llvm::function_ref<bool(uint64_t)> IsNonblocking) const {
  KnownValues Result;
  auto IsCaredFor = [&](uint32_t Param) {
    return llvm::is_contained(Cares, Param) ||
           (Param >= FirstMember &&
            llvm::is_contained(Cares, memberOf(objectIn(Param), AnyMember)));
  };
  for (const PassedValue &P : Passed)
    if (isAllMembers(P.Param)) {
      const uint32_t From = objectIn(static_cast<uint32_t>(P.Value));
      for (const auto &[Member, Value] : Values) {
        const uint32_t Name = Member & AnyMember;
        const uint32_t There = memberOf(
            objectIn(P.Param),
            Name == ItsClass ? Name : nameWithout(outerOf(P.Value), Name));
        if (Name == ItsClass && outerOf(P.Value))
          continue; // of the whole object
        if (Member >= FirstMember && objectIn(Member) == From &&
            IsCaredFor(There))
          Result.Values.push_back({There, Value});
      }
    } else if (IsCaredFor(P.Param)) {
      std::optional<int64_t> Value = P.Value;
      if (!P.UnlessAll.empty() && !ruleOut(P.UnlessAll))
        Value.reset();
      else if (P.IsOwnParam) {
        // Of one, several things may be known.
        Value.reset();
        for (const auto &[Param, Is] : Values)
          if (Param == static_cast<uint32_t>(P.Value))
            Result.Values.push_back({P.Param, Is});
      } else if (P.IsPlace)
        Value = IsNonblocking && IsNonblocking(static_cast<uint64_t>(P.Value))
                    ? std::optional(NonblockingDescriptor)
                    : std::nullopt;
      if (Value)
        Result.Values.push_back({P.Param, *Value});
    }
  llvm::sort(Result.Values);
  Result.Values.erase(llvm::unique(Result.Values), Result.Values.end());
  return Result;
}

} // namespace nostall
