//===- ChangedLines.h - what changed since a revision -----------*- C++ -*-===//
//
// --changed-since: git says which lines of the working tree differ from a
// revision, and findings that have nothing to do with them are left out. git is
// asked through its command line, once.
//
//===----------------------------------------------------------------------===//

#ifndef NOSTALL_TOOL_REPORT_CHANGEDLINES_H
#define NOSTALL_TOOL_REPORT_CHANGEDLINES_H

#include "Finding.h"
#include "llvm/ADT/StringMap.h"
#include "llvm/Support/Error.h"

namespace nostall {

class ChangedLines {
public:
  /// The lines that differ between \p Revision and the working tree that
  /// \p Directory lies in, and all lines of files that git does not know.
  static llvm::Expected<ChangedLines> since(llvm::StringRef Revision,
                                            llvm::StringRef Directory);

  bool contains(llvm::StringRef File, unsigned Line) const;

  /// Whether the finding, or a step of the way to its cause, stands in a
  /// changed line: a helper that blocks since this change stalls callers that
  /// nobody touched.
  bool concerns(const Finding &F) const;

private:
  /// Takes the hunks' new lines out of the output of `git diff --unified=0`.
  void addDiff(llvm::StringRef Diff, llvm::StringRef Root);

  struct Lines {
    bool All = false;
    std::vector<std::pair<unsigned, unsigned>> Ranges; ///< first, last
  };
  llvm::StringMap<Lines> Files; ///< by absolute path
};

} // namespace nostall

#endif
