//===- Chain.cpp - what each note of a finding is for ---------------------===//

#include "Chain.h"
#include "analysis/words/Notes.h"
#include "analysis/words/Wording.h"

using llvm::StringRef;

namespace nostall {

NoteRole roleOf(const FindingMessage &Note) {
  StringRef Text = Note.Text;
  if (!Note.Edits.empty() || Text.starts_with(notes::StartIt) ||
      Text.starts_with(notes::Offload))
    return NoteRole::Offer;
  if (Text.contains(notes::Blocks) || Text.contains(notes::LoopOnly))
    return NoteRole::Cause;
  if (Text == notes::LockTaken || Text.contains(notes::HandedTo) ||
      Text.contains(notes::CallsIt))
    return NoteRole::Before;
  if (Text.starts_with(notes::OnPath) || Text.starts_with(notes::ThisCall) ||
      ((Text.starts_with("'") || Text.starts_with("the lambda ")) &&
       Text.ends_with(notes::Here)))
    return NoteRole::Hop;
  return NoteRole::Aside;
}

std::vector<const FindingMessage *> wayOf(const Finding &F) {
  std::vector<const FindingMessage *> Way;
  bool TakesLock = false;
  for (const FindingMessage &Note : F.Notes)
    if (roleOf(Note) == NoteRole::Before) {
      Way.push_back(&Note);
      TakesLock |= Note.Text == notes::LockTaken;
    }
  // From the lock the branches lead to the await; from a call the hops lead
  // away from it.
  if (!TakesLock)
    Way.push_back(&F.Main);
  for (const FindingMessage &Note : F.Notes)
    if (NoteRole Role = roleOf(Note);
        Role == NoteRole::Hop || Role == NoteRole::Cause)
      Way.push_back(&Note);
  if (TakesLock)
    Way.push_back(&F.Main);
  return Way;
}

std::pair<StringRef, StringRef> splitRemedy(StringRef Text) {
  // The first: a remedy may quote code, and code has semicolons.
  return Text.split("; ");
}

/// What stands between the last '(' before "; " and its ')' in "call to 'f'
/// blocks the event loop (file-io); use ...".
static StringRef categoryIn(StringRef Message) {
  StringRef Rest;
  for (bool IsEventLoop : {true, false})
    if (auto [Before, After] = Message.split(stalledName(IsEventLoop));
        !After.empty())
      Rest = After;
  return Rest.split("); ").first.rsplit('(').second;
}

std::optional<RootCause> rootCauseOf(const Finding &F) {
  for (const FindingMessage &Note : F.Notes)
    for (StringRef Known :
         {StringRef(notes::Blocks), StringRef(notes::LoopOnly)}) {
      auto [Before, Source] = StringRef(Note.Text).split(Known);
      if (Source.empty())
        continue;
      Before.consume_front("'");
      return RootCause{Before.str(),
                       Known == notes::Blocks ? categoryIn(F.Main.Text).str()
                                              : "loop-only",
                       Known.drop_front(2).str(), // the quote and the space
                       Source.str()};
    }
  return std::nullopt;
}

} // namespace nostall
