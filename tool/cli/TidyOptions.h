//===- TidyOptions.h - which checks, with which options ---------*- C++ -*-===//
//
// --checks, --config, .clang-tidy and the filters, with clang-tidy's syntax
// and precedence: the defaults (nostall-*), then the .clang-tidy nearest to
// the source or --config, then the command line.
//
//===----------------------------------------------------------------------===//

#ifndef NOSTALL_TOOL_CLI_TIDYOPTIONS_H
#define NOSTALL_TOOL_CLI_TIDYOPTIONS_H

#include "clang-tidy/ClangTidyOptions.h"
#include "llvm/Support/Error.h"
#include <memory>
#include <string>
#include <vector>

namespace nostall {

/// \p Problems collects what is wrong in .clang-tidy files as they are read;
/// it must outlive the provider.
llvm::Expected<std::unique_ptr<clang::tidy::ClangTidyOptionsProvider>>
makeOptionsProvider(std::vector<std::string> &Problems);

/// What the command line says, on top of the defaults.
llvm::Expected<clang::tidy::ClangTidyOptions> optionsWithoutFiles();

/// The globs in \p Checks that mean a check of nostall and fit none.
std::vector<std::string> globsWithoutCheck(llvm::StringRef Checks);

/// What was given as --checks; empty: nothing.
std::string chosenChecks();
/// What was given as --line-filter; empty: nothing.
std::string chosenLineFilter();

} // namespace nostall

#endif
