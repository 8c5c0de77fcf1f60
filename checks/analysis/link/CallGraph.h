//===- CallGraph.h - what other units may need of one -----------*- C++ -*-===//
//
//   Unit ──Summariser──▶ CallGraph ──Linker──▶ chains across files
//
// The calls of one translation unit that may matter to others, as plain values:
// no pointer into an AST, so that it can be kept in the index or sent to
// another machine. Direct calls only; what they reach is the linker's work.
//
// A node is a function with a body here. Functions that can neither block nor
// depend on anything outside are left out, and calls of them too; of what other
// units could call, the name is kept.
//
// A symbol is a hash of the function's USR (Clang's name for a declaration
// across units): two units that mean the same function say the same symbol.
//
//===----------------------------------------------------------------------===//

#ifndef NOSTALL_CHECKS_ANALYSIS_LINK_CALLGRAPH_H
#define NOSTALL_CHECKS_ANALYSIS_LINK_CALLGRAPH_H

#include "analysis/effects/Hop.h"
#include "analysis/facts/Places.h"
#include "analysis/models/Models.h"
#include <cstdint>
#include <string>
#include <vector>

namespace nostall {

struct CallGraph {
  /// An index in Strings; 0 is the empty string.
  using Text = uint32_t;
  using Symbol = nostall::Symbol; ///< 0: none
  using DescriptorFlow = nostall::DescriptorFlow;

  struct Place {
    Text File = 0; ///< absolute
    uint32_t Offset = 0, Line = 0, Column = 0;
  };

  /// A call that blocks by itself.
  struct Primitive {
    Effect What = Effect::Wait;
    bool UnlessWouldBlockTested = false;
    Text Name = 0, Source = 0, Remedy = 0;
    Place At;
  };

  /// A callable that a call passes on.
  struct Callable {
    enum class Is : unsigned char {
      Node,   ///< Target is an index in Nodes; Of what is stored, its symbol
      Param,  ///< Target is the number of the caller's own parameter
      Symbol, ///< Of, whose body is in another unit
      Place,  ///< what the place Of holds (StoredCallables.h)
    };
    uint32_t Arg = 0;
    Is Kind = Is::Node;
    uint32_t Target = 0;
    Symbol Of = 0;
    auto operator<=>(const Callable &) const = default;
  };

  /// The member \p Name is a member of a member: who changes the field \p Of,
  /// one of those that lead to it, changes it.
  struct MemberPart {
    uint32_t Name = 0, Of = 0;
    auto operator<=>(const MemberPart &) const = default;
  };

  /// An object that the function has made, of a class with members in other
  /// units, and that a call is made on or given.
  struct MadeObject {
    uint32_t Object = 0; ///< which of the callee's it is
    Symbol By = 0;       ///< its constructor, if that is elsewhere
    /// To By's parameters, and members of what they are given; else to members.
    std::vector<PassedValue> Given;
    std::vector<MemberPart> Parts; ///< of the members in Given
    /// All that may have changed it.
    std::vector<Symbol> Called;
    /// The method that is called on it and may change it now.
    Symbol Callee = 0;
    auto operator<=>(const MadeObject &) const = default;
  };

  struct Edge {
    enum class To : unsigned char {
      Primitive,  ///< Target is an index in Primitives
      Node,       ///< Target is an index in Nodes
      Symbol,     ///< a function whose body is in another unit
      Overriders, ///< whatever overrides the symbol, in any unit
      Parameter,  ///< Target is the number of the caller's own parameter
      Stored,     ///< whatever callable the place Of holds, in any unit
    };
    Hop How = Hop::Calls;
    To Kind = To::Node;
    uint32_t Target = 0;
    Symbol Of = 0;
    Symbol Maker = 0; ///< Overriders: of the object, if it is known
    uint32_t On = 0;  ///< what says what it runs (ResolvedCall::On)
    Text Callee = 0;  ///< as displayed
    Place At;
    std::vector<Callable> Callables;
    /// Primitive: places that hold its descriptor (Descriptors.h).
    std::vector<Symbol> Descriptor;
    Condition When;                  ///< on the caller's parameters
    std::vector<PassedValue> Passed; ///< to the callee's
    std::vector<MadeObject> Objects;
  };

  struct Node {
    Symbol Id = 0; ///< 0: no other unit can name it
    Text Name = 0; ///< as displayed
    bool TestsWouldBlock = false;
    /// Of a node of one call: the functions elsewhere that its caller may ask
    /// for EAGAIN by, number N - 1 of Judges; 0: none.
    uint32_t Judges = 0;
    std::vector<Symbol> Overridden; ///< all that it overrides
    std::vector<Edge> Edges;
  };

  /// What a finding takes for granted, and the program may refute: the
  /// coroutine runs on the event loop, and none of the functions that have
  /// suspended it, with bodies in other units, has moved it. That those which
  /// were given its handle keep it for its loop, the program has to know.
  struct Premise {
    Symbol Coroutine = 0;
    std::vector<Symbol> Through; ///< the last at the end
    std::vector<Symbol> Kept;
    bool isEmpty() const {
      return !Coroutine && Through.empty() && Kept.empty();
    }
    auto operator<=>(const Premise &) const = default;
  };

  /// An await_suspend with a body here that moves the coroutine: to an event
  /// loop, or away from it.
  struct Move {
    Symbol By = 0;
    bool ToLoop = false;
  };

  /// A call on the event loop that blocks if something in another unit does.
  struct OpenCall {
    uint32_t Caller = 0;  ///< a node of this call's edges alone
    Text Call = 0;        ///< "call to 'f'"
    uint32_t Enabled = 0; ///< categories that are reported, a bit each
    Premise Assumes;
    bool IsEventLoop = true; ///< and not just a thread that runs coroutines
  };

  /// A finding that stands as long as its premise does.
  struct Assumption {
    Text Check = 0;
    Place At;
    Premise Of;
  };

  /// A finding about a descriptor that other units may have made non-blocking:
  /// it stands as long as the call, whose edges are those of Caller, blocks.
  struct Doubt {
    Text Check = 0;
    Place At;
    uint32_t Caller = 0;
    uint32_t Enabled = 0; ///< categories that are reported, a bit each
  };

  /// A function with a body here takes a thread lock for its callers, or gives
  /// one back that it has not taken.
  struct LockUse {
    Symbol Of = 0;
    uint32_t Object = 0; ///< whose lock it is: OwnObject, objectOf(N), ...
    bool Takes = false;
    auto operator<=>(const LockUse &) const = default;
  };

  /// The program has the use Then if it has If, and none of Unless.
  struct LockRule {
    LockUse Then, If;
    std::vector<LockUse> Unless;
    auto operator<=>(const LockRule &) const = default;
  };

  /// A call that takes a lock if the program has the use Takes; it is held as
  /// long as the program has none of GiveBack.
  struct LockCall {
    Place At;
    LockUse Takes;
    std::vector<LockUse> GiveBack;
  };

  /// A finding that stands if one of the calls By does that.
  struct LockDoubt {
    Text Check = 0;
    Text Lock = 0; ///< its name
    Place At;
    std::vector<LockCall> By;
  };

  /// A function with a body here that makes objects of classes that it knows,
  /// or such a class: what its virtual methods run, as far as it matters.
  struct Factory {
    Symbol Of = 0;
    std::vector<Callable> Methods;
  };

  /// What a method with a body here does to the members of its object
  /// (MemberChanges.h), which go by their names.
  struct MemberUse {
    Symbol Of = 0;
    bool Anything = false;
    std::vector<uint32_t> Changes, Fills, ReadsChanged;
    std::vector<uint32_t> ReadsAfter; ///< AnyMember: all
    std::vector<Symbol> Elsewhere;
    std::vector<PassedValue> Gives; ///< a constructor: what members are then
    std::vector<MemberPart> Parts;  ///< of the members in Gives
    auto operator<=>(const MemberUse &) const = default;
  };

  /// The place In (a member, a variable, a parameter) may hold the callable
  /// What.
  struct Store {
    Symbol In = 0;
    Callable What;
    auto operator<=>(const Store &) const = default;
  };

  /// What becomes of a coroutine that this or another unit has the body of.
  struct CoroutineUse {
    enum class Runs : unsigned char {
      OffLoop,     ///< it is handed to a worker or another process, or awaited
                   ///< where nobody knows that it is the loop
      WithAwaiter, ///< the coroutine By awaits it
      Otherwise,
    };
    Symbol Of = 0;
    Runs Where = Runs::Otherwise;
    Symbol By = 0;
    Text File = 0;      ///< where that stands, absolute
    Premise Under = {}; ///< of the awaiter there; if it is refuted: OffLoop
    auto operator<=>(const CoroutineUse &) const = default;
  };

  std::vector<std::string> Strings{""};
  Place Main; ///< of the unit's main, if it has one
  std::vector<Primitive> Primitives;
  std::vector<Node> Nodes;
  std::vector<OpenCall> Open;
  std::vector<Assumption> Assumptions;
  std::vector<Doubt> Doubts;
  std::vector<CoroutineUse> Uses;          ///< each once
  std::vector<DescriptorFlow> Descriptors; ///< each once
  std::vector<Store> Stores;               ///< each once
  /// Functions that do no I/O and test an error for EAGAIN: who calls them
  /// tests for it.
  std::vector<Symbol> TellWouldBlock;
  /// Functions with bodies elsewhere that a caller may ask.
  struct JudgeList {
    std::vector<Symbol> Of;
  };
  std::vector<JudgeList> Judges;
  /// Functions with a body here, of which other units could ask for it, that do
  /// nothing. Where another program of the same database has another function
  /// of that name, a call does not count as one of it.
  std::vector<Symbol> Harmless;
  std::vector<Factory> Factories;
  std::vector<MemberUse> MemberUses; ///< by symbol, each once
  std::vector<Move> Moves;
  /// Functions with a body here that are given the handle of a coroutine, and
  /// keep it for its loop.
  std::vector<Symbol> Keep;
  std::vector<LockUse> Locks;      ///< each once
  std::vector<LockRule> LockRules; ///< each once
  std::vector<LockDoubt> LockDoubts;

  const std::string &text(Text T) const { return Strings[T]; }
};

} // namespace nostall

#endif
