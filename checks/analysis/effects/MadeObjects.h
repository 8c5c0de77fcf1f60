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

#include "MemberFlow.h"
#include "analysis/facts/Facts.h"
#include "analysis/facts/Places.h"
#include <optional>

namespace nostall {

class Unit;

class MadeObjects {
public:
  explicit MadeObjects(Unit &U) : U(U), Flows(U, *this) {}

  /// Adds what is known of members of the objects that \p Call of \p Facts is
  /// called on, and given.
  void addMembers(const FunctionFacts &Facts, const CallFact &Call,
                  std::vector<PassedValue> &Out);

  /// The values that \p V, which nobody else gets hold of, is made with.
  MemberValues madeWith(const FunctionFacts &Facts, const clang::VarDecl *V);
  /// Whether a call of \p Method may change \p Field of its object: of a
  /// container, whether it is empty.
  bool changes(const clang::CXXMethodDecl *Method,
               const clang::FieldDecl *Field);

  /// Whether \p Method finds \p Field as it was at its beginning wherever it
  /// reads it: `if (!open_) return; ... open_ = false;` changes it after that.
  bool readsBeforeChange(const clang::CXXMethodDecl *Method,
                         const clang::FieldDecl *Field);

private:
  struct Making {
    const clang::CXXConstructorDecl *By = nullptr;
    llvm::ArrayRef<const clang::Expr *> Args;
    const clang::InitListExpr *List = nullptr; ///< or that
    bool IsOnlyRead = true;
    /// Others may have got hold of it: only what never changes is known.
    bool IsLent = false;
    /// All that are called on it and may change it.
    llvm::SmallVector<const clang::CXXMethodDecl *, 4> Called = {};
    /// Members that the function itself may give other values.
    llvm::SmallVector<const clang::FieldDecl *, 2> Touched = {};
  };
  std::optional<Making> makingOf(const FunctionFacts &Facts,
                                 const clang::Expr *Object);
  std::optional<Making> makingOf(const FunctionFacts &Facts,
                                 const VariableFact &V);
  std::optional<Making> makingBy(const FunctionFacts &Facts,
                                 const clang::Expr *Made);
  std::optional<Making> makingIn(const FunctionFacts &Facts,
                                 const clang::CallExpr &Call);
  /// \p By: the member that is called on it, if one is.
  void addObject(const FunctionFacts &Facts, const clang::Expr *E,
                 uint32_t Object, bool IsConst, const clang::CXXMethodDecl *By,
                 std::vector<PassedValue> &Out);
  void addValues(const Making &M, uint32_t Object, bool IsConst,
                 std::vector<PassedValue> &Out);
  Symbol callableIn(const clang::FieldDecl *Field, const clang::Expr *Value);
  bool keeps(const Making &M, const clang::FieldDecl *Field);
  void forEachValue(
      const Making &M,
      llvm::function_ref<void(const clang::FieldDecl *, const clang::Expr *)>
          Visit);
  bool isSettled(const clang::FieldDecl *Field);
  bool isSettled(const clang::CXXRecordDecl *R);
  void findChanged();

  Unit &U;
  MemberFlows Flows;
  llvm::DenseMap<const clang::VarDecl *, std::optional<Making>> Makings;
  llvm::DenseMap<const clang::CXXRecordDecl *, bool> Settled;
  llvm::DenseMap<
      std::pair<const clang::CXXMethodDecl *, const clang::FieldDecl *>, bool>
      Changes, ReadsFirst;
  /// Members that some body changes; found when somebody asks.
  std::optional<llvm::SmallPtrSet<const clang::FieldDecl *, 8>> Changed;
};

} // namespace nostall

#endif
