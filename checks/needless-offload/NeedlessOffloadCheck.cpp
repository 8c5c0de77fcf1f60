//===- NeedlessOffloadCheck.cpp - nostall-needless-offload ----------------===//
//
//   int sum = co_await to_thread([&] { return a + b; });
//   int sum = a + b;
//
// Reports work that is handed to a thread and awaited though all of it has been
// seen, and neither blocks nor loops. Says nothing where anything is unknown.
//
//===----------------------------------------------------------------------===//

#include "NostallCheck.h"
#include "analysis/Awaitables.h"
#include "analysis/Brevity.h"
#include "analysis/CallResolution.h"
#include "analysis/Contexts.h"
#include "analysis/Rewrite.h"
#include "analysis/Wording.h"

using namespace clang;

namespace nostall {
namespace {

/// The callable that \p Call runs on another thread, as an awaitable.
const CallableArgument *offloadedBy(Unit &U, const CallFact &Call) {
  const auto *E = dyn_cast_or_null<CallExpr>(Call.Site);
  if (!E || !Call.Callee ||
      !U.awaitables().classify(E->getType()).isAwaitable())
    return nullptr;
  for (const CallableArgument &Arg : Call.Callables)
    if (!Arg.IsTask && Arg.Body &&
        U.contexts().useOf(Call, Arg) == CallableUse::Worker)
      return &Arg;
  return nullptr;
}

class NeedlessOffloadCheck : public NostallCheck {
public:
  using NostallCheck::NostallCheck;

protected:
  void checkUnit(Unit &U) override {
    Brevity Seen(U);
    llvm::DenseSet<SourceLocation> Reported; // by another instantiation
    for (const FunctionDecl *F : U.functions()) {
      const FunctionFacts &Facts = U.facts(F);
      // A function without any await is no coroutine any more.
      unsigned Left = Facts.Returns ? ~0u : Facts.Awaits.size();
      for (const CallFact &Call : Facts.Calls) {
        const CallableArgument *Work = offloadedBy(U, Call);
        if (!Work || bodiesOf(Work->Body).size() != 1 ||
            !Seen.isBrief(bodiesOf(Work->Body).front()) ||
            !Reported.insert(Call.Loc).second)
          continue;
        auto Diag =
            diag(Call.Loc, "%0 neither blocks nor loops: handing it to "
                           "'%1' costs more than it does; call it directly")
            << quotedName(displayName(Work->Body)) << displayName(Call.Callee);
        if (auto Fix =
                Left > 1 ? notOffloaded(U, Facts, Call, *Work) : std::nullopt) {
          Diag << FixItHint::CreateReplacement(Fix->Range, Fix->Text);
          --Left;
        }
      }
    }
  }
};

} // namespace

std::unique_ptr<NostallCheck>
makeNeedlessOffloadCheck(StringRef Name, tidy::ClangTidyContext *Context) {
  return std::make_unique<NeedlessOffloadCheck>(Name, Context);
}

} // namespace nostall
