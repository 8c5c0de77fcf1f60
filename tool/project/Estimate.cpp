//===- Estimate.cpp - how long a run will take ----------------------------===//

#include "Estimate.h"
#include "llvm/ADT/STLExtras.h"
#include <cmath>
#include <numeric>

namespace nostall {

/// Where no unit was ever parsed, a source's size alone decides the order; most
/// of what is parsed comes from headers, so that small sources are not free.
static constexpr double HeadersBytes = 4096, MillisecondsPerByte = 0.05;

static constexpr double TooLong = 5000; // milliseconds

std::vector<size_t> Estimate::heaviestFirst() {
  double Known = 0, KnownBytes = 0;
  for (const Unit &U : All)
    if (U.Before) {
      Known += *U.Before;
      KnownBytes += U.Bytes + HeadersBytes;
    }
  const double Rate = Known > 0 ? Known / KnownBytes : MillisecondsPerByte;
  for (Unit &U : All)
    U.Guess =
        U.Before ? std::max(1u, *U.Before) : (U.Bytes + HeadersBytes) * Rate;
  std::vector<size_t> Order(All.size());
  std::iota(Order.begin(), Order.end(), 0);
  llvm::stable_sort(
      Order, [&](size_t A, size_t B) { return All[A].Guess > All[B].Guess; });
  return Order;
}

void Estimate::done(size_t Unit, unsigned Milliseconds) {
  GuessedFor += All[Unit].Guess;
  Took += Milliseconds;
  All[Unit].IsDone = true;
}

std::optional<unsigned> Estimate::secondsLeft(
    llvm::ArrayRef<std::pair<size_t, unsigned>> Running) const {
  double Guessed = 0;
  bool AllKnown = true;
  for (const Unit &U : All) {
    Guessed += U.Guess;
    AllKnown &= U.Before.has_value();
  }
  // A guess by size alone says nothing before some units were measured.
  if (!AllKnown && (GuessedFor <= 0 || GuessedFor < Guessed / 10))
    return std::nullopt;
  const double Factor =
      GuessedFor > 0 ? std::max<double>(1, Took) / GuessedFor : 1;
  std::vector<double> SoFar(All.size());
  for (auto [Unit, Milliseconds] : Running)
    SoFar[Unit] = Milliseconds;
  double Left = 0, Longest = 0;
  for (size_t I = 0; I != All.size(); ++I)
    if (!All[I].IsDone) {
      const double Rest = std::max(0.0, All[I].Guess * Factor - SoFar[I]);
      // Nobody knows how long a unit takes that takes much longer than it
      // should.
      if (SoFar[I] > TooLong && SoFar[I] > 2 * All[I].Guess * Factor)
        return std::nullopt;
      Left += Rest;
      Longest = std::max(Longest, Rest);
    }
  const double Shared = Left / std::max(1u, Workers);
  return static_cast<unsigned>(std::lround(std::max(Shared, Longest) / 1000));
}

} // namespace nostall
