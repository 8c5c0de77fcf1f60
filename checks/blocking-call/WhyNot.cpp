//===- WhyNot.cpp - nostall-blocking-call, asked about a line -------------===//
//
// Where a call runs, and what it does there.
//
//===----------------------------------------------------------------------===//

#include "analysis/Unit.h"
#include "analysis/contexts/Contexts.h"
#include "analysis/explain/Subjects.h"
#include "analysis/source/Annotations.h"
#include "analysis/words/Wording.h"

using namespace clang;

namespace nostall {

static std::string whyNotOnLoop(Unit &U, const FunctionFacts &Facts) {
  const std::string Name = quotedName(displayName(Facts.Function));
  if (U.contexts().of(Facts.Function).C == Context::Loop)
    return "at this place " + Name +
           " has left the event loop, or is not known to be back on it";
  std::string Place = placeOf(U, Facts);
  return Place.empty()
             ? Name + " is not known to run on the event loop: it is not a "
                      "coroutine, and nothing here hands it to the loop; what "
                      "it does is reported where a coroutine calls it"
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

static void addBlocking(Unit &U, const Line &Asked, std::vector<Subject> &Out,
                        const FunctionFacts &Facts, const CallFact &Call) {
  Subject S{Call.Loc, subjectName(Call), ""};
  S.Call = LoopCall{&Facts, &Call, {}, nullptr};
  switch (judgeOnLoop(U, Facts, Call, S.Call->Does)) {
  case LoopVerdict::IsOne:
    break;
  case LoopVerdict::OwnLoop:
    S.Because = "the coroutine awaits nothing: it runs the loop that the "
                "others wait for";
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
  case LoopVerdict::Awaited:
    S.Because = "what it waits for has been awaited before";
    break;
  case LoopVerdict::Unreachable:
    S.Because = "control never gets there";
  }
  Out.push_back(std::move(S));
}

void explainBlockingCallCheck(Unit &U, const Line &Asked,
                              std::vector<Subject> &Out) {
  for (const FunctionDecl *F : U.functions()) {
    const FunctionFacts &Facts = U.facts(F);
    addHandedOn(U, Asked, Facts, /*ToLoop=*/true, Out);
    for (const CallFact &Call : Facts.Calls)
      if (Asked.has(Call.Loc))
        addBlocking(U, Asked, Out, Facts, Call);
  }
}

} // namespace nostall
