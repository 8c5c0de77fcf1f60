//===- Linker.h - chains through many units ---------------------*- C++ -*-===//
//
//   CallGraph, CallGraph, ... ──Linker──▶ which open calls block, and how
//
// Puts the units' graphs together by symbol and asks, for each category, which
// functions reach a primitive of it. That is a breadth-first search backwards
// from the primitives: linear in the calls, and the chains that it gives are
// the shortest. Where conditions on parameters rule such a chain out, the calls
// are searched forwards, with what is known of the arguments. A body that
// several units have (inline, template) is taken from the first. Where there
// are several bodies under one name, of several programs in one database, a
// unit calls its own; what has none of its own blocks only if all of them do.
// A chain stays in one program (Programs.h).
//
// The result depends on the graphs and their order alone.
//
//===----------------------------------------------------------------------===//

#ifndef NOSTALL_CHECKS_ANALYSIS_LINK_LINKER_H
#define NOSTALL_CHECKS_ANALYSIS_LINK_LINKER_H

#include "CallGraph.h"
#include "Programs.h"
#include "analysis/effects/NonblockingPlaces.h"
#include "llvm/ADT/DenseMap.h"
#include "llvm/ADT/DenseSet.h"
#include "llvm/ADT/MapVector.h"
#include "llvm/ADT/SmallVector.h"
#include <array>
#include <optional>
#include <set>

namespace nostall {

class Linker {
public:
  /// \p Units must outlive the linker.
  explicit Linker(std::vector<const CallGraph *> Units);

  /// One call of a chain.
  struct Step {
    const CallGraph *Unit = nullptr; ///< whose texts these are
    Hop How = Hop::Calls;
    CallGraph::Text Callee = 0;
    CallGraph::Place At;
    llvm::StringRef Caller; ///< the function that the call stands in
    llvm::StringRef Next;   ///< the function that the chain goes on in
  };

  struct Verdict {
    Effect What = Effect::Wait;
    std::vector<Step> Steps; ///< the open call first, the primitive last
    const CallGraph *Unit = nullptr;
    const CallGraph::Primitive *Blocks = nullptr;
    unsigned More = 0; ///< other primitives that are reached
  };

  /// What the open call number \p Open of unit number \p Unit comes to; none
  /// where nothing known blocks.
  std::optional<Verdict> settle(unsigned Unit, unsigned Open) const;

  /// Whether \p Doubt of unit number \p Unit is one of a call that blocks.
  bool holds(unsigned Unit, const CallGraph::Doubt &Doubt) const {
    return verdict(FunctionOf[Unit][Doubt.Caller], Doubt.Enabled).has_value();
  }

  /// Whether a lock that \p Call may have taken is held.
  bool holds(const CallGraph::LockCall &Call) const {
    auto Is = [&](const CallGraph::LockUse &Use) {
      return Locks.contains(Use);
    };
    return Is(Call.Takes) && llvm::none_of(Call.GiveBack, Is);
  }

  /// A function that some unit has the body of.
  using FunctionId = uint32_t;
  llvm::StringRef nameOf(FunctionId F) const {
    return Functions[F].Unit->text(Functions[F].Node->Name);
  }
  /// The functions that are displayed so, or whose name ends so ("save" for
  /// "Store::save").
  std::vector<FunctionId> named(llvm::StringRef Name) const;
  /// The function of \p Node in unit number \p Unit.
  FunctionId functionOf(unsigned Unit, uint32_t Node) const {
    return FunctionOf[Unit][Node];
  }
  /// Whether the program says otherwise.
  bool refutes(const CallGraph::Premise &Of) const;
  /// Whether all that becomes of \p Coroutine in the program is that workers
  /// run it, or coroutines that they run.
  bool runsOffLoop(CallGraph::Symbol Coroutine) const {
    return OffLoop.contains(Coroutine);
  }
  bool hasBody(CallGraph::Symbol Id) const { return BySymbol.contains(Id); }
  /// All names, each once, sorted.
  std::vector<llvm::StringRef> names() const;

  /// A shortest chain from \p F to each call that blocks by itself and that \p
  /// F reaches: the shortest first, by category where they are equally long.
  std::vector<Verdict> chains(FunctionId F) const;

  /// At most so many primitives are counted, and calls looked through for it.
  static constexpr unsigned MaxCounted = 32, MaxVisited = 4096;
  /// A search forwards looks at so many calls.
  static constexpr unsigned MaxWays = 1 << 16;

private:
  /// A category, and whether a caller that tests for EAGAIN rules it out.
  static constexpr unsigned NumPlanes = 2 * NumEffects;
  static unsigned planeOf(const CallGraph::Primitive &P) {
    return 2 * static_cast<unsigned>(P.What) + P.UnlessWouldBlockTested;
  }
  static constexpr uint32_t Unreached = ~0u;

  struct Function {
    const CallGraph *Unit = nullptr;
    const CallGraph::Node *Node = nullptr;
    unsigned UnitNumber = 0;
    Programs::Set In = Programs::Any; ///< which have it
  };
  /// An edge of a function, as it stands after linking.
  struct Target {
    uint32_t To = 0; ///< a function, or Unreached: the primitive of Edge
    const CallGraph::Edge *Edge = nullptr;
    Hop How = Hop::Calls;
    /// Of a callable: the function that runs it, its parameter number Param.
    uint32_t RunBy = Unreached, Param = 0;
    bool BySymbol = false; ///< by name, so any body of that name may be meant
    /// Where somebody stores or makes what is called.
    Programs::Set In = Programs::Any;
  };

  void placeCoroutines();
  void findObjects();
  void findDescriptors();
  void closeLocks();
  bool isNonblocking(const Function &F, const CallGraph::Edge &E) const;
  void joinSymbols();
  void findFactories();
  std::optional<Programs::Set> makes(CallGraph::Symbol Maker,
                                     uint32_t Method) const;
  void connect();
  void addCallables();
  void addTarget(uint32_t From, Target T);
  using Held = llvm::SmallMapVector<uint32_t, Programs::Set, 2>;
  void noteIn(Held &Of, uint32_t F, Programs::Set In);
  const Held &storedIn(CallGraph::Symbol Place);
  uint32_t bodyOf(uint32_t Caller, const CallGraph::Callable &C) const;
  void search(unsigned Plane);
  bool isRuledOut(uint32_t Caller, unsigned Plane) const;
  bool isRuledOut(const KnownValues &Known, const Target &T) const;
  bool mayRun(const KnownValues &Known, const Target &T) const;
  bool invokes(uint32_t F, const KnownValues &Known, uint32_t Param,
               unsigned Depth = 0) const;
  /// All bodies of the name of \p F, if there are several; it first.
  llvm::ArrayRef<uint32_t> bodiesBeside(uint32_t F) const;
  bool reachesAny(uint32_t F) const;
  /// What is known in \p Callee, which \p E calls.
  KnownValues after(const KnownValues &Known, const CallGraph::Edge &E,
                    uint32_t Callee) const;
  /// What is known in the function that \p T leads to.
  KnownValues knownBehind(const KnownValues &Known, const Target &T) const;
  /// The programs that go on with \p T; none if it leads out of \p In.
  std::optional<Programs::Set> goOn(Programs::Set In, const Target &T) const;
  bool isRuledOut(uint32_t From, llvm::ArrayRef<const Target *> Chain) const;
  Step stepOf(uint32_t F, const Target &T) const;
  Verdict verdictOf(uint32_t From, llvm::ArrayRef<const Target *> Chain) const;
  std::vector<const Target *> shortestChain(uint32_t From,
                                            unsigned Plane) const;
  void chainsInto(uint32_t From, bool IfWouldBlock, uint32_t Enabled,
                  std::vector<Verdict> &Into) const;
  std::optional<Verdict> verdict(uint32_t From, uint32_t Enabled) const;
  unsigned countBelow(uint32_t From, uint32_t Enabled) const;

  std::vector<const CallGraph *> Units;
  mutable Programs Linked; ///< numbers the sets that it is asked for
  llvm::DenseSet<CallGraph::Symbol> OffLoop;
  NonblockingPlaces Descriptors;
  llvm::DenseSet<CallGraph::Symbol> TellWouldBlock;
  llvm::DenseMap<CallGraph::Symbol, bool> MovesToLoop; ///< else off it
  llvm::DenseSet<CallGraph::Symbol> KeepHandles;
  std::set<CallGraph::LockUse> Locks;
  /// By edge: what is known of the objects that it passes on.
  llvm::DenseMap<const CallGraph::Edge *, std::vector<PassedValue>> Objects;
  std::vector<bool> TestsWouldBlock; ///< by function
  std::vector<Function> Functions;
  std::vector<std::vector<uint32_t>> FunctionOf; ///< by unit, by node
  llvm::DenseMap<CallGraph::Symbol, uint32_t> BySymbol;
  llvm::DenseSet<CallGraph::Symbol> Harmless; ///< in some unit
  llvm::DenseMap<uint32_t, std::vector<uint32_t>> Beside;
  llvm::DenseMap<CallGraph::Symbol, std::vector<uint32_t>> Overriders;
  /// By function that makes objects: the virtual methods of these.
  llvm::DenseMap<CallGraph::Symbol, Held> Makers;
  using UnitsCallable = std::pair<unsigned, const CallGraph::Callable *>;
  llvm::DenseMap<CallGraph::Symbol, llvm::SmallVector<UnitsCallable, 1>> Stores;
  bool StoresListed = false;
  llvm::DenseMap<CallGraph::Symbol, Held> StoredIn;
  /// By function that somebody stores and no other unit can name: its symbol
  /// as a callable.
  llvm::DenseMap<uint32_t, CallGraph::Symbol> CallableOf;
  std::vector<llvm::SmallVector<Target, 2>> Targets; ///< by function
  /// By function: parameters whose values matter.
  std::vector<llvm::SmallVector<uint32_t, 0>> Cares;
  std::vector<std::vector<uint32_t>> Callers; ///< by function
  /// By plane, by function: calls down to the nearest primitive.
  std::array<std::vector<uint32_t>, NumPlanes> Distance;
};

} // namespace nostall

#endif
