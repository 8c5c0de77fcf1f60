//===- Suppressions.h - NOLINT at a primitive -------------------*- C++ -*-===//
//
// clang-tidy honours NOLINT at the place of a finding. A finding in a loop
// context may have its cause in a helper far away, and there its author may
// have said that the call is meant: then the helper does not count as blocking
// through that call. This reads the same directives, in all their forms, at any
// place of any file.
//
//===----------------------------------------------------------------------===//

#ifndef NOSTALL_CHECKS_ANALYSIS_SUPPRESSIONS_H
#define NOSTALL_CHECKS_ANALYSIS_SUPPRESSIONS_H

#include "clang/Basic/SourceLocation.h"
#include "llvm/ADT/DenseMap.h"
#include "llvm/ADT/StringRef.h"
#include <map>
#include <vector>

namespace clang {
class SourceManager;
}

namespace nostall {

class Suppressions {
public:
  explicit Suppressions(const clang::SourceManager &SM) : SM(SM) {}

  /// Whether a NOLINT, NOLINTNEXTLINE or NOLINTBEGIN/END directive covers
  /// \p Check at \p Loc's line (of a macro, where it is expanded).
  bool covers(clang::SourceLocation Loc, llvm::StringRef Check);

private:
  struct Line {
    std::vector<llvm::StringRef> Globs;
  };
  using FileLines = std::map<unsigned, Line>;
  const FileLines &linesOf(clang::FileID File);

  const clang::SourceManager &SM;
  llvm::DenseMap<clang::FileID, FileLines> Files;
};

} // namespace nostall

#endif
