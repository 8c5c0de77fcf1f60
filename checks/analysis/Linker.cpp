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

Linker::Step Linker::stepOf(uint32_t F, const Target &T) const {
  Step S;
  S.Unit = Functions[F].Unit;
  S.How = T.How;
  S.Callee = T.Edge->Callee;
  S.At = T.Edge->At;
  S.Caller = nameOf(F);
  if (T.To != Unreached)
    S.Next = nameOf(T.To);
  return S;
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
    V.Steps.push_back(stepOf(F, *Next));
    if (Next->To == Unreached) {
      V.Unit = Of.Unit;
      V.Blocks = &Of.Unit->Primitives[Next->Edge->Target];
    } else {
      F = Next->To;
    }
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

//===--- questions --------------------------------------------------------===//

std::vector<Linker::FunctionId> Linker::named(llvm::StringRef Name) const {
  std::vector<FunctionId> Found;
  for (FunctionId F = 0; F != Functions.size(); ++F) {
    llvm::StringRef Of = nameOf(F);
    if (Of == Name || (Of.consume_back(Name) && Of.ends_with("::")))
      Found.push_back(F);
  }
  return Found;
}

std::vector<llvm::StringRef> Linker::names() const {
  std::vector<llvm::StringRef> Names;
  for (FunctionId F = 0; F != Functions.size(); ++F)
    Names.push_back(nameOf(F));
  llvm::sort(Names);
  Names.erase(llvm::unique(Names), Names.end());
  return Names;
}

/// Breadth first, forwards. \p IfWouldBlock: to the calls that a caller rules
/// out by a test for EAGAIN, and else to the others.
void Linker::chainsInto(uint32_t From, bool IfWouldBlock,
                        std::vector<Verdict> &Into) const {
  struct Way {
    uint32_t To = 0, Before = 0; ///< Before: an index in Ways
    const Target *By = nullptr;
  };
  std::vector<Way> Ways{{From, 0, nullptr}};
  llvm::DenseSet<uint32_t> Seen{From};
  llvm::DenseSet<const CallGraph::Primitive *> Found;
  for (uint32_t I = 0; I != Ways.size(); ++I) {
    const uint32_t F = Ways[I].To;
    const bool MayGoOn = !IfWouldBlock || !Functions[F].Node->TestsWouldBlock;
    for (const Target &T : Targets[F]) {
      if (T.To != Unreached) {
        if (MayGoOn && Seen.insert(T.To).second)
          Ways.push_back({T.To, I, &T});
        continue;
      }
      const auto &P = Functions[F].Unit->Primitives[T.Edge->Target];
      if (P.UnlessWouldBlockTested != IfWouldBlock ||
          P.Cat == Category::LoopOnly || !Found.insert(&P).second)
        continue;
      Verdict V;
      V.Cat = P.Cat;
      V.Unit = Functions[F].Unit;
      V.Blocks = &P;
      V.Steps.push_back(stepOf(F, T));
      for (uint32_t W = I; Ways[W].By; W = Ways[W].Before)
        V.Steps.push_back(stepOf(Ways[Ways[W].Before].To, *Ways[W].By));
      std::reverse(V.Steps.begin(), V.Steps.end());
      Into.push_back(std::move(V));
    }
  }
}

std::vector<Linker::Verdict> Linker::chains(FunctionId F) const {
  std::vector<Verdict> All;
  chainsInto(F, false, All);
  chainsInto(F, true, All);
  llvm::stable_sort(All, [](const Verdict &A, const Verdict &B) {
    return std::make_pair(A.Steps.size(), A.Cat) <
           std::make_pair(B.Steps.size(), B.Cat);
  });
  return All;
}

} // namespace nostall
