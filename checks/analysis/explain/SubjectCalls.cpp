//===- SubjectCalls.cpp - calls, and the thread that they run on ----------===//
//
// For nostall-blocking-call and nostall-loop-affinity: where a call runs, and
// what it does there.
//
//===----------------------------------------------------------------------===//

#include "Subjects.h"
#include "analysis/Unit.h"
#include "analysis/contexts/Contexts.h"
#include "analysis/source/Annotations.h"
#include "analysis/words/Wording.h"

using namespace clang;

namespace nostall {

/// Where the body of \p Facts runs, in words; empty: nobody knows, and it is
/// no generator.
static std::string placeOf(Unit &U, const FunctionFacts &Facts) {
  const Placement &P = U.contexts().of(Facts.Function);
  std::string Where = quotedName(displayName(Facts.Function));
  switch (P.C) {
  case Context::Worker:
    Where += " runs on another thread";
    break;
  case Context::Process:
    Where += " runs in another process";
    break;
  case Context::Loop:
    Where += " runs on the event loop";
    break;
  case Context::Unknown:
    return P.W == Placement::Why::Generator
               ? Where + " is a generator, which runs wherever it is iterated"
               : "";
  }
  if (P.W == Placement::Why::Handed && P.To)
    Where += ": it is handed to '" + displayName(P.To) + "' " + lineOf(U, P.At);
  if (P.W == Placement::Why::Awaited)
    Where +=
        ": '" + displayName(P.To) + "' awaits it there, " + lineOf(U, P.At);
  return Where;
}

static std::string whyNotOnLoop(Unit &U, const FunctionFacts &Facts) {
  const std::string Name = quotedName(displayName(Facts.Function));
  if (U.contexts().of(Facts.Function).C == Context::Loop)
    return "at this place " + Name +
           " has left the event loop, or is not known to be back on it";
  std::string Place = placeOf(U, Facts);
  return Place.empty()
             ? Name + " is not known to run on the event loop: it is no "
                      "coroutine, and nothing here hands it to the loop; what "
                      "it does is reported where a coroutine calls it"
             : Place;
}

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

/// A call that nobody has written, and of which there is nothing to say.
static bool isPlain(Unit &U, const FunctionFacts &Facts, const CallFact &Call) {
  if (Call.Implied != CallFact::ImpliedBy::Await &&
      Call.Implied != CallFact::ImpliedBy::RangeFor &&
      Call.K != CallFact::Kind::Destructor)
    return false;
  const Decision Why = U.effects().decisionOn(Facts, Call).first;
  return Why == Decision::Body || Why == Decision::Opaque;
}

void SubjectsInLine::addBlocking(const FunctionFacts &Facts,
                                 const CallFact &Call) {
  Subject S{"nostall-blocking-call", Call.Loc, subjectName(Call), ""};
  S.Call = LoopCall{&Facts, &Call, {}, nullptr};
  switch (judgeOnLoop(U, Facts, Call, S.Call->Effect)) {
  case LoopVerdict::IsOne:
  case LoopVerdict::OwnLoop:
    break;
  case LoopVerdict::NotThere:
    S.Because = whyNotOnLoop(U, Facts);
    break;
  case LoopVerdict::AnsweredFor: {
    auto Declared = declaredEffect(Facts.Function);
    S.Because = (Declared ? Declared->Source.str() : "an annotation") +
                " of '" + displayName(Facts.Function) +
                "' answers for all that it does";
    break;
  }
  case LoopVerdict::Harmless:
    if (isPlain(U, Facts, Call))
      return;
    S.Because = whyHarmless(U, Facts, Call);
    break;
  case LoopVerdict::Unreachable:
    S.Because = "control never gets there";
  }
  add(std::move(S));
}

/// Most calls have nothing to do with the loop's thread: nothing is said of
/// them.
void SubjectsInLine::addAffinity(const FunctionFacts &Facts,
                                 const CallFact &Call) {
  Subject S{"nostall-loop-affinity", Call.Loc, subjectName(Call), ""};
  S.Call = LoopCall{&Facts, &Call, {}, nullptr};
  const LoopVerdict Verdict = judgeOffLoop(U, Facts, Call, S.Call->Effect);
  if (Verdict != LoopVerdict::IsOne &&
      !(Call.Callee && U.effects().effectOf(Facts, Call).loopOnly()))
    return;
  switch (Verdict) {
  case LoopVerdict::IsOne:
  case LoopVerdict::Harmless:
  case LoopVerdict::AnsweredFor:
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
  add(std::move(S));
}

void SubjectsInLine::addHanded(const FunctionFacts &Facts) {
  for (bool ToLoop : {true, false})
    for (LoopCall &L : handedOn(U, Facts, ToLoop))
      if (isInLine(L.location())) {
        Subject S{ToLoop ? "nostall-blocking-call" : "nostall-loop-affinity",
                  L.location(), displayCall(L), ""};
        S.Call = std::move(L);
        add(std::move(S));
      }
}

void SubjectsInLine::addCalls() {
  for (const FunctionDecl *F : U.functions()) {
    const FunctionFacts &Facts = U.facts(F);
    addHanded(Facts);
    for (const CallFact &Call : Facts.Calls)
      if (isInLine(Call.Loc)) {
        addBlocking(Facts, Call);
        addAffinity(Facts, Call);
      }
  }
}

} // namespace nostall
