//===- NeededUnits.h - of a program, what a question needs ------*- C++ -*-===//
//
//   names ──sources that mention one──▶ units, read ──▶ names they leave open
//     ▲                                                        │
//     └────────────────────────────────────────────────────────┘
//
// A question about one line leads to few of a program's functions. Whoever has
// the body of one, overrides it or hands it to a thread, mentions its name: so
// only sources that do are parsed (or taken from the index), and then those
// that mention what these call in turn. A body that a macro or a header alone
// brings into a source is not found so.
//
// Without a database nobody has said which sources belong to the program. Then
// the nearest are read, and not more than a few.
//
//===----------------------------------------------------------------------===//

#ifndef NOSTALL_TOOL_CLI_NEEDEDUNITS_H
#define NOSTALL_TOOL_CLI_NEEDEDUNITS_H

#include "ProgramGraphs.h"
#include "llvm/ADT/StringSet.h"

namespace nostall {

class NeededUnits {
public:
  /// Of the program that \p Of belongs to.
  NeededUnits(ProgramGraphs &Program, const Job &Of);

  /// Makes \p Program read what the calls in \p From lead to, and what mentions
  /// \p Function, as displayed.
  void read(const CallGraph &From, llvm::StringRef Function);

private:
  bool readThoseThatMention(const llvm::StringSet<> &Names);

  /// Of sources that nobody has named.
  static constexpr size_t MaxGuessed = 12;

  ProgramGraphs &Program;
  std::vector<Job> Candidates; ///< that are not read yet
  llvm::StringSet<> Asked;
  /// How many may still be read.
  size_t Left = SIZE_MAX;
};

/// What a search from \p From over \p Graphs comes to and finds no calls of, as
/// displayed; the nearest first. Its body is not there, or does nothing that
/// is written down.
std::vector<std::string>
openFunctions(const CallGraph &From, llvm::ArrayRef<const CallGraph *> Graphs);

} // namespace nostall

#endif
