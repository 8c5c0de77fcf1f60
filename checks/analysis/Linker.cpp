//===- Linker.cpp - chains through many units -----------------------------===//

#include "Linker.h"
#include "llvm/ADT/STLExtras.h"
#include <deque>
#include <set>

namespace nostall {

using Edge = CallGraph::Edge;

/// The shorter chain; by category where they are equally long.
static bool isShorter(const Linker::Verdict &A, const Linker::Verdict &B) {
  return std::make_pair(A.Steps.size(), A.Cat) <
         std::make_pair(B.Steps.size(), B.Cat);
}

Linker::Linker(std::vector<const CallGraph *> Graphs)
    : Units(std::move(Graphs)) {
  placeCoroutines();
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

//===--- where coroutines run ---------------------------------------------===//

/// Of those that are never used otherwise, those that workers are handed, and
/// what only such await.
void Linker::placeCoroutines() {
  using Use = CallGraph::CoroutineUse;
  llvm::DenseMap<CallGraph::Symbol, std::vector<const Use *>> UsesOf;
  for (const CallGraph *G : Units)
    for (const Use &U : G->Uses)
      UsesOf[U.Of].push_back(&U);
  std::vector<CallGraph::Symbol> Work, Elsewhere;
  llvm::DenseMap<CallGraph::Symbol, std::vector<CallGraph::Symbol>> AwaitedBy;
  for (const auto &[Of, Uses] : UsesOf)
    for (const Use *U : Uses) {
      if (U->Where == Use::Runs::OffLoop)
        Work.push_back(Of);
      else if (U->Where == Use::Runs::WithAwaiter)
        AwaitedBy[U->By].push_back(Of);
    }
  while (!Work.empty()) {
    const CallGraph::Symbol Of = Work.back();
    Work.pop_back();
    if (OffLoop.insert(Of).second)
      llvm::append_range(Work, AwaitedBy.lookup(Of));
  }
  for (CallGraph::Symbol Of : OffLoop)
    if (llvm::any_of(UsesOf[Of], [&](const Use *U) {
          return U->Where == Use::Runs::Otherwise ||
                 (U->Where == Use::Runs::WithAwaiter &&
                  !OffLoop.contains(U->By));
        }))
      Elsewhere.push_back(Of);
  while (!Elsewhere.empty()) {
    const CallGraph::Symbol Of = Elsewhere.back();
    Elsewhere.pop_back();
    if (OffLoop.erase(Of))
      llvm::append_range(Elsewhere, AwaitedBy.lookup(Of));
  }
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
  Cares.resize(Functions.size());
}

void Linker::addTarget(uint32_t From, Target T) {
  Targets[From].push_back(T);
  if (T.To != Unreached)
    Callers[T.To].push_back(From);
}

void Linker::connect() {
  for (uint32_t From = 0; From != Functions.size(); ++From) {
    const Function &F = Functions[From];
    for (const Edge &E : F.Node->Edges) {
      for (const ParamTest &T : E.When)
        Cares[From].push_back(T.Param);
      for (const PassedValue &P : E.Passed)
        if (P.IsOwnParam)
          Cares[From].push_back(static_cast<uint32_t>(P.Value));
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
    llvm::sort(Cares[From]);
    Cares[From].erase(llvm::unique(Cares[From]), Cares[From].end());
  }
}

/// The body that \p Caller passes as \p C; Unreached if nobody has it.
uint32_t Linker::bodyOf(uint32_t Caller, const CallGraph::Callable &C) const {
  if (C.Kind == CallGraph::Callable::Is::Node)
    return FunctionOf[Functions[Caller].UnitNumber][C.Target];
  auto It = BySymbol.find(C.Of);
  return It == BySymbol.end() ? Unreached : It->second;
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
              if (C.Kind == CallGraph::Callable::Is::Param)
                Add(Caller, C.Target);
              else if (uint32_t To = bodyOf(Caller, C); To != Unreached)
                addTarget(Caller, {To, T.Edge, Hop::RunsCallable});
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

bool Linker::reachesAny(uint32_t F) const {
  return llvm::any_of(Distance, [&](const std::vector<uint32_t> &Far) {
    return !Far.empty() && Far[F] != Unreached;
  });
}

KnownValues Linker::knownBehind(const KnownValues &Known,
                                const Target &T) const {
  if (T.How == Hop::RunsCallable || Cares[T.To].empty())
    return {};
  return Known.after(T.Edge->Passed, Cares[T.To]);
}

bool Linker::isRuledOut(llvm::ArrayRef<const Target *> Chain) const {
  KnownValues Known;
  for (const Target *T : Chain) {
    if (Known.ruleOut(T->Edge->When))
      return true;
    if (T->To != Unreached)
      Known = knownBehind(Known, *T);
  }
  return false;
}

unsigned Linker::countBelow(uint32_t From, uint32_t Enabled) const {
  using State = std::pair<uint32_t, KnownValues>;
  std::set<State> Seen{{From, {}}};
  llvm::DenseSet<const CallGraph::Primitive *> Found;
  std::vector<State> Work{{From, {}}};
  while (!Work.empty() && Seen.size() < MaxVisited &&
         Found.size() < MaxCounted) {
    const auto [F, Known] = std::move(Work.back());
    Work.pop_back();
    for (const Target &T : Targets[F]) {
      if (Known.ruleOut(T.Edge->When))
        continue;
      if (T.To == Unreached) {
        const auto &P = Functions[F].Unit->Primitives[T.Edge->Target];
        if (Enabled >> static_cast<unsigned>(P.Cat) & 1)
          Found.insert(&P);
      } else if (reachesAny(T.To)) {
        State Next{T.To, knownBehind(Known, T)};
        if (Seen.insert(Next).second)
          Work.push_back(std::move(Next));
      }
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

Linker::Verdict Linker::verdictOf(uint32_t From,
                                  llvm::ArrayRef<const Target *> Chain) const {
  Verdict V;
  for (const Target *T : Chain) {
    V.Steps.push_back(stepOf(From, *T));
    if (T->To != Unreached) {
      From = T->To;
      continue;
    }
    V.Unit = Functions[From].Unit;
    V.Blocks = &V.Unit->Primitives[T->Edge->Target];
    V.Cat = V.Blocks->Cat;
  }
  return V;
}

std::vector<const Linker::Target *>
Linker::shortestChain(uint32_t From, unsigned Plane) const {
  const std::vector<uint32_t> &Far = Distance[Plane];
  std::vector<const Target *> Chain;
  for (uint32_t F = From; F != Unreached; F = Chain.back()->To) {
    const CallGraph &Unit = *Functions[F].Unit;
    Chain.push_back(llvm::find_if(Targets[F], [&](const Target &T) {
      return Far[F] == 0 ? T.To == Unreached &&
                               planeOf(Unit.Primitives[T.Edge->Target]) == Plane
                         : T.To != Unreached && Far[T.To] == Far[F] - 1;
    }));
  }
  return Chain;
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
  std::optional<Verdict> V;
  if (auto Chain = shortestChain(From, Best); !isRuledOut(Chain)) {
    V = verdictOf(From, Chain);
  } else {
    std::vector<Verdict> Others;
    for (bool IfWouldBlock : {false, true})
      chainsInto(From, IfWouldBlock, Enabled, Others);
    auto Shortest = llvm::min_element(Others, isShorter);
    if (Shortest == Others.end())
      return std::nullopt;
    V = std::move(*Shortest);
  }
  if (unsigned Count = countBelow(From, Enabled))
    V->More = Count - 1;
  return V;
}

std::optional<Linker::Verdict> Linker::settle(unsigned Unit,
                                              unsigned Open) const {
  // The node of an open call has no symbol, so it is nobody else's.
  const CallGraph::OpenCall &Call = Units[Unit]->Open[Open];
  if (Call.Assumes && runsOffLoop(Call.Assumes))
    return std::nullopt;
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
void Linker::chainsInto(uint32_t From, bool IfWouldBlock, uint32_t Enabled,
                        std::vector<Verdict> &Into) const {
  struct Way {
    uint32_t To = 0, Before = 0; ///< Before: an index in Ways
    const Target *By = nullptr;
    KnownValues Known;
  };
  std::vector<Way> Ways{{From, 0, nullptr, {}}};
  std::set<std::pair<uint32_t, KnownValues>> Seen{{From, {}}};
  llvm::DenseSet<const CallGraph::Primitive *> Found;
  for (uint32_t I = 0; I != Ways.size(); ++I) {
    const uint32_t F = Ways[I].To;
    const bool MayGoOn = !IfWouldBlock || !Functions[F].Node->TestsWouldBlock;
    for (const Target &T : Targets[F]) {
      if (Ways[I].Known.ruleOut(T.Edge->When))
        continue;
      if (T.To != Unreached) {
        if (!MayGoOn || !reachesAny(T.To))
          continue;
        KnownValues Known = knownBehind(Ways[I].Known, T);
        if (Seen.insert({T.To, Known}).second)
          Ways.push_back({T.To, I, &T, std::move(Known)});
        continue;
      }
      const auto &P = Functions[F].Unit->Primitives[T.Edge->Target];
      if (P.UnlessWouldBlockTested != IfWouldBlock ||
          !(Enabled >> static_cast<unsigned>(P.Cat) & 1) ||
          !Found.insert(&P).second)
        continue;
      std::vector<const Target *> Chain{&T};
      for (uint32_t W = I; Ways[W].By; W = Ways[W].Before)
        Chain.push_back(Ways[W].By);
      std::reverse(Chain.begin(), Chain.end());
      Into.push_back(verdictOf(From, Chain));
    }
  }
}

std::vector<Linker::Verdict> Linker::chains(FunctionId F) const {
  constexpr uint32_t Blocking =
      ~(1u << static_cast<unsigned>(Category::LoopOnly));
  std::vector<Verdict> All;
  chainsInto(F, false, Blocking, All);
  chainsInto(F, true, Blocking, All);
  llvm::stable_sort(All, isShorter);
  return All;
}

} // namespace nostall
