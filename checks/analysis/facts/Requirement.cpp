//===- Requirement.cpp - what has to hold, put together -------------------===//

#include "Requirement.h"
#include "llvm/ADT/STLExtras.h"
#include "llvm/ADT/SmallVector.h"

namespace nostall {

/// So many tests one may have to pass, and so many parts may have to hold.
static constexpr size_t MaxAlternatives = 6, MaxClauses = 24;

using Clause = llvm::SmallVector<ParamTest, 4>;

Requirement Requirement::never() {
  Requirement R;
  R.Never = true;
  return R;
}

/// Adds \p T to what \p OneOf is true of; false: then that says nothing.
static bool addTest(Clause &OneOf, ParamTest T) {
  T.OrNext = false;
  const auto Numbers = T.numbers();
  for (ParamTest &Other : OneOf) {
    if (Other == T)
      return true;
    if (Other == T.negated())
      return false;
    // `state == open || state == opening`: one of several numbers.
    const auto Of = Other.numbers();
    if (Numbers && Of && Other.Param == T.Param) {
      Other.Is = ParamTest::Relation::IsIn;
      Other.Value = static_cast<int64_t>(*Numbers | *Of);
      return true;
    }
  }
  OneOf.push_back(T);
  return OneOf.size() <= MaxAlternatives;
}

static void append(Condition &To, llvm::ArrayRef<ParamTest> OneOf) {
  for (const ParamTest &T : OneOf) {
    To.push_back(T);
    To.back().OrNext = true;
  }
  To.back().OrNext = false;
}

/// \p To has a part that is the same as \p OneOf.
static bool contains(const Condition &To, llvm::ArrayRef<ParamTest> OneOf) {
  bool Does = false;
  forEachClause(To, [&](llvm::ArrayRef<ParamTest> Part) {
    Does |= Part.size() == OneOf.size() &&
            llvm::all_of(llvm::zip(Part, OneOf), [](const auto &Pair) {
              ParamTest A = std::get<0>(Pair), B = std::get<1>(Pair);
              A.OrNext = B.OrNext = false;
              return A == B;
            });
  });
  return Does;
}

Requirement Requirement::operator&&(const Requirement &Other) const {
  if (Never || Other.Never)
    return never();
  Requirement Both = *this;
  forEachClause(Other.All, [&](llvm::ArrayRef<ParamTest> OneOf) {
    if (Both.All.size() < MaxClauses && !contains(Both.All, OneOf))
      append(Both.All, OneOf);
  });
  return Both;
}

Requirement Requirement::operator||(const Requirement &Other) const {
  if (Never)
    return Other;
  if (Other.Never)
    return *this;
  Requirement Either;
  forEachClause(All, [&](llvm::ArrayRef<ParamTest> A) {
    forEachClause(Other.All, [&](llvm::ArrayRef<ParamTest> B) {
      Clause OneOf;
      const bool Says =
          llvm::all_of(A,
                       [&](const ParamTest &T) { return addTest(OneOf, T); }) &&
          llvm::all_of(B,
                       [&](const ParamTest &T) { return addTest(OneOf, T); });
      if (Says && Either.All.size() < MaxClauses &&
          !contains(Either.All, OneOf))
        append(Either.All, OneOf);
    });
  });
  return Either;
}

void Requirement::addTo(Condition &Out) const {
  if (Never)
    Out.push_back(ParamTest::impossible());
  llvm::append_range(Out, All);
}

} // namespace nostall
