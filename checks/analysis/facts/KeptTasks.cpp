//===- KeptTasks.cpp - tasks on their way through a variable --------------===//

#include "KeptTasks.h"
#include "analysis/source/Callables.h"
#include "analysis/source/Expressions.h"

using namespace clang;

namespace nostall {

void addKeptTasks(Unit &U, FunctionFacts &Facts) {
  for (const VariableFact &V : Facts.Variables) {
    if (V.Uses.size() != 1 || V.Uses[0].H != VariableUse::How::Moved ||
        !V.Var->getInit())
      continue;
    auto Task = taskMadeBy(U, stripForwarding(U, V.Var->getInit()));
    if (!Task)
      continue;
    for (CallFact &Call : Facts.Calls)
      for (Task->Arg = 0; Task->Arg != Call.Args.size(); ++Task->Arg)
        if (stripForwarding(U, Call.Args[Task->Arg]) == V.Uses[0].Ref)
          Call.Callables.push_back(*Task);
  }
}

} // namespace nostall
