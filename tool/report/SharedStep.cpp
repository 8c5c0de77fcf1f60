//===- SharedStep.cpp - one function behind many findings -----------------===//

#include "SharedStep.h"
#include "Chain.h"
#include "llvm/ADT/STLExtras.h"
#include "llvm/ADT/StringMap.h"
#include "llvm/ADT/StringSet.h"

using llvm::StringRef;

namespace nostall {

/// Fewer are looked at one by one.
static constexpr size_t Many = 10, PartOfAll = 4;

/// Of "'f' calls 'g' here", f; empty for other notes.
static StringRef callerIn(const FindingMessage &Note) {
  StringRef Text = Note.Text;
  return roleOf(Note) == NoteRole::Hop && Text.consume_front("'")
             ? Text.split('\'').first
             : "";
}

std::optional<SharedStep> sharedStep(llvm::ArrayRef<Finding> Findings) {
  llvm::StringMap<size_t> Counts;
  for (const Finding &F : Findings) {
    llvm::StringSet<> Here;
    for (const FindingMessage &Note : F.Notes)
      if (StringRef Caller = callerIn(Note);
          !Caller.empty() && Here.insert(Caller).second)
        ++Counts[Caller];
  }
  size_t Most = 0;
  for (const auto &Entry : Counts)
    Most = std::max(Most, Entry.second);
  if (Most < Many || Most * PartOfAll < Findings.size())
    return std::nullopt;
  for (const Finding &F : Findings)
    for (const FindingMessage &Note : F.Notes)
      if (StringRef Caller = callerIn(Note);
          !Caller.empty() && Counts.lookup(Caller) == Most)
        return SharedStep{Caller.str(), Most};
  return std::nullopt;
}

std::string adviceOn(const SharedStep &S, size_t Findings) {
  return std::to_string(S.Count) + " of " + std::to_string(Findings) +
         " findings lead through '" + S.Function +
         "': if that is meant, NOSTALL_ALLOW_BLOCKING there, or an entry in "
         ".nostall.yaml, settles them at once";
}

} // namespace nostall
