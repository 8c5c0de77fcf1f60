//===- Effects.h - what a call does to its thread ---------------*- C++ -*-===//
//
// The second arrow: facts --effects--> Summary. A function's summary says, for
// each category, by which call the function first blocks (its witness), and
// which functions it depends on whose bodies are not here (its externals): it
// is complete relative to those, and can be linked with them later.
//
// What a call does is decided in this order:
//   1. an annotation or attribute of the callee
//   2. the callee's model entry, its argument tests, and the caller's state
//      (EAGAIN is tested, the future is known to be ready)
//   3. callables that the callee runs before it returns
//   4. the callee's body, or every override of it that is known
//   5. else it is an external; nothing is assumed of it
// A lazy coroutine does nothing when it is called; a generator's body runs in
// its caller's context.
//
// Summaries are computed on demand, once, over all that the function reaches;
// cycles by fixpoint. A witness is set once, from a callee that had one
// already, so that every chain ends at a primitive.
//
// A summary is of all calls of the function, whatever its arguments. Where
// conditions on parameters lie below a call (Conditions.h), the effect of that
// call is found by walking down with what is known of its arguments.
//
//===----------------------------------------------------------------------===//

#ifndef NOSTALL_CHECKS_ANALYSIS_EFFECTS_EFFECTS_H
#define NOSTALL_CHECKS_ANALYSIS_EFFECTS_EFFECTS_H

#include "CallResolver.h"
#include "llvm/ADT/SmallBitVector.h"
#include <map>
#include <tuple>

namespace nostall {

class Unit;

struct WalkedBody;

/// One hop of a chain.
struct Witness {
  Hop H = Hop::Calls;
  clang::SourceLocation Loc;
  const clang::FunctionDecl *Callee = nullptr;
  /// The body in which the chain goes on; null at the primitive.
  const clang::FunctionDecl *Next = nullptr;
  unsigned Prim = 0; ///< Effects::primitive index, at the end of the chain
  /// Next with what is known of its arguments, where those rule out the chain
  /// of its summary; else null.
  const WalkedBody *Walked = nullptr;

  /// H, told apart as it is worded.
  Hop kind() const;
};

struct Summary {
  /// An effect, and whether a caller that tests for EAGAIN rules it out. The
  /// two are told apart, so that a witness of one does not hide the other.
  static constexpr unsigned NumPlanes = 2 * NumEffects;
  static Effect categoryOf(unsigned Plane) {
    return static_cast<Effect>(Plane / 2);
  }
  static bool isIfWouldBlock(unsigned Plane) { return Plane % 2; }
  struct Entry {
    unsigned Plane;
    Witness First;
  };
  /// One a plane, in the order of the source, that within callees included.
  llvm::SmallVector<Entry, 1> Found;
  /// Distinct primitives below, as indices, sorted; at most MaxPrimitives.
  llvm::SmallVector<unsigned, 2> Primitives;
  /// Functions without a body, model or annotation here, at most MaxExternals.
  llvm::SmallSetVector<const clang::FunctionDecl *, 4> Externals;
  /// A virtual call is reached that overrides in other units may serve, or a
  /// call through what other units may store a callable in.
  bool Dispatches = false;
  /// Some of it stands under a condition on a parameter.
  bool Conditional = false;
  /// Parameters that are called before the function returns.
  llvm::SmallBitVector InvokedParams;

  static constexpr unsigned MaxPrimitives = 32, MaxExternals = 256;
  bool blocks() const;
  /// By which call it needs the loop's thread.
  const Witness *loopOnly() const { return of(Effect::LoopOnly); }
  /// Its first witness of \p Kind, or of a plane; null if there is none.
  const Witness *of(Effect Kind) const;
  const Witness *in(unsigned Plane) const;
  /// Notes a witness of a plane that has none yet.
  bool add(unsigned Plane, const Witness &W);
  bool addPrimitive(unsigned Id);
  /// Nothing of it can matter to any caller, in this unit or another.
  bool isNothing() const;
  /// The first witness in source order among \p Enabled categories.
  std::optional<std::pair<Effect, Witness>>
  first(llvm::function_ref<bool(Effect)> Enabled) const;
};

class Effects {
public:
  explicit Effects(Unit &U);
  ~Effects();

  /// What \p F does when it is called. \p F needs a body.
  const Summary &summary(const clang::FunctionDecl *F);
  /// Whether control gets to \p Call: a path leads there, on which no two
  /// conditions contradict each other.
  bool isReachable(const FunctionFacts &Facts, const CallFact &Call);
  /// Calls \p Visit with the bodies of the callables that \p Call gives its
  /// callee, and the number of the parameter: what is named, and what is stored
  /// in the place that is named.
  void forEachGiven(
      const CallFact &Call,
      llvm::function_ref<void(unsigned, const clang::FunctionDecl *)> Visit);
  bool neverHolds(const FunctionFacts &Facts, const CallFact &Call);
  /// What decides about one call in \p Facts, and by which model if by one.
  std::pair<Decision, const FunctionModel *>
  decisionOn(const FunctionFacts &Facts, const CallFact &Call);
  /// What one call in \p Facts does.
  Summary effectOf(const FunctionFacts &Facts, const CallFact &Call);
  /// What the function \p Arg, which \p Call hands on, does when it runs.
  Summary effectOfHanded(const FunctionFacts &Facts, const CallFact &Call,
                         const CallableArgument &Arg);
  /// The calls in the body of \p F that lead anywhere.
  llvm::ArrayRef<ResolvedCall> calls(const clang::FunctionDecl *F);
  /// The hops from \p W down to its primitive, \p W first.
  llvm::SmallVector<Witness, 4> chain(Witness W);
  const Primitive &primitive(unsigned Index) const {
    return Calls.primitive(Index);
  }
  /// What is known of single calls.
  CallResolver &resolver() { return Calls; }
  unsigned countEnabled(const Summary &S,
                        llvm::function_ref<bool(Effect)> Enabled) const;

private:
  struct Node;
  class ArgumentWalk;

  Node &explore(const clang::FunctionDecl *F);
  Node *find(const clang::FunctionDecl *F) const;
  Node &nodeOf(const clang::FunctionDecl *F) const;
  /// Calls \p Visit with each body here that \p Call leads to, and with those
  /// of the callables that it is given and may run.
  void forEachBody(const ResolvedCall &Call,
                   llvm::function_ref<void(const clang::FunctionDecl *)> Visit);
  bool contribute(const FunctionFacts &Facts, const ResolvedCall &R,
                  Summary &Into);
  bool mergeGiven(const FunctionFacts &Facts, const ResolvedCall &R,
                  const Summary &Callee, Summary &Into);
  bool mergeBody(const FunctionFacts &Facts, const ResolvedCall &R,
                 const clang::FunctionDecl *Body, Hop H, Summary &Into);
  bool isRuledOut(const FunctionFacts &Facts, unsigned Plane);
  bool mattersToCaller(const ResolvedCall &R) const;
  void walkWithArguments(const FunctionFacts &Facts, ResolvedCall &R,
                         Summary &S);
  bool invokes(Node &N, const KnownValues &Known, unsigned Param,
               unsigned Depth = 0);
  unsigned planeOf(unsigned Prim) const;
  llvm::ArrayRef<PassedValue> passed(const FunctionFacts &Facts,
                                     ResolvedCall &R);
  llvm::ArrayRef<uint32_t> caredFor(Node &N);

  Unit &U;
  CallResolver Calls;
  llvm::DenseMap<const clang::FunctionDecl *, std::unique_ptr<Node>> Nodes;
  std::map<std::tuple<const Node *, KnownValues, bool>,
           std::unique_ptr<WalkedBody>>
      Walked;
  std::map<std::tuple<const Node *, KnownValues, unsigned>, bool> Invokes;
};

} // namespace nostall

#endif
