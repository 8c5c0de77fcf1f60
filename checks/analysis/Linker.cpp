//===- Linker.cpp - chains through many units -----------------------------===//

#include "Linker.h"
#include "llvm/ADT/DenseSet.h"
#include "llvm/ADT/STLExtras.h"
#include <deque>

namespace nostall {

using Edge = CallGraph::Edge;

Linker::Linker(std::vector<const CallGraph *> Graphs)
    : Units(std::move(Graphs)) {
  joinSymbols();
  connect();
  addCallables();
  llvm::SmallVector<bool> Present(NumPlanes);
  for (const CallGraph *G : Units)
    for (const CallGraph::Primitive &P : G->Primitives)
      Present[planeOf(P)] = true;
  for (unsigned Plane = 0; Plane != NumPlanes; ++Plane)
    if (Present[Plane])
      search(Plane);
}

//===--- one graph out of many --------------------------------------------===//

void Linker::joinSymbols() {
  FunctionOf.resize(Units.size());
  for (unsigned Number = 0; Number != Units.size(); ++Number)
    for (const CallGraph::Node &N : Units[Number]->Nodes) {
      uint32_t Id = Functions.size();
      if (N.Id) {
        auto [It, IsNew] = BySymbol.try_emplace(N.Id, Id);
        if (!IsNew) {
          FunctionOf[Number].push_back(It->second);
          continue;
        }
      }
      Functions.push_back({Units[Number], &N, Number});
      FunctionOf[Number].push_back(Id);
      for (CallGraph::Symbol Base : N.Overridden)
        Overriders[Base].push_back(Id);
    }
  Targets.resize(Functions.size());
  Callers.resize(Functions.size());
}

void Linker::addTarget(uint32_t From, Target T) {
  Targets[From].push_back(T);
  if (T.To != Unreached)
    Callers[T.To].push_back(From);
}

void Linker::connect() {
  for (uint32_t From = 0; From != Functions.size(); ++From) {
    const Function &F = Functions[From];
    for (const Edge &E : F.Node->Edges)
      switch (E.Kind) {
      case Edge::To::Primitive:
        addTarget(From, {Unreached, &E, E.How});
        break;
      case Edge::To::Node:
        addTarget(From, {FunctionOf[F.UnitNumber][E.Target], &E, E.How});
        break;
      case Edge::To::Symbol:
        if (auto It = BySymbol.find(E.Of); It != BySymbol.end())
          addTarget(From, {It->second, &E, E.How});
        break;
      case Edge::To::Overriders:
        if (auto It = Overriders.find(E.Of); It != Overriders.end())
          for (uint32_t Override : It->second)
            addTarget(From, {Override, &E, Hop::MayDispatch});
        break;
      case Edge::To::Parameter:
        break;
      }
  }
}

/// A function that calls its parameter runs what its callers pass for it.
void Linker::addCallables() {
  llvm::DenseSet<std::pair<uint32_t, uint32_t>> Runs; // function, parameter
  std::deque<std::pair<uint32_t, uint32_t>> Work;
  auto Add = [&](uint32_t F, uint32_t Param) {
    if (Runs.insert({F, Param}).second)
      Work.push_back({F, Param});
  };
  for (uint32_t F = 0; F != Functions.size(); ++F)
    for (const Edge &E : Functions[F].Node->Edges)
      if (E.Kind == Edge::To::Parameter)
        Add(F, E.Target);
  while (!Work.empty()) {
    auto [Callee, Param] = Work.front();
    Work.pop_front();
    std::vector<uint32_t> From = Callers[Callee];
    llvm::sort(From);
    From.erase(llvm::unique(From), From.end());
    for (uint32_t Caller : From) {
      const auto Known = Targets[Caller]; // grows below
      for (const Target &T : Known)
        if (T.To == Callee && T.How != Hop::RunsCallable)
          for (const CallGraph::Callable &C : T.Edge->Callables)
            if (C.Arg == Param) {
              if (C.IsParam)
                Add(Caller, C.Target);
              else
                addTarget(Caller,
                          {FunctionOf[Functions[Caller].UnitNumber][C.Target],
                           T.Edge, Hop::RunsCallable});
            }
    }
  }
}

//===--- what is reached --------------------------------------------------===//

bool Linker::isRuledOut(uint32_t Caller, unsigned Plane) const {
  return Plane % 2 && Functions[Caller].Node->TestsWouldBlock;
}

void Linker::search(unsigned Plane) {
  std::vector<uint32_t> &Far = Distance[Plane];
  Far.assign(Functions.size(), Unreached);
  std::vector<uint32_t> Queue;
  // A function that tests for EAGAIN and has a primitive of its own was asked
  // about it when its unit was read.
  for (uint32_t F = 0; F != Functions.size(); ++F)
    if (llvm::any_of(Targets[F], [&](const Target &T) {
          return T.To == Unreached &&
                 planeOf(Functions[F].Unit->Primitives[T.Edge->Target]) ==
                     Plane;
        })) {
      Far[F] = 0;
      Queue.push_back(F);
    }
  for (size_t I = 0; I != Queue.size(); ++I)
    for (uint32_t Caller : Callers[Queue[I]])
      if (Far[Caller] == Unreached && !isRuledOut(Caller, Plane)) {
        Far[Caller] = Far[Queue[I]] + 1;
        Queue.push_back(Caller);
      }
}

unsigned Linker::countBelow(uint32_t From, uint32_t Enabled) const {
  llvm::DenseSet<uint32_t> Seen{From};
  llvm::DenseSet<const CallGraph::Primitive *> Found;
  std::vector<uint32_t> Work{From};
  while (!Work.empty() && Seen.size() < MaxVisited &&
         Found.size() < MaxCounted) {
    uint32_t F = Work.back();
    Work.pop_back();
    for (const Target &T : Targets[F])
      if (T.To == Unreached) {
        const auto &P = Functions[F].Unit->Primitives[T.Edge->Target];
        if (Enabled >> static_cast<unsigned>(P.Cat) & 1)
          Found.insert(&P);
      } else if (llvm::any_of(Distance,
                              [&](const auto &Far) {
                                return !Far.empty() && Far[T.To] != Unreached;
                              }) &&
                 Seen.insert(T.To).second) {
        Work.push_back(T.To);
      }
  }
  return Found.size();
}

std::optional<Linker::Verdict> Linker::verdict(uint32_t From,
                                               uint32_t Enabled) const {
  unsigned Best = NumPlanes;
  for (unsigned Plane = 0; Plane != NumPlanes; ++Plane)
    if ((Enabled >> Plane / 2 & 1) && !Distance[Plane].empty() &&
        Distance[Plane][From] != Unreached &&
        (Best == NumPlanes || Distance[Plane][From] < Distance[Best][From]))
      Best = Plane;
  if (Best == NumPlanes)
    return std::nullopt;
  const std::vector<uint32_t> &Far = Distance[Best];
  Verdict V;
  V.Cat = static_cast<Category>(Best / 2);
  for (uint32_t F = From; !V.Blocks;) {
    const Function &Of = Functions[F];
    const Target *Next = nullptr;
    for (const Target &T : Targets[F])
      if (Far[F] == 0 ? T.To == Unreached &&
                            planeOf(Of.Unit->Primitives[T.Edge->Target]) == Best
                      : T.To != Unreached && Far[T.To] == Far[F] - 1) {
        Next = &T;
        break;
      }
    Step S;
    S.Unit = Of.Unit;
    S.How = Next->How;
    S.Callee = Next->Edge->Callee;
    S.At = Next->Edge->At;
    S.Caller = Of.Unit->text(Of.Node->Name);
    if (Next->To == Unreached) {
      V.Unit = Of.Unit;
      V.Blocks = &Of.Unit->Primitives[Next->Edge->Target];
    } else {
      const Function &Callee = Functions[Next->To];
      S.Next = Callee.Unit->text(Callee.Node->Name);
      F = Next->To;
    }
    V.Steps.push_back(S);
  }
  if (unsigned Count = countBelow(From, Enabled))
    V.More = Count - 1;
  return V;
}

std::optional<Linker::Verdict> Linker::settle(unsigned Unit,
                                              unsigned Open) const {
  // The node of an open call has no symbol, so it is nobody else's.
  const CallGraph::OpenCall &Call = Units[Unit]->Open[Open];
  return verdict(FunctionOf[Unit][Call.Caller], Call.Enabled);
}

std::optional<Linker::Verdict> Linker::explain(llvm::StringRef Function) const {
  for (uint32_t F = 0; F != Functions.size(); ++F)
    if (Functions[F].Unit->text(Functions[F].Node->Name) == Function)
      if (auto V = verdict(F, ~0u))
        return V;
  return std::nullopt;
}

} // namespace nostall
