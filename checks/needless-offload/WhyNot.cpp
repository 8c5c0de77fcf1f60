//===- WhyNot.cpp - nostall-needless-offload, asked about a line ----------===//
//
// Why work may be worth a thread.
//
//===----------------------------------------------------------------------===//

#include "analysis/Unit.h"
#include "analysis/explain/Subjects.h"
#include "analysis/offload/Brevity.h"
#include "analysis/words/Wording.h"

using namespace clang;

namespace nostall {

static std::string obstacleText(Unit &U, const Obstacle &O) {
  const std::string In = quotedName(displayName(O.In));
  std::string Call =
      O.Call ? subjectName(*O.Call) + " " + lineOf(U, O.Call->Loc) : "";
  switch (O.W) {
  case Obstacle::Why::Coroutine:
    return In + " is a coroutine";
  case Obstacle::Why::Repeats:
    return In + " loops, or has an array or assembly, and may take long";
  case Obstacle::Why::ThreadLocal:
    return In + " names a thread_local variable, which is another one there";
  case Obstacle::Why::Recursive:
    return In + " calls itself, or its calls go too deep to follow";
  case Obstacle::Why::NotKnown:
    return "it is not known what the " + Call + " comes to";
  case Obstacle::Why::Blocks:
    return "the " + Call + " blocks, which is what threads are for";
  case Obstacle::Why::NotSeen:
    return "the " + Call + " may do anything: its body is not looked into";
  }
  llvm_unreachable("covered switch");
}

static std::string whyOffload(Unit &U, const Offload &O) {
  switch (O.V) {
  case Offload::Verdict::IsOne:
    return "";
  case Offload::Verdict::NotAwaited:
    return "it makes nothing to await: its caller goes on meanwhile";
  case Offload::Verdict::NotOneBody:
    return "what it runs has its body elsewhere, or one for each of several "
           "types";
  case Offload::Verdict::NotBrief:
    return obstacleText(U, *O.Against);
  }
  llvm_unreachable("covered switch");
}

void explainNeedlessOffloadCheck(Unit &U, const Line &Asked,
                                 std::vector<Subject> &Out) {
  Brevity Seen(U);
  for (const FunctionDecl *F : U.functions())
    for (const CallFact &Call : U.facts(F).Calls)
      if (!Call.Callables.empty() && Asked.has(Call.Loc))
        if (auto Found = judgeOffload(U, Seen, Call))
          Out.push_back({Call.Loc, subjectName(Call), whyOffload(U, *Found)});
}

} // namespace nostall
