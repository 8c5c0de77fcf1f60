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
          Functions[*Same].In =
              Linked.either(Functions[*Same].In, Linked.of(Number));
          continue;
        }
        if (!IsNew) {
          Known.push_back(Id);
          Beside[It->second] = std::move(Known);
        }
      }
      Functions.push_back({Units[Number], &N, Number, Linked.of(Number)});
      FunctionOf[Number].push_back(Id);
      for (CallGraph::Symbol Base : N.Overridden)
        Overriders[Base].push_back(Id);
    }
  Targets.resize(Functions.size());
  Callers.resize(Functions.size());
  Cares.resize(Functions.size());
}

/// The programs where a virtual method of what \p Maker returns may be \p
/// Method: of one that is not known, any.
std::optional<Programs::Set> Linker::makes(CallGraph::Symbol Maker,
                                           uint32_t Method) const {
  auto Known = Maker ? Makers.find(Maker) : Makers.end();
  if (Known == Makers.end())
    return Programs::Any;
  auto Made = Known->second.find(Method);
  if (Made == Known->second.end())
    return std::nullopt;
  return Made->second;
}

/// Notes in \p Of that the programs \p In have \p F.
void Linker::noteIn(Held &Of, uint32_t F, Programs::Set In) {
  auto [It, IsNew] = Of.insert({F, In});
  if (!IsNew)
    It->second = Linked.either(It->second, In);
}

void Linker::findFactories() {
  for (unsigned Unit = 0; Unit != Units.size(); ++Unit)
    for (const CallGraph::Factory &F : Units[Unit]->Factories) {
      Held &Methods = Makers[F.Of];
      for (const CallGraph::Callable &C : F.Methods)
        if (C.Kind == CallGraph::Callable::Is::Node)
          noteIn(Methods, FunctionOf[Unit][C.Target], Linked.of(Unit));
        else if (auto It = BySymbol.find(C.Of); It != BySymbol.end())
          noteIn(Methods, It->second, Linked.of(Unit));
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
const Linker::Held &Linker::storedIn(CallGraph::Symbol Place) {
  constexpr size_t MaxHeld = 32;
  if (!StoresListed) {
    StoresListed = true;
    for (unsigned Unit = 0; Unit != Units.size(); ++Unit)
      for (const CallGraph::Store &S : Units[Unit]->Stores) {
        Stores[S.In].push_back({Unit, &S.What});
        if (S.What.Kind == CallGraph::Callable::Is::Node)
          CallableOf[FunctionOf[Unit][S.What.Target]] = S.What.Of;
      }
  }
  auto [It, IsNew] = StoredIn.try_emplace(Place);
  if (!IsNew)
    return It->second;
  using Way = std::pair<CallGraph::Symbol, Programs::Set>;
  llvm::SmallVector<Way, 4> Work{{Place, Programs::Any}};
  llvm::DenseSet<Way> Seen{Work.front()};
  Held Found;
  while (!Work.empty() && Seen.size() < 4 * MaxHeld) {
    const auto [From, Before] = Work.pop_back_val();
    auto All = Stores.find(From);
    if (All == Stores.end())
      continue;
    for (auto [Unit, What] : All->second) {
      const auto In = Linked.both(Before, Linked.of(Unit));
      if (!In)
        continue;
      if (What->Kind == CallGraph::Callable::Is::Node)
        noteIn(Found, FunctionOf[Unit][What->Target], *In);
      else if (What->Kind == CallGraph::Callable::Is::Place) {
        if (Seen.insert({What->Of, *In}).second)
          Work.push_back({What->Of, *In});
      } else if (auto Body = BySymbol.find(What->Of);
                 Body != BySymbol.end() && !Harmless.contains(What->Of))
        noteIn(Found, Body->second, *In);
    }
  }
  if (!Work.empty() || Found.size() > MaxHeld)
    Found.clear();
  auto Sorted = Found.takeVector();
  llvm::sort(Sorted);
  Held &Of = StoredIn[Place];
  for (const auto &[F, In] : Sorted)
    Of.insert({F, In});
  return Of;
}

llvm::ArrayRef<uint32_t> Linker::bodiesBeside(uint32_t F) const {
  auto It = Beside.find(F);
  if (It == Beside.end())
    return {};
  return It->second;
}

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

} // namespace nostall
