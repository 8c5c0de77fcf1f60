//===- Wording.h - names and phrases for messages ---------------*- C++ -*-===//
//
// How declarations and calls are named in a message: short, as a user would say
// it, without template arguments ("std::this_thread::sleep_for", "the lambda").
//
//===----------------------------------------------------------------------===//

#ifndef NOSTALL_CHECKS_ANALYSIS_WORDS_WORDING_H
#define NOSTALL_CHECKS_ANALYSIS_WORDS_WORDING_H

#include "analysis/contexts/Contexts.h"
#include "analysis/contexts/LoopCalls.h"
#include "analysis/effects/Effects.h"
#include "analysis/facts/Facts.h"
#include "analysis/tasks/Drops.h"
#include <string>

namespace nostall {

/// As its author would write it, of bounded length. Unquoted.
std::string displayType(clang::QualType T, const clang::ASTContext &Ctx);

/// "ns::f", "T" for a constructor, "~T", "operator<<", "lambda". Unquoted.
std::string displayName(const clang::FunctionDecl *F);
/// The same of a member, by its class.
std::string displayName(const clang::NamedDecl *D);
/// "call to 'f'", "construction of 'T'", "destruction of 'x'", ...
std::string displayCall(const CallFact &Call);
/// The same, or "callback 'f', given to 'g',".
std::string displayCall(const LoopCall &L);
/// \p Text in one line, cut where a reader has seen enough.
std::string oneLine(llvm::StringRef Text, size_t AtMost = 300);
/// "'f'", or "the lambda".
std::string quotedName(llvm::StringRef Name);
/// What a hop does: "calls 'f'", "calls 'f', which runs the lambda", ...
std::string hopText(Hop H, llvm::StringRef Callee, llvm::StringRef Next);
/// The same of \p W, a hop of the chain that ends in \p Last.
std::string displayHop(const Witness &W, const Primitive &Last);
/// The last note of a chain: "'f' blocks, according to <source>"
std::string knownText(llvm::StringRef Function, Effect Kind,
                      llvm::StringRef Source);
/// What a call stalls: "the event loop", or "a thread that runs coroutines"
/// where there is none.
llvm::StringRef stalledName(bool IsEventLoop);
/// The warning: "<call> blocks the event loop: it reaches '<f>' (net-io);
/// <remedy>". \p Reached is empty where the call blocks by itself.
std::string blockingText(llvm::StringRef Call, bool IsEventLoop, Effect Kind,
                         llvm::StringRef Reached, llvm::StringRef Remedy);
/// The warning: "<call> runs off the event loop's thread, ...; <remedy>".
std::string affinityText(llvm::StringRef Call, llvm::StringRef Reached,
                         llvm::StringRef Remedy);
/// How a body came to where it runs: "'f' runs on a worker thread: it is handed
/// to 'g' here"
std::string handedText(const clang::FunctionDecl *F, const Placement &P);
/// Of a longer chain the middle is left out.
inline constexpr unsigned MaxHopsShown = 32;
/// What stands for the warning of an open call until it is settled.
std::string openCallText(unsigned Number);
/// The number in such a text; none in any other.
std::optional<unsigned> openCallIn(llvm::StringRef Text);
/// "2 more blocking calls are reached from here"
std::string moreText(unsigned Count);
/// "task returned by 'f'", "awaitable in variable 't'", ...
std::string displayDrop(const Drop &D);
/// What then happens: "so the coroutine never runs", ...
llvm::StringRef consequenceOf(const Drop &D);
/// In words, what to do about \p P.
std::string adviceOn(const Primitive &P);
/// What only the loop's thread may call, and what others call instead, as its
/// annotation or model says; empty if they do not.
std::string loopOnlyTwin(const Primitive &P);
/// The function or member called \p Name beside \p Callee that takes the same,
/// or null.
const clang::FunctionDecl *twinBeside(const clang::FunctionDecl *Callee,
                                      llvm::StringRef Name);

} // namespace nostall

#endif
