//===- PlainLibrary.h - the standard library without constexpr --*- C++ -*-===//
//
// Of a constexpr body Clang does not ask whether it is needed (NeededBodies.h):
// a constant may depend on it. Since C++20 these are most bodies of the
// standard library, its algorithms, strings and vectors. They are marked by
// macros, because older standards do not have it so:
//
//   #define _GLIBCXX20_CONSTEXPR constexpr   ──▶   #define _GLIBCXX20_CONSTEXPR
//
// Hardly a unit has constants that depend on them. So the macros are left
// empty, which makes the functions plain, and their bodies are skipped as
// others are. A unit that does have such constants does not compile like that.
// It is parsed again, with the library as it is:
//
//   Clang ──error──▶ PlainLibrary: kept back ──▶ parsed again ──▶ the consumer
//
// What Clang says of a plain library reaches nobody, so that the user reads
// what it says of the real one, once.
//
//===----------------------------------------------------------------------===//

#ifndef NOSTALL_TOOL_PROJECT_PLAINLIBRARY_H
#define NOSTALL_TOOL_PROJECT_PLAINLIBRARY_H

#include "clang/Basic/Diagnostic.h"
#include "llvm/ADT/ArrayRef.h"
#include "llvm/ADT/StringRef.h"

namespace clang {
class CompilerInstance;
} // namespace clang

namespace nostall {

/// Of one parse, whose diagnostics go through it.
class PlainLibrary : public clang::DiagnosticConsumer {
public:
  explicit PlainLibrary(clang::DiagnosticConsumer &User) : User(User) {}

  /// Makes the library plain in \p Compiler, whose preprocessor is yet to
  /// begin. Nothing happens where headers were compiled beforehand: those are
  /// not plain.
  void provide(clang::CompilerInstance &Compiler);

  /// The macros that are left empty.
  static llvm::ArrayRef<llvm::StringLiteral> macros();
  /// The unit has seen a plain library.
  bool isPlain() const { return IsPlain; }
  /// Clang has said something that it may not say of the real library. The rest
  /// of the unit need not be parsed.
  bool isAtFault() const { return IsAtFault; }

  void BeginSourceFile(const clang::LangOptions &Options,
                       const clang::Preprocessor *PP) override {
    User.BeginSourceFile(Options, PP);
  }
  void EndSourceFile() override { User.EndSourceFile(); }
  void HandleDiagnostic(clang::DiagnosticsEngine::Level Level,
                        const clang::Diagnostic &Info) override;

private:
  class Macros;

  clang::DiagnosticConsumer &User;
  bool IsPlain = false, IsAtFault = false, HasFailed = false;
};

} // namespace nostall

#endif
