//===- Notes.h - the phrases of notes ---------------------------*- C++ -*-===//
//
// What the notes of findings say, said once: the checks write these, and
// reports that draw a finding's way (tool/report/Chain) tell by them what a
// note is for.
//
//===----------------------------------------------------------------------===//

#ifndef NOSTALL_CHECKS_ANALYSIS_WORDS_NOTES_H
#define NOSTALL_CHECKS_ANALYSIS_WORDS_NOTES_H

#include "llvm/ADT/StringRef.h"

namespace nostall::notes {

using Phrase = llvm::StringLiteral;

// The way from a finding to its cause, in the order of run time.

/// "the lambda runs on the event loop: it is handed to 'call_soon' here"
inline constexpr Phrase HandedTo = ": it is handed to '";
/// "the lambda runs on a worker thread: 'Pool::run' calls it here"
inline constexpr Phrase CallsIt = "' calls it";
inline constexpr Phrase LockTaken = "the lock is taken here";
/// "on the path where this is true"
inline constexpr Phrase OnPath = "on the path where this is ";
/// The finding's own call: "this calls 'f', which runs the lambda"
inline constexpr Phrase ThisCall = "this ";
/// "'f' calls 'g' here"
inline constexpr Phrase Here = " here";
/// "'sleep' blocks, according to model posix.yaml (man 3 sleep)"
inline constexpr Phrase Blocks = "' blocks, according to ";
inline constexpr Phrase LoopOnly =
    "' may only be called on the event loop's thread, according to ";

// Fixes that are a choice.

inline constexpr Phrase Offload = "to keep the call, run it on another thread";
inline constexpr Phrase StartIt =
    "to start it from a function that is not a coroutine: ";

} // namespace nostall::notes

#endif
