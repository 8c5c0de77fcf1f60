//===- WhyNot.cpp - nostall-process-boundary, asked about a line ----------===//
//
// What crosses to another process, and how it fares.
//
//===----------------------------------------------------------------------===//

#include "analysis/Unit.h"
#include "analysis/explain/Subjects.h"
#include "analysis/offload/Crossing.h"
#include "analysis/words/Wording.h"

using namespace clang;

namespace nostall {

static void addProcess(Unit &U, const Line &Asked, std::vector<Subject> &Out,
                       const CallFact &Call) {
  const CallableArgument *Work = workForProcess(U, Call);
  if (!Work)
    return;
  bool AllCross = true;
  for (const Crossing &C : crossingsOf(U, Call, *Work))
    if (C.Against) {
      AllCross = false;
      const SourceLocation At = C.Arg ? C.Arg->getBeginLoc() : Call.Loc;
      if (Asked.has(At))
        Out.push_back({At,
                       C.K == Crossing::Kind::Argument ? "argument"
                       : C.K == Crossing::Kind::Result ? "result"
                                                       : "lambda",
                       ""});
    }
  if (AllCross && Asked.has(Call.Loc))
    Out.push_back(
        {Call.Loc, subjectName(Call),
         "as far as it is known, all that it sends and gets back means the "
         "same in another process"});
}

void explainProcessBoundaryCheck(Unit &U, const Line &Asked,
                                 std::vector<Subject> &Out) {
  for (const FunctionDecl *F : U.functions())
    for (const CallFact &Call : U.facts(F).Calls)
      if (!Call.Callables.empty())
        addProcess(U, Asked, Out, Call);
}

} // namespace nostall
