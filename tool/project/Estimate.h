//===- Estimate.h - how long a run will take --------------------*- C++ -*-===//
//
// What earlier runs took for a unit is what it will take again, about. A unit
// that was never parsed costs what its size says, as the known ones have it.
// As units get done, the rest is corrected by how far off the guesses were.
//
//===----------------------------------------------------------------------===//

#ifndef NOSTALL_TOOL_PROJECT_ESTIMATE_H
#define NOSTALL_TOOL_PROJECT_ESTIMATE_H

#include "llvm/ADT/ArrayRef.h"
#include <cstddef>
#include <cstdint>
#include <optional>
#include <vector>

namespace nostall {

class Estimate {
public:
  Estimate(size_t Units, unsigned Workers) : Workers(Workers) {
    All.reserve(Units);
  }

  /// Another unit: the size of its source, and what it took before.
  void add(uint64_t Bytes, std::optional<unsigned> Milliseconds) {
    All.push_back({Bytes, Milliseconds});
  }
  /// The numbers of all units; to be called when all were added.
  std::vector<size_t> heaviestFirst();
  void done(size_t Unit, unsigned Milliseconds);
  /// Of the whole run. \p Running: units that are parsed now, and for how long.
  /// None, before a tenth of the work is done that can only be guessed.
  std::optional<unsigned>
  secondsLeft(llvm::ArrayRef<std::pair<size_t, unsigned>> Running) const;

private:
  struct Unit {
    uint64_t Bytes = 0;
    std::optional<unsigned> Before;
    double Guess = 0; ///< milliseconds; of these, a multiple is right
    bool IsDone = false;
  };

  std::vector<Unit> All;
  unsigned Workers;
  uint64_t Took = 0;     ///< milliseconds, all that are done
  double GuessedFor = 0; ///< the same units
};

} // namespace nostall

#endif
