//===- Linker.cpp - chains through many units -----------------------------===//

#include "Linker.h"
#include "llvm/ADT/STLExtras.h"
#include <deque>
#include <set>

namespace nostall {

using Edge = CallGraph::Edge;

/// The shorter chain; by category where they are equally long.
static bool isShorter(const Linker::Verdict &A, const Linker::Verdict &B) {
  return std::make_pair(A.Steps.size(), A.What) <
         std::make_pair(B.Steps.size(), B.What);
}

Linker::Linker(std::vector<const CallGraph *> Graphs)
    : Units(std::move(Graphs)), Linked(Units) {
  joinSymbols();
  findDescriptors();
  placeCoroutines();
  findFactories();
  findObjects();
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
      if (E.On)
        Cares[From].push_back(E.On);
      auto CareFor = [&](llvm::ArrayRef<PassedValue> Passed) {
        for (const PassedValue &P : Passed) {
          if (P.IsOwnParam)
            Cares[From].push_back(static_cast<uint32_t>(P.Value));
          for (const ParamTest &T : P.UnlessAll)
            Cares[From].push_back(T.Param);
        }
      };
      CareFor(E.Passed);
      if (auto Known = Objects.find(&E); Known != Objects.end())
        CareFor(Known->second);
      switch (E.Kind) {
      case Edge::To::Primitive:
        if (!isNonblocking(F, E))
          addTarget(From, {Unreached, &E, E.How});
        break;
      case Edge::To::Node:
        addTarget(From, {FunctionOf[F.UnitNumber][E.Target], &E, E.How});
        break;
      case Edge::To::Symbol:
        if (auto It = BySymbol.find(E.Of);
            It != BySymbol.end() && !Harmless.contains(E.Of)) {
          Target T{It->second, &E, E.How};
          T.BySymbol = true;
          addTarget(From, T);
        }
        break;
      case Edge::To::Overriders:
        if (auto It = Overriders.find(E.Of); It != Overriders.end())
          for (uint32_t Override : It->second)
            if (const auto In = makes(E.Maker, Override)) {
              Target T{Override, &E, Hop::MayDispatch};
              T.In = *In;
              addTarget(From, T);
            }
        break;
      case Edge::To::Stored:
        for (const auto &[Callable, In] : storedIn(E.Of)) {
          Target T{Callable, &E, Hop::RunsCallable};
          T.In = In;
          addTarget(From, T);
        }
        break;
      case Edge::To::Parameter:
        break;
      }
    }
    llvm::sort(Cares[From]);
    Cares[From].erase(llvm::unique(Cares[From]), Cares[From].end());
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
              if (C.Kind == CallGraph::Callable::Is::Param)
                Add(Caller, C.Target);
              else if (uint32_t To = bodyOf(Caller, C); To != Unreached)
                addTarget(Caller,
                          {To, T.Edge, Hop::RunsCallable, Callee, Param});
            }
    }
  }
}

//===--- what is reached --------------------------------------------------===//

bool Linker::isRuledOut(uint32_t Caller, unsigned Plane) const {
  return Plane % 2 && TestsWouldBlock[Caller];
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
  // A call by a name of which there are several bodies leads to all of them.
  auto Reach = [&](uint32_t F, bool ByName) {
    const bool IsOnly = bodiesBeside(F).empty();
    for (uint32_t Caller : Callers[F])
      if (Far[Caller] == Unreached && !isRuledOut(Caller, Plane) &&
          (IsOnly || llvm::any_of(Targets[Caller], [&](const Target &T) {
             return T.To == F && T.BySymbol == ByName;
           }))) {
        Far[Caller] = Far[F] + 1;
        Queue.push_back(Caller);
      }
  };
  llvm::DenseMap<uint32_t, uint32_t> FirstOf;
  for (const auto &[First, All] : Beside)
    for (uint32_t Body : All)
      FirstOf[Body] = First;
  for (size_t I = 0; I != Queue.size(); ++I) {
    Reach(Queue[I], false);
    if (auto It = FirstOf.find(Queue[I]);
        It != FirstOf.end() &&
        llvm::all_of(bodiesBeside(It->second),
                     [&](uint32_t B) { return Far[B] != Unreached; }))
      Reach(It->second, true);
  }
}

bool Linker::reachesAny(uint32_t F) const {
  return llvm::any_of(Distance, [&](const std::vector<uint32_t> &Far) {
    return !Far.empty() && Far[F] != Unreached;
  });
}

KnownValues Linker::after(const KnownValues &Known, const Edge &E,
                          uint32_t Callee) const {
  std::vector<PassedValue> Passed = E.Passed;
  if (auto More = Objects.find(&E); More != Objects.end())
    llvm::append_range(Passed, More->second);
  return Known.after(Passed, Cares[Callee], [&](CallGraph::Symbol Place) {
    return Descriptors.contains(Place);
  });
}

KnownValues Linker::knownBehind(const KnownValues &Known,
                                const Target &T) const {
  if (T.How == Hop::RunsCallable || Cares[T.To].empty())
    return {};
  return after(Known, *T.Edge, T.To);
}

/// Whether \p F, with these values, runs its parameter number \p Param.
bool Linker::invokes(uint32_t F, const KnownValues &Known, uint32_t Param,
                     unsigned Depth) const {
  constexpr unsigned MaxDepth = 16; // deeper, it may
  if (Depth == MaxDepth || Known.empty())
    return true;
  for (const Edge &E : Functions[F].Node->Edges)
    if (E.Kind == Edge::To::Parameter && E.Target == Param &&
        !Known.ruleOut(E.When))
      return true;
  for (const Target &T : Targets[F])
    if (T.To != Unreached && T.How != Hop::RunsCallable &&
        !Known.ruleOut(T.Edge->When))
      for (const CallGraph::Callable &C : T.Edge->Callables)
        if (C.Kind == CallGraph::Callable::Is::Param && C.Target == Param &&
            invokes(T.To, knownBehind(Known, T), C.Arg, Depth + 1))
          return true;
  return false;
}

/// By the class of the object whose method \p T is, or by the callable that
/// its member holds.
bool Linker::mayRun(const KnownValues &Known, const Target &T) const {
  const uint32_t On = T.Edge->On;
  return !On || T.To == Unreached || Known.allow(On, [&](int64_t Is) {
    const auto What = static_cast<CallGraph::Symbol>(Is);
    if ((On & AnyMember) == ItsClass || T.How != Hop::RunsCallable)
      return makes(What, T.To).has_value();
    if (Is == 1) // that there is one says nothing of which
      return true;
    if (const CallGraph::Symbol Id = Functions[T.To].Node->Id)
      return Id == What;
    auto Callable = CallableOf.find(T.To);
    return Callable == CallableOf.end() || Callable->second == What;
  });
}

bool Linker::isRuledOut(const KnownValues &Known, const Target &T) const {
  return Known.ruleOut(T.Edge->When) || !mayRun(Known, T) ||
         (T.RunBy != Unreached &&
          !invokes(T.RunBy, after(Known, *T.Edge, T.RunBy), T.Param));
}

std::optional<Programs::Set> Linker::goOn(Programs::Set In,
                                          const Target &T) const {
  const auto Here = Linked.both(In, T.In);
  if (!Here || T.To == Unreached)
    return Here;
  return Linked.both(*Here, Functions[T.To].In);
}

bool Linker::isRuledOut(uint32_t From,
                        llvm::ArrayRef<const Target *> Chain) const {
  KnownValues Known;
  std::optional In = Functions[From].In;
  for (const Target *T : Chain) {
    In = goOn(*In, *T);
    if (!In || isRuledOut(Known, *T))
      return true;
    if (T->To != Unreached)
      Known = knownBehind(Known, *T);
  }
  return false;
}

unsigned Linker::countBelow(uint32_t From, uint32_t Enabled) const {
  using State = std::tuple<uint32_t, Programs::Set, KnownValues>;
  std::vector<State> Work{{From, Functions[From].In, {}}};
  std::set<State> Seen{Work.front()};
  llvm::DenseSet<const CallGraph::Primitive *> Found;
  while (!Work.empty() && Seen.size() < MaxVisited &&
         Found.size() < MaxCounted) {
    const auto [F, Before, Known] = std::move(Work.back());
    Work.pop_back();
    for (const Target &T : Targets[F]) {
      const auto In = goOn(Before, T);
      if (!In || isRuledOut(Known, T))
        continue;
      if (T.To == Unreached) {
        const auto &P = Functions[F].Unit->Primitives[T.Edge->Target];
        if (Enabled >> static_cast<unsigned>(P.What) & 1)
          Found.insert(&P);
      } else if (reachesAny(T.To)) {
        State Next{T.To, *In, knownBehind(Known, T)};
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
    V.What = V.Blocks->What;
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
  if (auto Chain = shortestChain(From, Best); !isRuledOut(From, Chain)) {
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
  if (refutes(Call.Assumes))
    return std::nullopt;
  return verdict(FunctionOf[Unit][Call.Caller], Call.Enabled);
}

/// Breadth first, forwards. \p IfWouldBlock: to the calls that a caller rules
/// out by a test for EAGAIN, and else to the others.
void Linker::chainsInto(uint32_t From, bool IfWouldBlock, uint32_t Enabled,
                        std::vector<Verdict> &Into) const {
  struct Way {
    uint32_t To = 0, Before = 0; ///< Before: an index in Ways
    const Target *By = nullptr;
    Programs::Set In = Programs::Any;
    KnownValues Known;
  };
  std::vector<Way> Ways{{From, 0, nullptr, Functions[From].In, {}}};
  std::set<std::tuple<uint32_t, Programs::Set, KnownValues>> Seen{
      {From, Functions[From].In, {}}};
  llvm::DenseSet<const CallGraph::Primitive *> Found;
  for (uint32_t I = 0; I != Ways.size() && I != MaxWays; ++I) {
    const uint32_t F = Ways[I].To;
    const bool MayGoOn = !IfWouldBlock || !TestsWouldBlock[F];
    for (const Target &T : Targets[F]) {
      const auto In = goOn(Ways[I].In, T);
      if (!In || isRuledOut(Ways[I].Known, T))
        continue;
      if (T.To != Unreached) {
        if (!MayGoOn || !reachesAny(T.To) ||
            (T.BySymbol && !llvm::all_of(bodiesBeside(T.To), [&](uint32_t B) {
               return reachesAny(B);
             })))
          continue;
        KnownValues Known = knownBehind(Ways[I].Known, T);
        if (Seen.insert({T.To, *In, Known}).second)
          Ways.push_back({T.To, I, &T, *In, std::move(Known)});
        continue;
      }
      const auto &P = Functions[F].Unit->Primitives[T.Edge->Target];
      if (P.UnlessWouldBlockTested != IfWouldBlock ||
          !(Enabled >> static_cast<unsigned>(P.What) & 1) ||
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
      ~(1u << static_cast<unsigned>(Effect::LoopOnly));
  std::vector<Verdict> All;
  chainsInto(F, false, Blocking, All);
  chainsInto(F, true, Blocking, All);
  llvm::stable_sort(All, isShorter);
  return All;
}

} // namespace nostall
