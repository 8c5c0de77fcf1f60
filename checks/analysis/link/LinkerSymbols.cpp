//===- LinkerSymbols.cpp - which body a name means ------------------------===//

#include "Linker.h"
#include "llvm/ADT/STLExtras.h"

namespace nostall {

using Edge = CallGraph::Edge;

/// Whether they are what several units see of one body.
static bool isSameBody(const CallGraph &A, const CallGraph::Node &OfA,
                       const CallGraph &B, const CallGraph::Node &OfB) {
  auto Place = [](const CallGraph &G, const Edge &E) {
    return std::pair(llvm::StringRef(G.text(E.At.File)), E.At.Offset);
  };
  return OfA.Edges.size() == OfB.Edges.size() &&
         llvm::all_of(llvm::zip(OfA.Edges, OfB.Edges), [&](const auto &Both) {
           const auto &[EA, EB] = Both;
           return Place(A, EA) == Place(B, EB);
         });
}

void Linker::joinSymbols() {
  FunctionOf.resize(Units.size());
  for (const CallGraph *G : Units)
    Harmless.insert(G->Harmless.begin(), G->Harmless.end());
  for (unsigned Number = 0; Number != Units.size(); ++Number)
    for (const CallGraph::Node &N : Units[Number]->Nodes) {
      uint32_t Id = Functions.size();
      if (N.Id) {
        auto [It, IsNew] = BySymbol.try_emplace(N.Id, Id);
        std::vector<uint32_t> Known{It->second};
        if (auto More = Beside.find(It->second); More != Beside.end())
          Known = More->second;
        auto Same = llvm::find_if(Known, [&](uint32_t F) {
          return !IsNew && isSameBody(*Functions[F].Unit, *Functions[F].Node,
                                      *Units[Number], N);
        });
        if (Same != Known.end()) {
          FunctionOf[Number].push_back(*Same);
          continue;
        }
        if (!IsNew) {
          Known.push_back(Id);
          Beside[It->second] = std::move(Known);
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

/// Whether a virtual method of what \p Maker returns may be \p Method: of one
/// that is not known, any.
bool Linker::mayBeMadeBy(CallGraph::Symbol Maker, uint32_t Method) const {
  auto Known = Maker ? Makers.find(Maker) : Makers.end();
  return Known == Makers.end() || Known->second.contains(Method);
}

void Linker::findFactories() {
  for (unsigned Unit = 0; Unit != Units.size(); ++Unit)
    for (const CallGraph::Factory &F : Units[Unit]->Factories) {
      auto &Methods = Makers[F.Of];
      for (const CallGraph::Callable &C : F.Methods)
        if (C.Kind == CallGraph::Callable::Is::Node)
          Methods.insert(FunctionOf[Unit][C.Target]);
        else if (auto It = BySymbol.find(C.Of); It != BySymbol.end())
          Methods.insert(It->second);
    }
}

/// The body that \p Caller passes as \p C; Unreached if nobody has it.
uint32_t Linker::bodyOf(uint32_t Caller, const CallGraph::Callable &C) const {
  if (C.Kind == CallGraph::Callable::Is::Node)
    return FunctionOf[Functions[Caller].UnitNumber][C.Target];
  auto It = BySymbol.find(C.Of);
  return It == BySymbol.end() || Harmless.contains(C.Of) ? Unreached
                                                         : It->second;
}

/// The functions that any unit stores in \p Place, as StoredCallables::in.
const std::vector<uint32_t> &Linker::storedIn(CallGraph::Symbol Place) {
  constexpr size_t MaxHeld = 32;
  if (!StoresListed) {
    StoresListed = true;
    for (unsigned Unit = 0; Unit != Units.size(); ++Unit)
      for (const CallGraph::Store &S : Units[Unit]->Stores)
        Stores[S.In].push_back({Unit, &S.What});
  }
  auto [It, IsNew] = StoredIn.try_emplace(Place);
  if (!IsNew)
    return It->second;
  llvm::SmallVector<CallGraph::Symbol, 4> Work{Place};
  llvm::DenseSet<CallGraph::Symbol> Seen{Place};
  std::vector<uint32_t> Found;
  while (!Work.empty() && Seen.size() < 4 * MaxHeld) {
    auto Held = Stores.find(Work.pop_back_val());
    if (Held == Stores.end())
      continue;
    for (auto [Unit, What] : Held->second) {
      if (What->Kind == CallGraph::Callable::Is::Node)
        Found.push_back(FunctionOf[Unit][What->Target]);
      else if (What->Kind == CallGraph::Callable::Is::Place) {
        if (Seen.insert(What->Of).second)
          Work.push_back(What->Of);
      } else if (auto Body = BySymbol.find(What->Of);
                 Body != BySymbol.end() && !Harmless.contains(What->Of))
        Found.push_back(Body->second);
    }
  }
  llvm::sort(Found);
  Found.erase(llvm::unique(Found), Found.end());
  if (!Work.empty() || Found.size() > MaxHeld)
    Found.clear();
  return StoredIn[Place] = std::move(Found);
}

llvm::ArrayRef<uint32_t> Linker::bodiesBeside(uint32_t F) const {
  auto It = Beside.find(F);
  if (It == Beside.end())
    return {};
  return It->second;
}

} // namespace nostall
