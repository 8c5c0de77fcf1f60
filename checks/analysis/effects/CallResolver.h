//===- CallResolver.h - what one call may do --------------------*- C++ -*-===//
//
// Decides, in the order that Effects.h gives, what a call is by itself: a
// primitive, a call of bodies that are here, of a body that is not, of what a
// place holds or of what the function was given. Nothing of other functions'
// summaries is asked.
//
//===----------------------------------------------------------------------===//

#ifndef NOSTALL_CHECKS_ANALYSIS_EFFECTS_CALLRESOLVER_H
#define NOSTALL_CHECKS_ANALYSIS_EFFECTS_CALLRESOLVER_H

#include "ExactClass.h"
#include "ResolvedCall.h"
#include "analysis/source/Suppressions.h"
#include "llvm/ADT/DenseMap.h"
#include "llvm/ADT/SetVector.h"
#include "llvm/ADT/SmallPtrSet.h"

namespace nostall {

class Unit;

class CallResolver {
public:
  explicit CallResolver(Unit &U);

  ResolvedCall resolve(const FunctionFacts &Facts, const CallFact &Call);
  /// What the function \p Arg, which is handed on by \p Call and runs some time
  /// later, does by itself: its body, if there is one here, is asked itself.
  ResolvedCall resolveHanded(const CallFact &Call, const CallableArgument &Arg);
  const Primitive &primitive(unsigned Index) const { return Primitives[Index]; }

  /// Whether the function asks for EAGAIN: in its own body, or by a helper.
  bool testsWouldBlock(const FunctionFacts &Facts);
  /// Whether \p F judges error codes, EAGAIN among them, and does no such I/O
  /// itself.
  bool tellsWouldBlock(const clang::FunctionDecl *F);
  /// Whether the author has said that nothing is to be said of this line.
  bool isSuppressed(clang::SourceLocation Loc,
                    llvm::StringRef Check = "nostall-blocking-call") {
    return Suppressed.covers(Loc, Check);
  }
  /// The NOLINT comments that were asked about calls that block.
  Suppressions &suppressions() { return Suppressed; }
  ExactClass &exactClass() { return Exact; }
  /// The methods of this unit that override \p M, directly or not.
  const std::vector<const clang::CXXMethodDecl *> &
  overridesOf(const clang::CXXMethodDecl *M);
  /// Whether \p R may run \p Body where \p Known is the value of what R.On
  /// numbers: a class, or a callable.
  bool mayRun(const ResolvedCall &R, int64_t Known,
              const clang::FunctionDecl *Body);

private:
  struct OwnedDestructors
      : llvm::SmallSetVector<const clang::CXXDestructorDecl *, 4> {
    /// A class may own others of itself.
    llvm::SmallPtrSet<const clang::CXXRecordDecl *, 4> Seen;
  };

  void resolve(const FunctionFacts &Facts, ResolvedCall &Out);
  void resolveOwned(const FunctionFacts &Facts, const CallFact &Call,
                    ResolvedCall &Out);
  void resolveStored(const FunctionFacts &Facts, const CallFact &Call,
                     ResolvedCall &Out);
  std::string loopOnlySource(const clang::FunctionDecl *F) const;
  void addLoopOnly(const clang::FunctionDecl *F, Hop How, ResolvedCall &Out);
  void addUncalled(const clang::FunctionDecl *F, ResolvedCall &Out);
  void addCallable(const clang::FunctionDecl *F, ResolvedCall &Out);
  uint32_t classNumber(const clang::FunctionDecl *F, const clang::Expr *Object);
  void addHeld(const clang::ValueDecl *Place, ResolvedCall &Out);
  void addOverride(const clang::CXXMethodDecl *Target, ResolvedCall &Out);
  void addOverrides(const clang::CXXMethodDecl *M,
                    const clang::FunctionDecl *Maker, ResolvedCall &Out);
  const clang::FunctionDecl *deleterOf(const FunctionFacts &Facts,
                                       const CallFact &Call,
                                       const clang::CXXRecordDecl *Owner,
                                       const TypeModel &M);
  bool runsHere(const FunctionFacts &Facts, const CallFact &Call,
                const clang::FunctionDecl *Body);
  struct OwnerUses {
    bool IsAlone = false; ///< nobody else ever owns what the member does
    bool IsTaken = false; ///< what it owns may be taken away
  };
  OwnerUses usesOf(const clang::FieldDecl *Member);
  bool isAlone(const FunctionFacts &Facts, const CallFact &Call);
  bool replacesSomething(const FunctionFacts &Facts, const CallFact &Call);
  bool isNeverFilled(const FunctionFacts &Facts, const CallFact &Call);
  bool isMovedOutOf(const FunctionFacts &Facts, const CallFact &Call);
  void addOwned(const clang::CXXRecordDecl *R, OwnedDestructors &Out);
  void addDestructor(const clang::CXXRecordDecl *R, OwnedDestructors &Out);
  void addStoredArguments(const CallFact &Call, const FunctionModel &M,
                          ResolvedCall &Out);
  bool addModelled(const FunctionFacts &Facts, const CallFact &Call,
                   const FunctionModel &Entry, ResolvedCall &Out);
  Decision judge(const FunctionFacts &Facts, const CallFact &Call,
                 const FunctionModel &M, Condition &OnlyIf);
  bool letsGo(const CallFact &Call);
  /// The owner that \p Call, no destructor, is about: its object, or what a
  /// function is given first, as in `std::erase_if(sessions, isOver)`.
  static const clang::Expr *ownerIn(const CallFact &Call);
  /// What \p Call, of an owner, is about: the variable or member.
  static const clang::ValueDecl *ownerNamed(Unit &U, const CallFact &Call);
  /// What \p V holds where \p Until gives it something new, or where it dies;
  /// null if it may hold anything: it was told to do something, or has left.
  static const clang::Expr *heldBy(const VariableFact &V,
                                   const clang::Stmt *Until);
  bool makesWaitingResults(const FunctionFacts &Facts);
  const CallFact *waitsWhenDropped(const FunctionFacts &Facts,
                                   const CallFact &Drops);
  const clang::Expr *
  putInto(const FunctionFacts &Facts, const VariableFact &V,
          const clang::Stmt *Until,
          llvm::function_ref<bool(const clang::Expr *)> Waits);
  unsigned addPrimitive(Primitive P);
  Unit &U;
  ExactClass Exact;
  Suppressions Suppressed;
  std::vector<Primitive> Primitives;
  llvm::DenseMap<const clang::CXXMethodDecl *,
                 std::vector<const clang::CXXMethodDecl *>>
      Overrides;
  bool OverridesListed = false;
  /// Helpers of helpers that ask for EAGAIN are followed so far.
  static constexpr unsigned MaxTellingHelpers = 3;
  bool testsWouldBlock(const FunctionFacts &Facts, unsigned Helpers);
  bool tellsWouldBlock(const clang::FunctionDecl *F, unsigned Helpers);
  llvm::DenseMap<std::pair<const clang::FunctionDecl *, unsigned>, bool>
      WouldBlockTests;
  /// Whether a function calls what waits where its result is dropped.
  llvm::DenseMap<const clang::FunctionDecl *, bool> WaitingResults;
  llvm::DenseMap<const clang::VarDecl *, bool> NeverFilled;
  llvm::DenseMap<const clang::FieldDecl *, OwnerUses> Owners;
  /// By function: what it moves elements out of, and where it begins to.
  llvm::DenseMap<
      const clang::FunctionDecl *,
      llvm::DenseMap<const clang::ValueDecl *, clang::SourceLocation>>
      MovedOutOf;
};

} // namespace nostall

#endif
