//===- Place.h - what holds a value -----------------------------*- C++ -*-===//
//
//   variable      this->member      variable.part.member
//
// Two expressions that name the same place name the same object, as far as that
// can be seen. What an iterator, an owner or a queue in a variable leads to
// (*it, queue.front()) is a member of it without a name. What cannot be named
// so (an element, what a call returns) has no place of its own; a member of it
// goes by the member alone.
//
//===----------------------------------------------------------------------===//

#ifndef NOSTALL_CHECKS_ANALYSIS_FLOW_PLACE_H
#define NOSTALL_CHECKS_ANALYSIS_FLOW_PLACE_H

#include "clang/AST/Expr.h"
#include "llvm/ADT/SmallVector.h"
#include <compare>
#include <optional>
#include <string>

namespace nostall {

class Unit;

/// The way to a part of an object. A unit has each of them once.
struct WayToPart {
  const WayToPart *Outer = nullptr;
  const clang::ValueDecl *Part = nullptr;
};

struct Place {
  const clang::ValueDecl *Root = nullptr;   ///< null: this
  const clang::ValueDecl *Member = nullptr; ///< null: the root itself
  const WayToPart *Outer = nullptr; ///< that has the member; null: the root

  explicit operator bool() const { return Root || Member; }
  auto operator<=>(const Place &) const = default;

  /// The declaration whose name a reader looks for.
  const clang::ValueDecl *decl() const { return Member ? Member : Root; }
  clang::QualType type() const { return decl()->getType(); }
  /// A local variable by value, or a part of one: nobody else changes it while
  /// the function is suspended.
  bool isOwn() const;
  /// All members on the way, the outermost first.
  llvm::SmallVector<const clang::ValueDecl *, 3> members() const;
  /// The way to it from \p Whole, the same place or one that contains it; that
  /// of `this`, where it is none.
  std::optional<llvm::SmallVector<const clang::ValueDecl *, 3>>
  within(const Place &Whole) const;
  /// Both may be the same object: one contains the other, or they are the same
  /// member, reached by two ways.
  bool mayBe(const Place &Other) const;
  std::string name() const;
};

/// What \p Way leads to from \p Whole: of `this`, where that is no place.
Place partOf(Unit &U, Place Whole,
             llvm::ArrayRef<const clang::ValueDecl *> Way);

/// The place that \p E names, through parentheses, casts, `*`, `&`, `->` and
/// calls that only forward their argument; empty if it names none.
Place placeOf(Unit &U, const clang::Expr *E);

} // namespace nostall

#endif
