//===- WhyNot.cpp - nostall-loop-affinity, asked about a line -------------===//
//
// Whether a call needs the thread of the loop, and which thread it is on.
//
//===----------------------------------------------------------------------===//

#include "analysis/Unit.h"
#include "analysis/contexts/Contexts.h"
#include "analysis/explain/Subjects.h"
#include "analysis/words/Wording.h"

using namespace clang;

namespace nostall {

static std::string whyNotOffLoop(Unit &U, const FunctionFacts &Facts,
                                 const CallFact &Call) {
  const std::string Name = quotedName(displayName(Facts.Function));
  if (U.contexts().at(Facts, Call) == Context::Loop)
    return "it runs on the event loop, whose thread it needs";
  std::string Place = placeOf(U, Facts);
  if (U.contexts().of(Facts.Function).C != Context::Unknown)
    return "at this place " + Name +
           " is not known to be off the event loop's thread";
  return Place.empty() ? Name + " is not known to run off the event loop: "
                                "nothing here hands it to a thread; what it "
                                "needs is reported where a thread calls it"
                       : Place;
}

/// Most calls have nothing to do with the loop's thread: nothing is said of
/// them.
static void addAffinity(Unit &U, const Line &Asked, std::vector<Subject> &Out,
                        const FunctionFacts &Facts, const CallFact &Call) {
  Subject S{Call.Loc, subjectName(Call), ""};
  S.Call = LoopCall{&Facts, &Call, {}, nullptr};
  const LoopVerdict Verdict = judgeOffLoop(U, Facts, Call, S.Call->Does);
  if (Verdict != LoopVerdict::IsOne &&
      !(Call.Callee && U.effects().effectOf(Facts, Call).loopOnly()))
    return;
  switch (Verdict) {
  case LoopVerdict::IsOne:
  case LoopVerdict::Harmless:
  case LoopVerdict::AnsweredFor:
  case LoopVerdict::Awaited:
    break;
  case LoopVerdict::NotThere:
    S.Because = whyNotOffLoop(U, Facts, Call);
    break;
  case LoopVerdict::OwnLoop:
    S.Because = quotedName(displayName(Facts.Function)) +
                " runs an event loop itself: its thread is that loop's";
    break;
  case LoopVerdict::Unreachable:
    S.Because = "control never gets there";
  }
  Out.push_back(std::move(S));
}

void explainLoopAffinityCheck(Unit &U, const Line &Asked,
                              std::vector<Subject> &Out) {
  for (const FunctionDecl *F : U.functions()) {
    const FunctionFacts &Facts = U.facts(F);
    addHandedOn(U, Asked, Facts, /*ToLoop=*/false, Out);
    for (const CallFact &Call : Facts.Calls)
      if (Asked.has(Call.Loc))
        addAffinity(U, Asked, Out, Facts, Call);
  }
}

} // namespace nostall
