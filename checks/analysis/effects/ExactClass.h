//===- ExactClass.h - the class of an object behind a base ------*- C++ -*-===//
//
//   std::shared_ptr<Store> s = std::make_shared<Memory>();
//   s->put();                               // Memory::put, and no other
//
// Where the function itself has made what it calls, directly or by a factory
// with a body here, a virtual call has one target; or a few, where it may have
// made one of several. So it has where a private member is called that its
// class gives no other object, and where a container holds objects, and neither
// pointers nor owners. Where a factory elsewhere has made it, that says what it
// makes.
//
//===----------------------------------------------------------------------===//

#ifndef NOSTALL_CHECKS_ANALYSIS_EFFECTS_EXACTCLASS_H
#define NOSTALL_CHECKS_ANALYSIS_EFFECTS_EXACTCLASS_H

#include "analysis/facts/ConditionReader.h"
#include "analysis/facts/GivenValues.h"
#include "analysis/facts/Places.h"
#include <map>

namespace nostall {

class Unit;

class ExactClass {
public:
  explicit ExactClass(Unit &U) : U(U), Given(U) {}

  /// The methods one of which \p Call of \p Facts, which is virtual, runs; none
  /// if it may be any.
  llvm::SmallVector<const clang::CXXMethodDecl *, 2>
  targetsOf(const FunctionFacts &Facts, const CallFact &Call);
  using Classes = llvm::SmallVector<const clang::CXXRecordDecl *, 2>;
  struct Origin {
    Classes AnyOf = {}; ///< one of these classes; none: not known
    /// The function without a body here that has made it, or null.
    const clang::FunctionDecl *Maker = nullptr;

    void join(const Origin &Other);
    const clang::CXXRecordDecl *only() const {
      return AnyOf.size() == 1 ? AnyOf.front() : nullptr;
    }
  };
  /// What \p D, an owner or a pointer, has.
  Origin heldBy(const clang::ValueDecl *D) { return ofNamed(D, 0); }
  /// The same of \p Temporary.
  Origin heldBy(const clang::CXXBindTemporaryExpr *Temporary);
  /// The class of \p E, or of what that points to or owns, if it is polymorphic
  /// and no other can be there: its symbol; else 0.
  Symbol symbolOf(const clang::Expr *E);
  /// Whether nobody ever gives \p Member, which is private, anything but null.
  bool isNeverFilled(const clang::FieldDecl *Member);
  /// The owner that \p E is what it leads to of: of `*p` and `p->` p; or null.
  const clang::Expr *ownerOf(const clang::Expr *E) const;
  /// Whether what a \p T is, points to, or owns may be of several classes.
  bool leadsToBase(clang::QualType T) const;
  /// Whether \p Call, which is virtual, of an object of the class with the
  /// symbol \p Class may run \p Body.
  bool runs(int64_t Class, const CallFact &Call,
            const clang::FunctionDecl *Body) const;
  /// The classes that somebody has asked for by symbol, which is the same in
  /// all units.
  const std::map<Symbol, const clang::CXXRecordDecl *> &asked() const {
    return BySymbol;
  }
  /// The function without a body here whose result \p Call is called on, or
  /// null.
  const clang::FunctionDecl *makerOf(const FunctionFacts &Facts,
                                     const CallFact &Call);
  /// The classes of what the body of \p F returns, if each is known: one for
  /// each return statement, and none for those that return nothing.
  const std::optional<Classes> &madeBy(const clang::FunctionDecl *F);

private:
  static Origin exactly(const clang::CXXRecordDecl *R);
  Origin of(const clang::Expr *E, unsigned Depth);
  Origin ofNamed(const clang::ValueDecl *D, unsigned Depth);
  Origin ofObject(const FunctionFacts &Facts, const CallFact &Call);
  bool isOwner(clang::QualType T) const;
  bool keepsObjects(clang::QualType T, const clang::CXXRecordDecl *R,
                    unsigned Depth) const;
  const clang::CXXRecordDecl *elementClass(const clang::Expr *E) const;

  Unit &U;
  GivenValues Given;
  llvm::DenseMap<const clang::FunctionDecl *, std::optional<Classes>> Made;
  llvm::DenseMap<const clang::ValueDecl *, Origin> Named;
  std::map<Symbol, const clang::CXXRecordDecl *> BySymbol;
};

} // namespace nostall

#endif
