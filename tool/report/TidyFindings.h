//===- TidyFindings.h - clang-tidy's errors, as findings --------*- C++ -*-===//
//
// Both ways, without loss: what is printed and fixed through clang-tidy's code
// is the same for a finding of this run and for one out of the index.
//
//===----------------------------------------------------------------------===//

#ifndef NOSTALL_TOOL_REPORT_TIDYFINDINGS_H
#define NOSTALL_TOOL_REPORT_TIDYFINDINGS_H

#include "Finding.h"
#include "SourceTexts.h"
#include "clang-tidy/ClangTidyDiagnosticConsumer.h"

namespace nostall {

/// The one name of \p Path, as it is seen from \p Directory. ".." is taken out
/// only where that leads to the same file: "link/.." need not be the folder
/// that the link stands in.
std::string fullFileName(llvm::StringRef Path, llvm::StringRef Directory);

/// \p Errors are what is left after NOLINT and all filters. Lines and columns
/// are counted in \p Sources.
std::vector<Finding>
toFindings(llvm::ArrayRef<clang::tidy::ClangTidyError> Errors,
           SourceTexts &Sources);

clang::tidy::ClangTidyError toTidyError(const Finding &F);

} // namespace nostall

#endif
