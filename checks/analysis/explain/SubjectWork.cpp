//===- SubjectWork.cpp - work that is handed on ---------------------------===//
//
// For nostall-needless-offload, why work may be worth a thread; for
// nostall-process-boundary, what crosses with it.
//
//===----------------------------------------------------------------------===//

#include "Subjects.h"
#include "analysis/Unit.h"
#include "analysis/offload/Brevity.h"
#include "analysis/offload/Crossing.h"
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

void SubjectsInLine::addProcess(const CallFact &Call) {
  static constexpr llvm::StringLiteral Check = "nostall-process-boundary";
  const CallableArgument *Work = workForProcess(U, Call);
  if (!Work)
    return;
  bool AllCross = true;
  for (const Crossing &C : crossingsOf(U, Call, *Work))
    if (C.Against) {
      AllCross = false;
      const SourceLocation At = C.Arg ? C.Arg->getBeginLoc() : Call.Loc;
      if (isInLine(At))
        add({Check, At,
             C.K == Crossing::Kind::Argument ? "argument"
             : C.K == Crossing::Kind::Result ? "result"
                                             : "lambda",
             ""});
    }
  if (AllCross && isInLine(Call.Loc))
    add({Check, Call.Loc, subjectName(Call),
         "as far as it is known, all that it sends and gets back means the "
         "same in another process"});
}

void SubjectsInLine::addHandedOn() {
  Brevity Seen(U);
  for (const FunctionDecl *F : U.functions())
    for (const CallFact &Call : U.facts(F).Calls) {
      if (Call.Callables.empty())
        continue;
      if (isInLine(Call.Loc))
        if (auto Found = judgeOffload(U, Seen, Call))
          add({"nostall-needless-offload", Call.Loc, subjectName(Call),
               whyOffload(U, *Found)});
      addProcess(Call);
    }
}

} // namespace nostall
