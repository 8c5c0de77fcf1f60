//===- ParseUnit.h - one compile command, parsed ----------------*- C++ -*-===//
//
// Runs Clang's front end on one compile command, as `clang -fsyntax-only`
// would, and hands over the AST. No code is generated, nothing is written.
//
//   CompileCommand ──adjust──▶ driver ──▶ parse, Sema ──▶ OnStart, OnAST
//
// A command that was written for another compiler is made to fit: flags that
// Clang does not know are left out and named in the result.
//
// What this file refuses to do: print. Diagnostics go to the consumer it is
// given, everything else into the result.
//
//===----------------------------------------------------------------------===//

#ifndef NOSTALL_TOOL_PROJECT_PARSEUNIT_H
#define NOSTALL_TOOL_PROJECT_PARSEUNIT_H

#include "clang/Tooling/CompilationDatabase.h"
#include "llvm/ADT/IntrusiveRefCntPtr.h"
#include "llvm/ADT/STLFunctionalExtras.h"
#include "llvm/Support/VirtualFileSystem.h"
#include <atomic>
#include <memory>
#include <string>
#include <vector>

namespace clang {
class ASTContext;
class CompilerInstance;
class DiagnosticConsumer;
} // namespace clang

namespace nostall {

class LimitGuard;
class NamedModules;

/// Whether the units of a run can be parsed with a plain standard library
/// (PlainLibrary.h), as far as they have been tried.
class PlainOutlook {
public:
  /// A unit in vain costs what some ten others save.
  bool isGood() const { return InVain < 3 || InVain * 16 < Tried; }
  void add(bool WasInVain) {
    ++Tried;
    InVain += WasInVain;
  }

private:
  std::atomic<unsigned> Tried = 0, InVain = 0;
};

struct ParseOptions {
  std::vector<std::string> ExtraArgs, ExtraArgsBefore;
  /// Nothing is parsed after this unit: its memory is left to the system.
  bool LeaveMemory = false;
  /// Shared by those who copy these options.
  std::shared_ptr<PlainOutlook> Plain = std::make_shared<PlainOutlook>();
  /// Of the program, for units that import some; null: they have those that
  /// their commands name.
  std::shared_ptr<NamedModules> Modules;
  /// Stops a unit that takes too long or too much; null: none is stopped.
  LimitGuard *Guard = nullptr;
};

struct ParseResult {
  enum Kind {
    Parsed,         ///< OnAST has seen the whole unit
    DoesNotCompile, ///< the consumer has the errors; OnAST was not called
    BadCommand,     ///< the front end never started
    Crashed,        ///< Clang or a check came to harm
    OutOfTime,      ///< stopped: --unit-timeout
    OutOfMemory,    ///< stopped: --unit-memory
    Changed,        ///< a file that it read was changed meanwhile
    Interrupted,    ///< the run ended before it was done
  } Outcome = BadCommand;
  /// Why the front end never started, where the consumer was not told; and what
  /// a unit lacks to compile, where its errors do not say it.
  std::string Problem;
  /// Flags of the command that Clang does not know.
  std::vector<std::string> IgnoredFlags;
  /// It was a check that came to harm.
  bool InChecks = false;

  /// It is known what is in the unit, or why Clang says no to it.
  bool isFact() const { return Outcome < Crashed; }
};

/// Parses \p Command, which reads through \p Files. \p OnStart is called before
/// the first token, with the file that is parsed, and again each time the unit
/// has to be parsed anew; \p OnAST once, at the end of a unit that compiles.
/// While compiler warnings are on, nothing is skipped, because they are about
/// bodies.
ParseResult
parseUnit(clang::tooling::CompileCommand Command, const ParseOptions &Options,
          llvm::IntrusiveRefCntPtr<llvm::vfs::FileSystem> Files,
          clang::DiagnosticConsumer &Diagnostics,
          llvm::function_ref<void(clang::CompilerInstance &, llvm::StringRef)>
              OnStart,
          llvm::function_ref<void(clang::ASTContext &)> OnAST);

} // namespace nostall

#endif
