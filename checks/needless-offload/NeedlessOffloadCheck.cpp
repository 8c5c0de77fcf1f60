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
#include "analysis/fixes/Rewrite.h"
#include "analysis/offload/Brevity.h"
#include "analysis/words/Wording.h"

using namespace clang;

namespace nostall {
namespace {

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
        const auto Found = judgeOffload(U, Seen, Call);
        if (!Found || Found->V != Offload::Verdict::IsOne ||
            !Reported.insert(Call.Loc).second)
          continue;
        const CallableArgument *Work = Found->Work;
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
