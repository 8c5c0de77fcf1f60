//===- LinkReports.cpp - findings that take more than one unit ------------===//

#include "LinkReports.h"
#include "analysis/link/LinkedFinding.h"
#include "analysis/words/Notes.h"
#include "analysis/words/Wording.h"
#include "llvm/ADT/STLExtras.h"
#include <set>
#include <tuple>

using llvm::StringRef;

namespace nostall {

static FindingMessage messageAt(const CallGraph &G, const CallGraph::Place &At,
                                std::string Text) {
  FindingMessage M;
  M.Text = std::move(Text);
  M.File = G.text(At.File);
  M.Offset = At.Offset;
  M.Line = At.Line;
  M.Column = At.Column;
  return M;
}

static Finding settled(const UnitReport &R, unsigned Number,
                       const Linker::Verdict &V) {
  const CallGraph::OpenCall &Call = R.Calls.Open[Number];
  Finding F = R.Open[Number];
  F.Main.Text = textOf(R.Calls.text(Call.Call), Call.IsEventLoop, V);
  std::vector<FindingMessage> Notes;
  for (const LinkedNote &N : chainOf(V))
    Notes.push_back(messageAt(*N.Unit, N.At, N.Text));
  if (V.More && traitsOf(V.What).Waits) {
    FindingMessage More = F.Main;
    More.Text = moreText(V.More);
    More.Ranges.clear();
    Notes.push_back(std::move(More));
  }
  auto Offer = llvm::find_if(F.Notes, [](const FindingMessage &Note) {
    return Note.Text == notes::Offload;
  });
  auto Rest = F.Notes.insert(Offer, Notes.begin(), Notes.end()) + Notes.size();
  if (!traitsOf(V.What).MayBeOffloaded)
    F.Notes.erase(Rest, F.Notes.end());
  return F;
}

/// Takes back what was said of coroutines that turn out to run off the loop,
/// and of descriptors that turn out to be non-blocking.
static void dropRefuted(UnitReport &R, unsigned Unit, const Linker &Program) {
  auto Drop = [&](CallGraph::Text Check, const CallGraph::Place &At) {
    llvm::erase_if(R.Findings, [&](const Finding &F) {
      return F.Check == R.Calls.text(Check) && F.Main.Offset == At.Offset &&
             F.Main.File == R.Calls.text(At.File);
    });
  };
  for (const CallGraph::Assumption &A : R.Calls.Assumptions)
    if (Program.refutes(A.Of))
      Drop(A.Check, A.At);
  for (const CallGraph::Doubt &D : R.Calls.Doubts)
    if (!Program.holds(Unit, D))
      Drop(D.Check, D.At);
}

/// Takes back what was said of locks that nobody takes, and says of the others
/// where they are taken.
static void settleLocks(UnitReport &R, const Linker &Program) {
  for (const CallGraph::LockDoubt &D : R.Calls.LockDoubts) {
    auto IsIt = [&](const Finding &F) {
      return F.Check == R.Calls.text(D.Check) && F.Main.Offset == D.At.Offset &&
             F.Main.File == R.Calls.text(D.At.File) &&
             StringRef(F.Main.Text).contains(quotedName(R.Calls.text(D.Lock)));
    };
    auto Held = llvm::find_if(D.By, [&](const CallGraph::LockCall &Call) {
      return Program.holds(Call);
    });
    if (Held == D.By.end()) {
      llvm::erase_if(R.Findings, IsIt);
      continue;
    }
    for (Finding &F : R.Findings)
      if (IsIt(F) && !F.Notes.empty())
        F.Notes.front() =
            messageAt(R.Calls, Held->At, std::move(F.Notes.front().Text));
  }
}

void linkReports(llvm::ArrayRef<UnitReport *> Reports) {
  std::vector<const CallGraph *> Graphs;
  bool AnyOpen = false;
  for (const UnitReport *R : Reports) {
    Graphs.push_back(&R->Calls);
    AnyOpen |= !R->Open.empty() || !R->Calls.Assumptions.empty() ||
               !R->Calls.Doubts.empty() || !R->Calls.LockDoubts.empty();
  }
  if (!AnyOpen)
    return;
  const Linker Program(std::move(Graphs));
  for (unsigned Unit = 0; Unit != Reports.size(); ++Unit) {
    UnitReport &R = *Reports[Unit];
    dropRefuted(R, Unit, Program);
    settleLocks(R, Program);
    // What was open at one place is one finding.
    std::set<std::tuple<StringRef, StringRef, unsigned>> Told;
    for (unsigned Number = 0; Number != R.Open.size(); ++Number) {
      const Finding &F = R.Open[Number];
      auto V = F.Check.empty() ? std::nullopt : Program.settle(Unit, Number);
      if (V && Told.insert({F.Check, F.Main.File, F.Main.Offset}).second)
        R.Findings.push_back(settled(R, Number, *V));
    }
    for (NamedSuppression &S : R.Suppressions)
      S.Used |= llvm::any_of(S.OpenCalls, [&](unsigned Number) {
        return Program.settle(Unit, Number).has_value();
      });
    R.Open.clear();
  }
}

} // namespace nostall
