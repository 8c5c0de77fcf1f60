//===- BlockingCallCheck.cpp - nostall-blocking-call ----------------------===//
//
//   task<> poll() { std::this_thread::sleep_for(1s); }
//   task<> poll() { co_await nostall::sleep(1s); }
//
// Reports a call in loop context that reaches a blocking operation: at the call
// in the loop context, which the user can change, with one note a hop down to
// the operation and the source of that knowledge.
//
//===----------------------------------------------------------------------===//

#include "NostallCheck.h"
#include "analysis/contexts/Contexts.h"
#include "analysis/fixes/Rewrite.h"
#include "analysis/source/Awaitables.h"
#include "analysis/words/Notes.h"
#include "analysis/words/Wording.h"
#include "llvm/ADT/StringExtras.h"

using namespace clang;

namespace nostall {
namespace {

/// "sleep;wait;..."
std::string defaultCategories() {
  std::string Names;
  for (unsigned I = 0; I != NumEffects; ++I)
    if (const EffectTraits &E = traitsOf(static_cast<Effect>(I));
        E.Waits && E.IsOnByDefault)
      Names += (Names.empty() ? "" : ";") + E.Name.str();
  return Names;
}

class BlockingCallCheck : public NostallCheck {
public:
  BlockingCallCheck(StringRef Name, tidy::ClangTidyContext *Context)
      : NostallCheck(Name, Context),
        Categories(Options.get("Categories", defaultCategories())),
        Strict(Options.get("Strict", false)) {
    llvm::SmallVector<StringRef, 12> Names;
    StringRef(Categories).split(Names, ';', -1, /*KeepEmpty=*/false);
    for (StringRef Word : Names)
      if (auto Kind = parseCategory(Word.trim()))
        Enabled[static_cast<unsigned>(*Kind)] = true;
      else
        configurationDiag("unknown category '%0' in option "
                          "'nostall-blocking-call.Categories'; the categories "
                          "are listed in docs/what-is-blocking.md")
            << Word;
  }

  void storeOptions(tidy::ClangTidyOptions::OptionMap &Opts) override {
    Options.store(Opts, "Categories", Categories);
    Options.store(Opts, "Strict", Strict);
  }

protected:
  void checkUnit(Unit &U) override {
    // Instantiations of one template share their places.
    llvm::DenseSet<SourceLocation> Reported;
    std::vector<LoopCall> Calls = callsOnLoop(U), Undecided;
    dropRefuted(U, Calls, [&](Effect C) { return isEnabled(C); });
    for (const LoopCall &L : Calls) {
      auto Found = L.Does.first([&](Effect C) { return isEnabled(C); });
      if (!Found)
        Undecided.push_back(L);
      else if (Reported.insert(L.location()).second)
        report(U, L, Found->first, Found->second);
    }
    // A variable is made and dies at one place: either may be the one.
    llvm::DenseSet<std::pair<SourceLocation, const Decl *>> Asked;
    llvm::erase_if(Undecided, [&](const LoopCall &L) {
      const Decl *Of = L.Handed         ? L.Handed->Body
                       : L.Call->Callee ? L.Call->Callee
                                        : L.Call->Through;
      return Reported.contains(L.location()) ||
             !Asked.insert({L.location(), Of}).second;
    });
    reportUndecided(U, Undecided, [&](Effect C) { return isEnabled(C); });
  }

  /// Others that are not decided yet may come to nothing: this one has what it
  /// needs.
  void noteOffer(Unit &U, const LoopCall &L) override {
    Includer Own;
    if (auto Offload = offloadOf(U, *L.Facts, *L.Call))
      noteOffload(U, *L.Call, *Offload, Own);
  }

private:
  bool isEnabled(Effect C) const {
    return traitsOf(C).Waits && (Strict || Enabled[static_cast<unsigned>(C)]);
  }

  /// What \p Call destroys with its object, or in it, is what waits.
  static bool isOwnedByCallee(const Primitive &Prim, const CallFact &Call) {
    return isa<CXXDestructorDecl>(Prim.Callee) && Call.Callee &&
           Prim.Callee->getCanonicalDecl() != Call.Callee->getCanonicalDecl();
  }

  void report(Unit &U, const LoopCall &L, Effect Kind, const Witness &First) {
    const FunctionFacts &Facts = *L.Facts;
    const CallFact &Call = *L.Call;
    auto Hops = U.effects().chain(First);
    const Primitive &Prim = U.effects().primitive(Hops.back().Prim);
    // vector<jthread>::clear() is one step, and not what waits.
    const bool IsDirect = isDirect(L, Hops) && !isOwnedByCallee(Prim, Call);
    const DialectModel *Dialect = Facts.Coroutine && !L.Handed
                                      ? U.awaitables().dialectOf(Facts.Function)
                                      : nullptr;
    std::optional<Rewrite> Async, Offload;
    if (Dialect && IsDirect && Prim.Model)
      Async = asyncEquivalent(U, Facts, Call, *Prim.Model, *Dialect);
    if (!Async && !L.Handed && traitsOf(Kind).MayBeOffloaded)
      Offload = offloadOf(U, Facts, Call);
    std::string Remedy = Async ? "use '" + Async->Text + "'" : adviceOn(Prim);
    {
      auto Diag =
          diag(L.location(), "%0")
          << blockingText(displayCall(L), isOnEventLoop(U, L), Kind,
                          IsDirect ? "" : displayName(Prim.Callee), Remedy);
      if (Async)
        attach(Diag, U, *Async, Includes);
    }
    notePlacement(U, L);
    noteChain(U, L, Hops);
    unsigned Count = U.effects().countEnabled(
        L.Does, [&](Effect C) { return isEnabled(C); });
    if (Count > 1)
      diag(Call.Loc, "%0", DiagnosticIDs::Note) << moreText(Count - 1);
    if (Offload)
      noteOffload(U, Call, *Offload, Includes);
    noteAssumption(U, L, [&](Effect C) { return isEnabled(C); });
  }

  static std::optional<Rewrite> offloadOf(Unit &U, const FunctionFacts &Facts,
                                          const CallFact &Call) {
    const DialectModel *Dialect =
        Facts.Coroutine ? U.awaitables().dialectOf(Facts.Function) : nullptr;
    return Dialect ? offloaded(U, Facts, Call, *Dialect) : std::nullopt;
  }

  void noteOffload(Unit &U, const CallFact &Call, const Rewrite &Offload,
                   Includer &By) {
    attach(diag(Call.Loc, notes::Offload, DiagnosticIDs::Note), U, Offload, By);
  }

  static void attach(const DiagnosticBuilder &Diag, Unit &U, const Rewrite &R,
                     Includer &By) {
    Diag << FixItHint::CreateReplacement(R.Range, R.Text);
    for (StringRef Header : R.Includes)
      if (auto Include = By.include(U, Header, R.Range.getBegin()))
        Diag << *Include;
  }

  const std::string Categories;
  const bool Strict;
  std::array<bool, NumEffects> Enabled{};
  Includer Includes;
};

} // namespace

std::unique_ptr<NostallCheck>
makeBlockingCallCheck(StringRef Name, tidy::ClangTidyContext *Context) {
  return std::make_unique<BlockingCallCheck>(Name, Context);
}

} // namespace nostall
