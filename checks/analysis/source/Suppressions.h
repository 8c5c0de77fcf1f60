//===- Suppressions.h - NOLINT at a primitive -------------------*- C++ -*-===//
//
// clang-tidy honours NOLINT at the place of a finding. A finding in a loop
// context may have its cause in a helper far away, and there its author may
// have said that the call is meant: then the helper does not count as blocking
// through that call. This reads the same directives, in all their forms, at any
// place of any file, and remembers which of them were of use.
//
//===----------------------------------------------------------------------===//

#ifndef NOSTALL_CHECKS_ANALYSIS_SOURCE_SUPPRESSIONS_H
#define NOSTALL_CHECKS_ANALYSIS_SOURCE_SUPPRESSIONS_H

#include "clang/Basic/SourceLocation.h"
#include "llvm/ADT/ArrayRef.h"
#include "llvm/ADT/DenseMap.h"
#include "llvm/ADT/STLFunctionalExtras.h"
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
  /// \p Check at \p Loc's line (of a macro, where it is expanded, and where it
  /// is written). Those that do have been of use.
  bool covers(clang::SourceLocation Loc, llvm::StringRef Check) {
    return cover(Loc, Check, [](Name &N) { N.Used = true; });
  }
  /// The same for an open call: whether they are of use turns out at the link.
  void coversOpenCall(clang::SourceLocation Loc, llvm::StringRef Check,
                      unsigned Number) {
    cover(Loc, Check, [&](Name &N) { N.OpenCalls.push_back(Number); });
  }

  /// A name in the list of a directive; "*" for a directive without a list.
  struct Name {
    clang::FileID File;
    unsigned Offset = 0; ///< of the name
    llvm::StringRef Glob;
    llvm::StringRef Keyword; ///< "NOLINT", "NOLINTNEXTLINE", "NOLINTBEGIN"
    bool Used = false;
    std::vector<unsigned> OpenCalls{}; ///< that it hides
  };
  /// Every name in a file outside system headers.
  llvm::ArrayRef<Name> all();

private:
  /// By line, the indices in Names of what covers it.
  using FileLines = std::map<unsigned, std::vector<size_t>>;
  bool cover(clang::SourceLocation Loc, llvm::StringRef Check,
             llvm::function_ref<void(Name &)> Mark);
  bool coverLine(clang::SourceLocation Loc, llvm::StringRef Check,
                 llvm::function_ref<void(Name &)> Mark);
  const FileLines &linesOf(clang::FileID File);

  const clang::SourceManager &SM;
  std::vector<Name> Names;
  llvm::DenseMap<clang::FileID, FileLines> Files;
};

} // namespace nostall

#endif
