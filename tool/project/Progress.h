//===- Progress.h - how far a run has come, for who waits -------*- C++ -*-===//
//
//   terminal    one line that is written over and over, and gone in the end:
//               [12/40] src/server.cpp  about 12 s left
//   otherwise   a plain line every ten seconds, so that short runs print none:
//               nostall: 12 of 40 files read, about 12 s left
//
// The time is an argument, so that a test needs no time to pass.
//
//===----------------------------------------------------------------------===//

#ifndef NOSTALL_TOOL_PROJECT_PROGRESS_H
#define NOSTALL_TOOL_PROJECT_PROGRESS_H

#include "llvm/ADT/StringRef.h"
#include "llvm/Support/raw_ostream.h"
#include <chrono>
#include <optional>
#include <string>

namespace nostall {

/// How far a run has come.
struct ProgramProgress {
  size_t Done = 0, Total = 0; ///< units that are parsed
  llvm::StringRef File;       ///< one that is parsed now, or was last
  /// About; as earlier runs and this one took. None: nothing is known yet.
  std::optional<unsigned> SecondsLeft{};
};

class ProgressLine {
public:
  using Time = std::chrono::steady_clock::time_point;

  /// \p Columns: the width of the terminal that \p Out is; 0: it is none.
  ProgressLine(llvm::raw_ostream &Out, unsigned Columns, Time Now)
      : Out(Out), Columns(Columns), LastLine(Now) {}
  ~ProgressLine() { erase(); }

  void show(const ProgramProgress &P, Time Now);
  /// To be called before anything else is printed.
  void erase();

private:
  llvm::raw_ostream &Out;
  unsigned Columns;
  Time LastLine;     ///< the last plain line, or the start
  std::string Shown; ///< on the terminal
};

} // namespace nostall

#endif
