//===- LinkedFinding.cpp - a linked verdict in words ----------------------===//

#include "LinkedFinding.h"
#include "analysis/words/Notes.h"
#include "analysis/words/Wording.h"

namespace nostall {

std::string textOf(llvm::StringRef Call, bool IsEventLoop,
                   const Linker::Verdict &V) {
  const std::string &Reached = V.Unit->text(V.Blocks->Name),
                    &Remedy = V.Unit->text(V.Blocks->Remedy);
  return V.What == Effect::LoopOnly
             ? affinityText(Call, Reached, Remedy)
             : blockingText(Call, IsEventLoop, V.What, Reached, Remedy);
}

std::vector<LinkedNote> chainOf(const Linker::Verdict &V) {
  std::vector<LinkedNote> Notes;
  auto Add = [&](const Linker::Step &S, std::string Text) {
    Notes.push_back({S.Unit, S.At, oneLine(Text)});
  };
  const size_t Count = V.Steps.size();
  for (size_t I = 0; I < Count; ++I) {
    const Linker::Step &S = V.Steps[I];
    const std::string Text = hopText(S.How, S.Unit->text(S.Callee), S.Next);
    if (I == 0) {
      if (S.How == Hop::RunsCallable || S.How == Hop::MayDispatch)
        Add(S, (notes::ThisCall + Text).str());
      continue;
    }
    if (I == MaxHopsShown / 2 && Count > MaxHopsShown) {
      const size_t Skipped = Count - MaxHopsShown;
      Add(S, std::to_string(Skipped) + " more calls lie between");
      I += Skipped;
    }
    Add(V.Steps[I],
        quotedName(V.Steps[I].Caller) + " " +
            hopText(V.Steps[I].How, V.Steps[I].Unit->text(V.Steps[I].Callee),
                    V.Steps[I].Next) +
            notes::Here.str());
  }
  Notes.push_back({V.Unit, V.Blocks->At,
                   knownText(V.Unit->text(V.Blocks->Name), V.What,
                             V.Unit->text(V.Blocks->Source))});
  return Notes;
}

} // namespace nostall
