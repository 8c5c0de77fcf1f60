//===- LoopAffinityCheck.cpp - nostall-loop-affinity ----------------------===//
//
//   co_await to_thread([&] { done.set(); });
//   co_await to_thread([&] { loop.call_soon_threadsafe([&] { done.set(); });
//   });
//
// Reports a call that a worker thread or another process runs and that reaches
// what only the event loop's thread may call: at the call in the callable that
// was handed away, which the user can change, with one note a hop.
//
//===----------------------------------------------------------------------===//

#include "NostallCheck.h"
#include "analysis/facts/StoredCallables.h"
#include "analysis/words/Wording.h"

using namespace clang;

namespace nostall {
namespace {

bool isLoopOnly(Effect C) { return !traitsOf(C).Waits; }

class LoopAffinityCheck : public NostallCheck {
public:
  using NostallCheck::NostallCheck;

protected:
  void checkUnit(Unit &U) override {
    // Instantiations of one template share their places.
    llvm::DenseSet<SourceLocation> Reported;
    std::vector<LoopCall> Undecided;
    for (const LoopCall &L : callsOffLoop(U))
      if (!L.Does.loopOnly())
        Undecided.push_back(L);
      else if (!isOfCallback(U, *L.Does.loopOnly()) &&
               Reported.insert(L.location()).second)
        report(U, L, *L.Does.loopOnly());
    llvm::erase_if(Undecided, [&](const LoopCall &L) {
      return !Reported.insert(L.location()).second;
    });
    reportUndecided(U, Undecided, isLoopOnly);
  }

private:
  /// The chain leads into a callable that somebody stored: if only workers run
  /// it, it is reported itself. What calls it is a pool, which can do nothing
  /// about it.
  static bool isOfCallback(Unit &U, const Witness &First) {
    return llvm::any_of(U.effects().chain(First), [&](const Witness &Hop) {
      return Hop.Next && Hop.H == nostall::Hop::RunsCallable &&
             U.storedCallables().isStored(Hop.Next);
    });
  }

  void report(Unit &U, const LoopCall &L, const Witness &First) {
    auto Hops = U.effects().chain(First);
    const Primitive &Prim = U.effects().primitive(Hops.back().Prim);
    const bool IsDirect = isDirect(L, Hops);
    {
      auto Diag = diag(L.location(), "%0") << affinityText(
                      displayCall(L), IsDirect ? "" : displayName(Prim.Callee),
                      adviceOn(Prim));
      if (auto Fix = IsDirect && !L.Handed
                         ? callOfTwin(*L.Call, loopOnlyTwin(Prim))
                         : std::nullopt)
        Diag << *Fix;
    }
    notePlacement(U, L);
    noteChain(U, L, Hops);
  }

  /// The same call, of the thread-safe twin: where that stands beside the
  /// callee, and nobody misses what it may not return.
  static std::optional<FixItHint> callOfTwin(const CallFact &Call,
                                             StringRef Twin) {
    const auto *E = dyn_cast_or_null<CallExpr>(Call.Site);
    const FunctionDecl *Other =
        Twin.empty() ? nullptr : twinBeside(Call.Callee, Twin);
    if (!E || !Other || Call.K != CallFact::Kind::Function ||
        Call.By != CallFact::Dispatch::Static ||
        Call.Implied != CallFact::ImpliedBy::Nothing)
      return std::nullopt;
    const bool SameResult = Other->getReturnType().getCanonicalType() ==
                            Call.Callee->getReturnType().getCanonicalType();
    const Expr *Named = E->getCallee()->IgnoreParenImpCasts();
    SourceLocation At;
    if (const auto *Member = dyn_cast<MemberExpr>(Named))
      At = Member->getMemberLoc();
    else if (const auto *Ref = dyn_cast<DeclRefExpr>(Named))
      At = Ref->getLocation();
    if ((!Call.Discarded && !SameResult) || At.isInvalid() || At.isMacroID())
      return std::nullopt;
    return FixItHint::CreateReplacement(At, Twin);
  }
};

} // namespace

std::unique_ptr<NostallCheck>
makeLoopAffinityCheck(StringRef Name, tidy::ClangTidyContext *Context) {
  return std::make_unique<LoopAffinityCheck>(Name, Context);
}

} // namespace nostall
