//===- FactsRecorder.h - writes facts at the walk's position ----*- C++ -*-===//
//
// The half of the walk that does not walk: it knows where the walker stands
// (the path from the body to the current node, the handlers and scopes around
// it) and turns a node into facts. FactsBuilder.cpp is the other half.
//
//===----------------------------------------------------------------------===//

#ifndef NOSTALL_CHECKS_ANALYSIS_FACTS_FACTSRECORDER_H
#define NOSTALL_CHECKS_ANALYSIS_FACTS_FACTSRECORDER_H

#include "Assumptions.h"
#include "Facts.h"
#include "analysis/models/Models.h"

namespace nostall {

class FactsRecorder {
protected:
  FactsRecorder(Unit &U, FunctionFacts &Facts);

  void addVariable(const clang::VarDecl *V, const clang::DeclStmt *S);
  void addConstruction(const clang::CXXConstructExpr *E);
  void addCallExpr(const clang::CallExpr *E);
  CallFact &addCall(CallFact::Kind K, const clang::Stmt *Site,
                    clang::SourceLocation Loc);
  /// The call that the suspension makes of the user's own awaiter.
  void addAwaiterCall(const clang::CoroutineSuspendExpr *Suspend,
                      const clang::Expr *E);
  /// The user's promise is given what \p S returns.
  void addPromiseCall(const clang::CoreturnStmt *S);
  /// What the end of a body destroys: of a destructor the members, and the
  /// parameters by value (of a coroutine, the copies in its frame).
  void destroyMembers(const clang::CXXDestructorDecl *Dtor);
  void destroyParameters(const clang::FunctionDecl *F);
  /// The operator new or delete of a class or program.
  void addAllocation(const clang::Expr *E, const clang::FunctionDecl *Operator);
  /// \p E is dropped: so is what its casts, commas and branches end in.
  void discard(const clang::Expr *E, DiscardFact::How How,
               const clang::ConditionalOperator *Choice = nullptr);
  void addReference(const clang::DeclRefExpr *E);
  void addOwn(const clang::Expr *E);
  /// What \p E itself does, its operands being walked.
  void addOf(const clang::Expr *E);
  /// \p Of (null: what the function returns) holds what \p From gives.
  void addStore(const clang::ValueDecl *Of, const clang::Expr *From);
  void addMemberStores(const clang::InitListExpr *List);
  void addEndOf(const clang::VarDecl *V, const clang::DeclStmt *S);
  void addAssignment(const clang::Expr *To, const clang::Expr *From);
  /// The temporary, if it dies where it was made.
  void addDestruction(const clang::CXXBindTemporaryExpr *E);
  /// What `a` is in `a << b`, `a.f(b)`, and in the implicit nodes between.
  static const clang::Expr *leftOperand(const clang::Expr *E);
  void addParameters();
  /// What the captures of \p E are made of, and what a default one may take
  /// along once it is instantiated: until then, a lambda in a template lists no
  /// captures.
  void addCaptures(const clang::LambdaExpr *E);
  /// A test of a parameter says nothing once that has another value.
  void forgetChangedParams();
  /// A literal of a macro that the models may list.
  void noteMacro(clang::SourceLocation Loc);

  Unit &U;
  const clang::ASTContext &Ctx;
  const StateNames &States;
  FunctionFacts &Facts;
  llvm::SmallVector<const clang::Stmt *, 32> Path;
  llvm::SmallPtrSet<const clang::Expr *, 16> DiscardedValues;
  /// Set while walking code that the language implies: its kind and place.
  std::pair<CallFact::ImpliedBy, clang::SourceLocation> Implied{};
  const clang::CXXForRangeStmt *CurrentRange = nullptr;
  const clang::VarDecl *Initialised = nullptr;
  const clang::FieldDecl *InitialisedMember = nullptr;
  unsigned HandlerDepth = 0;
  unsigned AllowDepth = 0;
  Assumptions Assumed;

private:
  void addArguments(CallFact &C, llvm::ArrayRef<const clang::Expr *> Args);
  CallFact &finish(CallFact &C);
  void noteNonblocking(const CallFact &C, int Index);
  CallFact &finishThrough(CallFact &C,
                          llvm::ArrayRef<const clang::ValueDecl *> Holders);
  void addIndirectCall(CallFact C, const clang::Expr *Callee);
  void addLibraryConstructions(const CallFact &By);
  void addLibraryConstruction(const CallFact &By,
                              const clang::CXXRecordDecl *R);
  void addDescriptorTest(CallFact &C);
  void addModelTests(CallFact &C);
  void makeNonblocking(const clang::ValueDecl *Fd, clang::SourceLocation Loc,
                       const Condition &If = {},
                       const clang::Expr *From = nullptr);
  /// \p From: only if that has a flag.
  void noteNonblockingFlag(const Condition &If,
                           const clang::Expr *From = nullptr);
  void noteFlagGiven(const clang::DeclRefExpr *E);
  bool isNonblockingFlag(const clang::VarDecl *V) const;
  void noteState(llvm::StringRef Name, const clang::NamedDecl *D = nullptr);
  std::optional<VariableUse::Behind> behind(const clang::DeclRefExpr *E) const;
  VariableUse classify(const clang::DeclRefExpr *Ref) const;
  bool isMovedOutOf(const clang::DeclRefExpr *Ref) const;
  VariableFact *factOf(const clang::ValueDecl *D);
  bool isAwaited() const;
  bool isDestroyedHere(const clang::CXXBindTemporaryExpr *E) const;

  /// Variables that hold a flag which makes descriptors non-blocking, and
  /// where.
  llvm::DenseMap<const clang::ValueDecl *, llvm::SmallVector<Condition, 1>>
      Flags;
};

} // namespace nostall

#endif
