//===- MadeObjects.h - members whose values are known -----------*- C++ -*-===//
//
//   Journal journal(Mode::Async);
//   journal.flush();      // void flush() { if (mode_ == Mode::Async) return;
//   ...
//
// A call on an object that the function has made passes on the values that its
// constructor, or its initialiser, has given the members that nothing changes
// afterwards; a call on the function's own object passes on all of its members.
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

  /// Adds what is known of members of the object that \p Call of \p Facts is
  /// called on.
  void addMembers(const FunctionFacts &Facts, const CallFact &Call,
                  std::vector<PassedValue> &Out);

private:
  struct Making {
    const clang::CXXConstructorDecl *By = nullptr;
    llvm::ArrayRef<const clang::Expr *> Args;
    const clang::InitListExpr *List = nullptr; ///< or that
  };
  std::optional<Making> makingOf(const FunctionFacts &Facts,
                                 const clang::Expr *Object);
  std::optional<Making> makingBy(const FunctionFacts &Facts,
                                 const clang::Expr *Made);
  void addValues(const Making &M, std::vector<PassedValue> &Out);
  bool isSettled(const clang::FieldDecl *Field);
  void findChanged();

  Unit &U;
  /// Members that some body changes; found when somebody asks.
  std::optional<llvm::SmallPtrSet<const clang::FieldDecl *, 8>> Changed;
};

} // namespace nostall

#endif
