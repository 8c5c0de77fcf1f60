//===- Effect.h - what a call may do to its thread --------------*- C++ -*-===//
//
// Kinds of waiting, which users know as categories, and the need of the loop's
// thread. All are inferred, linked and explained alike; in what they differ is
// in one table.
//
//===----------------------------------------------------------------------===//

#ifndef NOSTALL_CHECKS_ANALYSIS_MODELS_EFFECT_H
#define NOSTALL_CHECKS_ANALYSIS_MODELS_EFFECT_H

#include "llvm/ADT/StringRef.h"
#include <optional>

namespace nostall {

/// The order is that of the table in docs/what-is-blocking.md.
enum class Effect : unsigned char {
  Sleep,
  Wait,
  Process,
  NetIO,
  DNS,
  FileIO,
  ConsoleIO,
  Input,
  Lock,
  DB,
  GPU,
  CPU,
  SyncRun,  ///< runs or waits for a loop from inside one
  LoopOnly, ///< may be done on the loop's thread only
};
constexpr unsigned NumEffects = 14;

struct EffectTraits {
  llvm::StringLiteral Name; ///< in models, options and messages
  /// A category of `blocks:` and of options: it keeps its thread waiting.
  bool Waits;
  /// The place for it is another thread: not for a lock, which belongs to one,
  /// nor for what deadlocks there, too.
  bool MayBeOffloaded;
  bool IsOnByDefault;
  llvm::StringLiteral Check;  ///< the check that reports it
  llvm::StringLiteral Verb;   ///< what it does to the loop, in a message
  llvm::StringLiteral Advice; ///< where no model knows better
};
const EffectTraits &traitsOf(Effect E);

/// The effect that users know by the category \p Name.
std::optional<Effect> parseCategory(llvm::StringRef Name);

} // namespace nostall

#endif
