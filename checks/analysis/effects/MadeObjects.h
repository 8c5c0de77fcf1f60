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

#include "analysis/facts/Facts.h"
#include <optional>

namespace nostall {

class Unit;

class MadeObjects {
public:
  explicit MadeObjects(Unit &U) : U(U) {}

  /// Adds what is known of members of the objects that \p Call of \p Facts is
  /// called on, and given.
  void addMembers(const FunctionFacts &Facts, const CallFact &Call,
                  std::vector<PassedValue> &Out);

private:
  struct Making {
    const clang::CXXConstructorDecl *By = nullptr;
    llvm::ArrayRef<const clang::Expr *> Args;
    const clang::InitListExpr *List = nullptr; ///< or that
    bool IsOnlyRead = true;
  };
  std::optional<Making> makingOf(const FunctionFacts &Facts,
                                 const clang::Expr *Object);
  std::optional<Making> makingOf(const FunctionFacts &Facts,
                                 const VariableFact &V);
  std::optional<Making> makingBy(const FunctionFacts &Facts,
                                 const clang::Expr *Made);
  void addObject(const FunctionFacts &Facts, const clang::Expr *E,
                 uint32_t Object, bool IsConst, std::vector<PassedValue> &Out);
  void addValues(const Making &M, uint32_t Object, bool IsConst,
                 std::vector<PassedValue> &Out);
  bool isSettled(const clang::FieldDecl *Field);
  bool isSettled(const clang::CXXRecordDecl *R);
  void findChanged();

  Unit &U;
  llvm::DenseMap<const clang::VarDecl *, std::optional<Making>> Makings;
  llvm::DenseMap<const clang::CXXRecordDecl *, bool> Settled;
  /// Members that some body changes; found when somebody asks.
  std::optional<llvm::SmallPtrSet<const clang::FieldDecl *, 8>> Changed;
};

} // namespace nostall

#endif
