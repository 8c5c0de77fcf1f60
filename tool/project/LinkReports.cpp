//===- LinkReports.cpp - findings that take more than one unit ------------===//

#include "LinkReports.h"
#include "analysis/Linker.h"
#include "analysis/Wording.h"
#include "llvm/ADT/STLExtras.h"

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

/// The notes between the warning and what is offered: as the check writes them
/// where it sees the whole chain itself.
static std::vector<FindingMessage> chainOf(const Linker::Verdict &V) {
  std::vector<FindingMessage> Notes;
  auto Add = [&](const Linker::Step &S, std::string Text) {
    Notes.push_back(messageAt(*S.Unit, S.At, std::move(Text)));
  };
  const size_t Count = V.Steps.size();
  for (size_t I = 0; I < Count; ++I) {
    const Linker::Step &S = V.Steps[I];
    const std::string Text = hopText(S.How, S.Unit->text(S.Callee), S.Next);
    if (I == 0) {
      if (S.How == Hop::RunsCallable || S.How == Hop::MayDispatch)
        Add(S, "this " + Text);
      continue;
    }
    if (I == MaxHopsShown / 2 && Count > MaxHopsShown) {
      const size_t Skipped = Count - MaxHopsShown;
      Add(S, std::to_string(Skipped) + " more calls lie between");
      I += Skipped;
    }
    Add(V.Steps[I],
        "'" + V.Steps[I].Caller.str() + "' " +
            hopText(V.Steps[I].How, V.Steps[I].Unit->text(V.Steps[I].Callee),
                    V.Steps[I].Next) +
            " here");
  }
  Notes.push_back(messageAt(*V.Unit, V.Blocks->At,
                            knownText(V.Unit->text(V.Blocks->Name), V.Cat,
                                      V.Unit->text(V.Blocks->Source))));
  return Notes;
}

static Finding settled(const UnitReport &R, unsigned Number,
                       const Linker::Verdict &V) {
  const CallGraph::OpenCall &Call = R.Calls.Open[Number];
  Finding F = R.Open[Number];
  const std::string &Said = R.Calls.text(Call.Call),
                    &Reached = V.Unit->text(V.Blocks->Name),
                    &Remedy = V.Unit->text(V.Blocks->Remedy);
  F.Main.Text = V.Cat == Category::LoopOnly
                    ? affinityText(Said, Reached, Remedy)
                    : blockingText(Said, V.Cat, Reached, Remedy);
  std::vector<FindingMessage> Notes = chainOf(V);
  if (V.More && V.Cat != Category::LoopOnly) {
    FindingMessage More = F.Main;
    More.Text = moreText(V.More);
    More.Ranges.clear();
    Notes.push_back(std::move(More));
  }
  auto Offer = llvm::find_if(F.Notes, [](const FindingMessage &Note) {
    return Note.Text == OffloadNote;
  });
  auto Rest = F.Notes.insert(Offer, Notes.begin(), Notes.end()) + Notes.size();
  if (!canOffload(V.Cat))
    F.Notes.erase(Rest, F.Notes.end());
  return F;
}

void linkReports(llvm::ArrayRef<UnitReport *> Reports) {
  std::vector<const CallGraph *> Graphs;
  bool AnyOpen = false;
  for (const UnitReport *R : Reports) {
    Graphs.push_back(&R->Calls);
    AnyOpen |= !R->Open.empty();
  }
  if (!AnyOpen)
    return;
  const Linker Program(std::move(Graphs));
  for (unsigned Unit = 0; Unit != Reports.size(); ++Unit) {
    UnitReport &R = *Reports[Unit];
    for (unsigned Number = 0; Number != R.Open.size(); ++Number)
      if (auto V = R.Open[Number].Check.empty() ? std::nullopt
                                                : Program.settle(Unit, Number))
        R.Findings.push_back(settled(R, Number, *V));
    for (NamedSuppression &S : R.Suppressions)
      S.Used |= llvm::any_of(S.OpenCalls, [&](unsigned Number) {
        return Program.settle(Unit, Number).has_value();
      });
    R.Open.clear();
  }
}

} // namespace nostall
