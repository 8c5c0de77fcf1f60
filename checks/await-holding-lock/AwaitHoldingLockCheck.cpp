//===- AwaitHoldingLockCheck.cpp - nostall-await-holding-lock -------------===//
//
//   std::lock_guard guard(mutex);  co_await save();
//   { std::lock_guard guard(mutex); copy = state; }  co_await save(copy);
//
// Reports a co_await or co_yield at which, on some path, a thread lock is held:
// another coroutine that wants the lock blocks the loop that would release it,
// and this one may go on, and unlock, on another thread.
//
//===----------------------------------------------------------------------===//

#include "NostallCheck.h"
#include "analysis/contexts/Contexts.h"
#include "analysis/locks/LockFlow.h"
#include "analysis/locks/LocksElsewhere.h"
#include "analysis/words/Notes.h"
#include "analysis/words/Wording.h"
#include <set>

using namespace clang;

namespace nostall {
namespace {

class AwaitHoldingLockCheck : public NostallCheck {
public:
  using NostallCheck::NostallCheck;

protected:
  void checkUnit(Unit &U) override {
    for (const FunctionDecl *F : U.functions())
      if (const FunctionFacts &Facts = U.facts(F); Facts.Coroutine)
        checkCoroutine(U, Facts);
    Reported.clear();
  }

private:
  void checkCoroutine(Unit &U, const FunctionFacts &Facts) {
    const bool IsEventLoop = U.contexts().isOnEventLoop(Facts.Function);
    std::set<std::pair<const AwaitFact *, nostall::Place>> Certain;
    for (const LockAtAwait &Lock : locksAtAwaits(U, Facts))
      if (Lock.Is == LockAtAwait::State::Held) {
        report(Lock, IsEventLoop);
        Certain.insert({Lock.Await, Lock.Lock});
      }
    for (const LockAtAwait &Lock : temporariesAtAwaits(U, Facts))
      report(Lock, IsEventLoop);
    std::vector<OpenLock> Open = openLocksAtAwaits(U, Facts);
    llvm::erase_if(Open, [&](const OpenLock &Lock) {
      return Certain.contains({Lock.Await, Lock.Lock});
    });
    for (const OpenLock &Lock : standing(U, std::move(Open)))
      report({LockAtAwait::State::Held,
              Lock.Await,
              Lock.Lock,
              isa<CXXConstructorDecl>(Lock.By.front().Takes.Of) ||
                  Lock.By.front().Takes.Object == ResultObject,
              Lock.By.front().At,
              {}},
             IsEventLoop, Lock.isNamed() ? nullptr : Lock.decl());
  }

  /// \p By: what has taken it, where it has no name here.
  void report(const LockAtAwait &Held, bool IsEventLoop,
              const NamedDecl *By = nullptr) {
    if (!Reported
             .insert(
                 {Held.Await->Loc, {Held.At, Held.Lock.decl()->getLocation()}})
             .second)
      return;
    enum { Mutex, Guard, Returned, Taken };
    const auto Which = By                                    ? Taken
                       : isa<FunctionDecl>(Held.Lock.decl()) ? Returned
                       : Held.IsGuard                        ? Guard
                                                             : Mutex;
    diag(Held.Await->Loc,
         "%select{mutex %1 is locked|guard %1 is held|the guard that %1 "
         "returns is held|the mutex that %1 locks is held}0 across this "
         "%select{co_await|co_yield}2: any other coroutine that wants "
         "%select{it|its mutex|its mutex|it}0 blocks %3; unlock before "
         "%select{awaiting|yielding}2, or use an asynchronous mutex")
        << Which << (By ? By : Held.Lock.decl()) << Held.Await->IsYield
        << stalledName(IsEventLoop);
    diag(Held.At, notes::LockTaken, DiagnosticIDs::Note);
    for (const Branch &B : Held.Path)
      diag(B.Condition->getExprLoc(), "%0%select{false|true}1",
           DiagnosticIDs::Note)
          << notes::OnPath << B.Taken;
  }

  /// Await, and where a lock was taken: std::lock takes several at one place.
  using Place = std::pair<SourceLocation, SourceLocation>;
  llvm::DenseSet<std::pair<SourceLocation, Place>> Reported;
};

} // namespace

std::unique_ptr<NostallCheck>
makeAwaitHoldingLockCheck(StringRef Name, tidy::ClangTidyContext *Context) {
  return std::make_unique<AwaitHoldingLockCheck>(Name, Context);
}

} // namespace nostall
