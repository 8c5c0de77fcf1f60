//===- LintUnit.h - one compile command, linted -----------------*- C++ -*-===//
//
//   CompileCommand ──parseUnit──▶ AST ──NostallCheck::runOn──▶ findings
//
// The checks run on the finished AST without a traversal by clang-tidy's
// matchers: that is what keeps a lint as cheap as a parse. Which checks are
// on, NOLINT, header filters and the collection of diagnostics are
// clang-tidy's own code, reached through the ClangTidyContext.
//
//===----------------------------------------------------------------------===//

#ifndef NOSTALL_TOOL_PROJECT_LINTUNIT_H
#define NOSTALL_TOOL_PROJECT_LINTUNIT_H

#include "FileCache.h"
#include "UnitReport.h"
#include "clang-tidy/ClangTidyDiagnosticConsumer.h"
#include "tool/report/SourceTexts.h"

namespace nostall {

struct LintOptions {
  ParseOptions Parse;
  /// Fixes that notes offer are wanted, too.
  bool FixesFromNotes = false;
  /// NOLINT comments that name checks of nostall are wanted, too.
  bool NamedSuppressions = false;
  /// Lines that alone are reported, as the user has written them. The context
  /// is who leaves out the others.
  std::string LineFilter;
  /// Other units are linked with this one.
  bool Summarise = true;
};

/// \p Files is what the unit reads through; \p Sources reads the same files.
UnitReport lintUnit(clang::tooling::CompileCommand Command,
                    const LintOptions &Options,
                    clang::tidy::ClangTidyContext &Context,
                    llvm::IntrusiveRefCntPtr<llvm::vfs::FileSystem> Files,
                    SourceTexts &Sources);

} // namespace nostall

#endif
