//===- MadeObjects.h - members whose values are known -----------*- C++ -*-===//
//
//   Journal journal(Mode::Async);
//   journal.flush();      // void flush() { if (mode_ == Mode::Async) return;
//   ...
//
// A call on an object that the function has made, or that is given one, passes
// on the values that its constructor, or its initialiser, has given the members
// that nothing changes afterwards; of the function's own object, and of one
// that it was given, all that is known.
//
//===----------------------------------------------------------------------===//

#ifndef NOSTALL_CHECKS_ANALYSIS_EFFECTS_MADEOBJECTS_H
#define NOSTALL_CHECKS_ANALYSIS_EFFECTS_MADEOBJECTS_H

#include "MemberChanges.h"
#include "ValueFlow.h"
#include "analysis/facts/Facts.h"
#include "analysis/facts/GivenValues.h"
#include "analysis/facts/Places.h"
#include <optional>

namespace nostall {

class Unit;

/// The class of the object that \p T is, or points to; null if it is none.
const clang::CXXRecordDecl *classOf(clang::QualType T);

/// An object with members of its own that \p T is, or leads to.
bool hasMembers(Unit &U, clang::QualType T);

class MadeObjects {
public:
  /// How an object was made, and who may have changed it.
  struct Making {
    const clang::CXXConstructorDecl *By = nullptr;
    llvm::ArrayRef<const clang::Expr *> Args;
    const clang::InitListExpr *List = nullptr; ///< or that
    /// Of the function that Args, or List, stand in.
    const FunctionFacts *In = nullptr;
    /// Or by the initialisers in its class alone: a constructor that nobody has
    /// written, and the compiler has had no need for yet.
    const clang::CXXRecordDecl *Defaulted = nullptr;
    bool IsOnlyRead = true;
    /// Others may have got hold of it: only what never changes is known.
    bool IsLent = false;
    /// All that are called on it and may change it.
    llvm::SmallVector<const clang::CXXMethodDecl *, 4> Called = {};
    /// Whom it is lent to, who may change it.
    llvm::SmallVector<GivenFor, 2> Lent = {};
    /// Others that have got hold of it are functions of other units, of which
    /// the program may know more; unless it is lost.
    llvm::SmallVector<GivenFor, 2> LentElsewhere = {};
    bool IsLost = false;
    /// Members that the function itself may give other values.
    llvm::SmallVector<const clang::FieldDecl *, 2> Touched = {};
    /// Those that the factory which made it has given one, and that; null: it
    /// may be several.
    llvm::SmallVector<std::pair<const clang::FieldDecl *, const clang::Expr *>,
                      2>
        Assigned = {};
    /// In is a factory's, whose parameters are what this call of Caller's
    /// gives.
    const clang::CallExpr *Factory = nullptr;
    const FunctionFacts *Caller = nullptr;

    const clang::CXXRecordDecl *madeClass() const;
  };

  explicit MadeObjects(Unit &U) : U(U), Members(U), Flows(U, *this), Given(U) {}

  /// Adds what is known of members of the objects that \p Call of \p Facts is
  /// called on, and given.
  void addMembers(const FunctionFacts &Facts, const CallFact &Call,
                  std::vector<PassedValue> &Out);

  /// The values that \p V, which nobody else gets hold of, is made with.
  MemberValues madeWith(const FunctionFacts &Facts, const clang::VarDecl *V);
  /// Calls \p Visit with each object that the function has made and that \p
  /// Call is made on, or gives its callee, which object of the callee's it is,
  /// and whether nobody that is given it can change it.
  void forEachMade(
      const FunctionFacts &Facts, const CallFact &Call,
      llvm::function_ref<void(const Making &, uint32_t Object, bool IsConst)>
          Visit);
  /// A member, what it is given, and the value that this has, if it is known: a
  /// constant, the callable that it holds, or the stream that it is. The
  /// expression is null where only that is known.
  using VisitValue = llvm::function_ref<void(MemberPathRef, const clang::Expr *,
                                             std::optional<int64_t>)>;
  /// The members that \p M gives a value, and those of members that are objects
  /// themselves: by a constructor without arguments, its own parameters.
  void forEachValue(const Making &M, VisitValue Visit);
  using VisitKnown = llvm::function_ref<void(MemberPathRef, int64_t)>;
  /// The members of the object that \p E makes, or names, whose values are
  /// known.
  void forEachKnown(const FunctionFacts &Facts, const clang::Expr *E,
                    VisitKnown Visit);
  /// What the members of every object of the class of \p Method have that \p
  /// When is about: private ones, whose class is here whole and which nothing
  /// ever gives another value.
  KnownValues always(const clang::CXXMethodDecl &Method, const Condition &When);
  /// Where the constructor of \p M is called, in the function that makes it.
  const CallFact *callOf(const Making &M) const;
  /// What is known along the paths of bodies.
  ValueFlows &flows() { return Flows; }
  /// What methods do to members.
  MemberChanges &members() { return Members; }

private:
  std::optional<Making> makingOf(const FunctionFacts &Facts,
                                 const clang::Expr *Object);
  std::optional<Making> makingOf(const FunctionFacts &Facts,
                                 const VariableFact &V);
  std::optional<Making> makingOf(const FunctionFacts &Facts,
                                 const clang::FieldDecl &Member);
  std::optional<int64_t> givenToFactory(const Making &M, const clang::Expr *E);
  void addUse(const VariableUse &Use, bool IsOwner, Making &Made);
  std::optional<Making> makingBy(const FunctionFacts &Facts,
                                 const clang::Expr *Made);
  std::optional<Making> makingIn(const FunctionFacts &Facts,
                                 const clang::CallExpr &Call);
  bool owns(clang::QualType T) const;
  std::optional<Making> makingReturned(const clang::FunctionDecl *By);
  void forEachObject(
      const CallFact &Call,
      llvm::function_ref<void(const clang::Expr *, uint32_t, bool)> Visit);
  void addClass(const FunctionFacts &Facts, const clang::Expr *E,
                uint32_t Object, std::vector<PassedValue> &Out);
  void addObject(const FunctionFacts &Facts, const clang::Expr *E,
                 uint32_t Object, std::vector<PassedValue> &Out);
  void forEachKnown(const Making &M, bool IsConst, VisitKnown Visit);
  std::optional<int64_t> valueIn(const clang::FieldDecl *Field,
                                 const clang::Expr *Value);
  void addCopied(const FunctionFacts &Facts, const Making &M, uint32_t Object,
                 bool IsConst, std::vector<PassedValue> &Out);
  Symbol callableIn(const clang::FieldDecl *Field, const clang::Expr *Value);
  std::vector<PassedValue> passedTo(const Making &M);
  std::optional<bool>
  testedBy(const clang::CXXConstructorDecl &Ctor,
           const clang::CXXCtorInitializer &I,
           llvm::function_ref<const std::vector<PassedValue> &()> Passed);
  bool changesInMaking(const Making &M, MemberPathRef Path,
                       std::optional<int64_t> Is);
  bool keeps(const Making &M, MemberPathRef Path, std::optional<int64_t> Is);
  bool isKept(const Making &M, bool IsConst, MemberPathRef Path,
              std::optional<int64_t> Is = std::nullopt);
  void forEachPart(const clang::FieldDecl *Field, const clang::Expr *Value,
                   const FunctionFacts &In, VisitValue Visit);

  Unit &U;
  MemberChanges Members;
  ValueFlows Flows;
  llvm::DenseMap<const clang::VarDecl *, std::optional<Making>> Makings;
  using ByNumber = llvm::DenseMap<uint32_t, MemberPath>;
  llvm::DenseMap<const clang::CXXRecordDecl *, ByNumber> MembersOf;
  GivenValues Given;
  /// Of members of members, and of constructors that call others: an object may
  /// refer to itself.
  static constexpr unsigned MaxPartDepth = 4;
  unsigned PartDepth = 0;
};

} // namespace nostall

#endif
