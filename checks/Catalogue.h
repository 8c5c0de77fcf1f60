//===- Catalogue.h - the list of checks, as the drivers see it --*- C++ -*-===//
//
// checks.def and the checks' pages, as values. The plugin and nostall-clangd
// get the checks from clang-tidy's registry, which NostallModule.cpp fills
// from here; the `nostall` command reads the list itself, because it runs the
// checks without traversing the AST.
//
//===----------------------------------------------------------------------===//

#ifndef NOSTALL_CHECKS_CATALOGUE_H
#define NOSTALL_CHECKS_CATALOGUE_H

#include "analysis/explain/Subjects.h"
#include "llvm/ADT/ArrayRef.h"
#include "llvm/ADT/StringRef.h"
#include <memory>

namespace clang::tidy {
class ClangTidyContext;
} // namespace clang::tidy

namespace nostall {

class NostallCheck;

struct CheckInfo {
  llvm::StringRef Name;    ///< "nostall-blocking-call"
  llvm::StringRef Summary; ///< one line
  llvm::StringRef Asks;    ///< what about: "calls"
  llvm::StringRef Page;    ///< the text of checks/<id>/<id>.md
  std::unique_ptr<NostallCheck> (*Make)(llvm::StringRef Name,
                                        clang::tidy::ClangTidyContext *Context);
  /// Adds what the check finds to ask about in the line, but for its name.
  void (*Explain)(Unit &U, const Line &Asked, std::vector<Subject> &Out);
};

/// Every check, in the order of checks.def. Lives as long as the process.
llvm::ArrayRef<CheckInfo> catalogue();

/// The check called \p Name, with or without "nostall-"; null: there is none.
const CheckInfo *findCheck(llvm::StringRef Name);

/// What the checks find to ask about in a line, check by check.
std::vector<Subject> subjectsIn(Unit &U, const Line &Asked);

} // namespace nostall

#endif
