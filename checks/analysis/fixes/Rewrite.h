//===- Rewrite.h - the code that a fix-it writes ----------------*- C++ -*-===//
//
// Renders the models' replacement texts for one call as it is written in the
// source. Refuses (returns nothing) where the result could not compile or could
// mean something else: in macros, in catch handlers, outside coroutines.
//
//===----------------------------------------------------------------------===//

#ifndef NOSTALL_CHECKS_ANALYSIS_FIXES_REWRITE_H
#define NOSTALL_CHECKS_ANALYSIS_FIXES_REWRITE_H

#include "analysis/facts/Facts.h"
#include "analysis/models/Models.h"
#include "clang/Basic/Diagnostic.h"
#include <set>

namespace nostall {

struct Drop;
class Unit;

/// The text of \p Range as written, or nothing if a macro made part of it.
std::optional<std::string> sourceText(Unit &U, clang::SourceRange Range);
std::optional<clang::CharSourceRange> fileRange(Unit &U,
                                                clang::SourceRange Range);

struct Rewrite {
  clang::CharSourceRange Range;
  std::string Text;
  std::vector<std::string> Includes;
};

/// The asynchronous equivalent of \p Call in \p Dialect by \p Model.
std::optional<Rewrite> asyncEquivalent(Unit &U, const FunctionFacts &Facts,
                                       const CallFact &Call,
                                       const FunctionModel &Model,
                                       const DialectModel &Dialect);
/// \p Call run on another thread and awaited, as \p Dialect writes it.
std::optional<Rewrite> offloaded(Unit &U, const FunctionFacts &Facts,
                                 const CallFact &Call,
                                 const DialectModel &Dialect);
/// The other way round: the await of \p Call, which hands \p Work to a thread,
/// replaced by the work itself (DirectCall.cpp).
std::optional<Rewrite> notOffloaded(Unit &U, const FunctionFacts &Facts,
                                    const CallFact &Call,
                                    const CallableArgument &Work);
/// The forgotten await of a drop, put in (AwaitFix.cpp).
struct AwaitFix {
  std::vector<clang::FixItHint> Edits;
  /// Where std::move was added, for which <utility> is needed.
  clang::SourceLocation MovesAt;
  /// Why it is only offered: it would end something too early. Empty: safe.
  std::string Caution;
};
std::optional<AwaitFix> awaitFix(Unit &U, const FunctionFacts &Facts,
                                 const Drop &D);
/// How \p Dialect starts the task that \p Call makes: text only.
std::optional<std::string> spawned(Unit &U, llvm::StringRef CallText,
                                   const DialectModel &Dialect);

/// Adds `#include`s that a fix needs, each once a file.
class Includer {
public:
  /// Nothing if \p Header is already included in the translation unit, or was
  /// added to the file before.
  std::optional<clang::FixItHint> include(Unit &U, llvm::StringRef Header,
                                          clang::SourceLocation Near);

private:
  std::set<std::pair<clang::FileID, std::string>> Added;
};

} // namespace nostall

#endif
