//===- Branches.h - what a condition has asked ------------------*- C++ -*-===//
//
//   if (!ready(f) || done) ...; bool got = m.try_lock(); if (got) ...
//
// One reader of conditions for all who follow paths. It takes a condition apart
// (!, &&, ||, comparisons, switch, what a variable has kept) into the questions
// about places that are settled where control goes on, with their answers. What
// a question means, its client says.
//
//===----------------------------------------------------------------------===//

#ifndef NOSTALL_CHECKS_ANALYSIS_FLOW_BRANCHES_H
#define NOSTALL_CHECKS_ANALYSIS_FLOW_BRANCHES_H

#include "Events.h"
#include <map>

namespace nostall {

/// A decision on the way: the condition, and which way it went.
struct Branch {
  const clang::Expr *Condition = nullptr;
  bool Taken = true;
};

/// What decides between the two successors of \p Block, or null: of `a && b`
/// the half that is evaluated last there. A switch asks for a value, and is
/// not a branch, however many cases it has.
const clang::Expr *branchCondition(const clang::CFGBlock &Block);

struct Question {
  /// What is asked: by a call of a member, or of a function that is given it
  /// first; or the place itself (`if (p)`).
  Place Of;
  const clang::CallExpr *Call = nullptr;
  const clang::Expr *Is = nullptr; ///< compared with this; null: whether it is
  bool Holds = true;               ///< the answer
  /// How it is compared. A call is asked for what it is equal to alone.
  ParamTest::Relation By = ParamTest::Relation::Equal;
  bool operator==(const Question &) const = default;
};

/// The answers that variables keep.
class Answers {
public:
  using Visit = llvm::function_ref<void(const Question &)>;

  /// Visits what is settled where \p Condition is \p Holds.
  void read(Unit &U, const clang::Expr *Condition, bool Holds, Visit V) const;
  /// Visits what is settled on the edge \p From to \p To, which is \p IsFirst
  /// of its successors.
  void readEdge(Unit &U, const clang::CFGBlock &From, const clang::CFGBlock &To,
                bool IsFirst, Visit V) const;

  /// \p E gives a variable or member a value: what that answers is kept, as far
  /// as \p Matters.
  void keep(Unit &U, const Event &E,
            llvm::function_ref<bool(const Question &)> Matters);
  /// Answers about \p P do not hold any more.
  void forget(const Place &P) {
    forgetIf([&](const Place &Other) { return Other == P; });
  }
  void forgetIf(llvm::function_ref<bool(const Place &)> Is);
  /// Whatever keeps an answer may have been given another value.
  void forgetKeepers(llvm::function_ref<bool(const Place &)> Is) {
    std::erase_if(Kept, [&](const auto &Entry) { return Is(Entry.first); });
  }
  /// On paths that meet, what all of them keep.
  void meet(const Answers &Other);

  bool empty() const { return Kept.empty(); }
  bool operator==(const Answers &) const = default;

private:
  struct Answer {
    /// Of a truth value: what it says if it is false, and if it is true.
    llvm::SmallVector<Question, 1> If[2];
    /// Of another: the call that has returned it, and its object.
    Question Value;
    bool operator==(const Answer &) const = default;
  };
  class Reader;

  std::map<Place, Answer> Kept;
};

} // namespace nostall

#endif
