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

#include "Hop.h"
#include "analysis/facts/Facts.h"
#include "analysis/models/Models.h"
#include "analysis/source/Suppressions.h"
#include "llvm/ADT/DenseSet.h"
#include "llvm/ADT/SetVector.h"
#include "llvm/ADT/SmallBitVector.h"
#include <map>
#include <tuple>

namespace nostall {

class Unit;

/// A call that blocks, or needs the loop's thread, by itself, and how that is
/// known.
struct Primitive {
  Category Cat = Category::Wait;
  const clang::FunctionDecl *Callee = nullptr;
  clang::SourceLocation Loc;
  /// "model posix.yaml:12 (man 2 read)", "annotation NOSTALL_BLOCKING"
  std::string Source;
  /// Null where an annotation says it.
  const FunctionModel *Model = nullptr;
};

/// What decided about a call, in words of the order above.
enum class Decision : unsigned char {
  Indirect,              ///< the callee is not known
  Allowed,               ///< the scope around it allows blocking
  BeforeExit,            ///< the block around it ends the program
  Declared,              ///< an annotation or attribute of the callee
  Model,                 ///< a model: it blocks, or it never does
  Arguments,             ///< a model: not with these arguments
  WouldBlockTested,      ///< the caller tests for EAGAIN
  NonblockingDescriptor, ///< the caller made the descriptor non-blocking
  KnownReady,            ///< the caller knows the result to be there
  Suppressed,            ///< it blocks, but NOLINT stands beside it
  MovedFrom,             ///< the destroyed object is empty
  Opaque,                ///< a namespace that is known by models alone
  Coroutine,             ///< reported in its own body
  Body,                  ///< what its body does
  Elsewhere,             ///< its body is in another unit
  Unknown,               ///< neither a model nor a body can be had
};

struct WalkedBody;

/// One hop of a chain.
struct Witness {
  using How = Hop;
  How H = How::Calls;
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
  static Category categoryOf(unsigned Plane) {
    return static_cast<Category>(Plane / 2);
  }
  static bool isIfWouldBlock(unsigned Plane) { return Plane % 2; }
  struct Effect {
    unsigned Plane;
    Witness First;
  };
  /// One a plane, in the order of the source, that within callees included.
  llvm::SmallVector<Effect, 1> Found;
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
  const Witness *loopOnly() const { return of(Category::LoopOnly); }
  /// Its first witness of \p Cat, or of a plane; null if there is none.
  const Witness *of(Category Cat) const;
  const Witness *in(unsigned Plane) const;
  /// Notes a witness of a plane that has none yet.
  bool add(unsigned Plane, const Witness &W);
  bool addPrimitive(unsigned Id);
  /// Nothing of it can matter to any caller, in this unit or another.
  bool isNothing() const;
  /// The first witness in source order among \p Enabled categories.
  std::optional<std::pair<Category, Witness>>
  first(llvm::function_ref<bool(Category)> Enabled) const;
};

class Effects {
  friend class Summariser;

public:
  explicit Effects(Unit &U);
  ~Effects();

  /// What \p F does when it is called. \p F needs a body.
  const Summary &summary(const clang::FunctionDecl *F);
  /// What decides about one call in \p Facts, and by which model if by one.
  std::pair<Decision, const FunctionModel *>
  decisionOn(const FunctionFacts &Facts, const CallFact &Call);
  /// What one call in \p Facts does.
  Summary effectOf(const FunctionFacts &Facts, const CallFact &Call);
  /// The hops from \p W down to its primitive, \p W first.
  llvm::SmallVector<Witness, 4> chain(Witness W);
  /// Whether the author has said that nothing is to be said of this line.
  bool isSuppressed(clang::SourceLocation Loc,
                    llvm::StringRef Check = "nostall-blocking-call");
  const Primitive &primitive(unsigned Index) const { return Primitives[Index]; }
  /// The NOLINT comments that were asked about calls that block.
  Suppressions &suppressions() { return Suppressed; }
  unsigned countEnabled(const Summary &S,
                        llvm::function_ref<bool(Category)> Enabled) const;

private:
  struct Resolved;
  struct Node;

  using OwnedDestructors =
      llvm::SmallSetVector<const clang::CXXDestructorDecl *, 4>;

  void addOwned(const clang::CXXRecordDecl *R, OwnedDestructors &Out);
  void resolveOwned(const CallFact &Call, Resolved &Out);
  void resolveStored(const CallFact &Call, Resolved &Out);
  void resolveLoopOnly(const CallFact &Call, Resolved &Out);
  void addOverrides(const clang::CXXMethodDecl *M, Resolved &Out);
  void resolve(const FunctionFacts &Facts, const CallFact &Call, Resolved &Out);
  bool contribute(const FunctionFacts &Facts, const Resolved &R, Summary &Into);
  bool mergeBody(const FunctionFacts &Facts, const Resolved &R,
                 const clang::FunctionDecl *Body, Witness::How H,
                 Summary &Into);
  bool isRuledOut(const FunctionFacts &Facts, unsigned Plane);
  bool mattersToCaller(const Resolved &R) const;

  bool testsWouldBlock(const FunctionFacts &Facts);
  bool tellsWouldBlock(const clang::FunctionDecl *F);
  std::optional<unsigned> primitiveAt(const FunctionFacts &Facts,
                                      const CallFact &Call,
                                      const FunctionModel &M, Decision &Why);
  const CallFact *waitsOnDestroy(const FunctionFacts &Facts,
                                 const CallFact &Destroyed);
  unsigned addPrimitive(Primitive P);
  bool isReachable(const clang::FunctionDecl *F, const CallFact &Call);
  class ArgumentWalk;
  void walkWithArguments(const FunctionFacts &Facts, Resolved &R, Summary &S);
  bool invokes(Node &N, const KnownValues &Known, unsigned Param,
               unsigned Depth = 0);
  unsigned planeOf(unsigned Prim) const;
  llvm::ArrayRef<PassedValue> passed(const FunctionFacts &Facts, Resolved &R);
  llvm::ArrayRef<uint32_t> caredFor(Node &N);
  Node &explore(const clang::FunctionDecl *F);
  const std::vector<const clang::CXXMethodDecl *> &
  overridesOf(const clang::CXXMethodDecl *M);

  Unit &U;
  Suppressions Suppressed;
  std::vector<Primitive> Primitives;
  llvm::DenseMap<const clang::FunctionDecl *, std::unique_ptr<Node>> Nodes;
  llvm::DenseMap<const clang::CXXMethodDecl *,
                 std::vector<const clang::CXXMethodDecl *>>
      Overrides;
  bool OverridesListed = false;
  std::map<std::tuple<const Node *, KnownValues, bool>,
           std::unique_ptr<WalkedBody>>
      Walked;
  std::map<std::tuple<const Node *, KnownValues, unsigned>, bool> Invokes;
  llvm::DenseMap<const clang::FunctionDecl *, bool> WouldBlockTests;
};

} // namespace nostall

#endif
