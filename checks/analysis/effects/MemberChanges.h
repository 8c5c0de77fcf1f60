//===- MemberChanges.h - what functions do to members -----------*- C++ -*-===//
//
//   void Conn::close() { if (!open_) return; send_bye(); open_ = false; }
//   void tune(Options &options) { options.level = 3; }
//
// Which members of its object a method may change, itself or through what it
// calls, and which of them it reads after that: close() finds `open_` as it was
// at its beginning. The same of a function, and an object that it is given.
// Read off each body once. Of methods that it calls on the object and whose
// bodies are in other units, only the names are known: the link knows more
// (MemberUses.h).
//
//===----------------------------------------------------------------------===//

#ifndef NOSTALL_CHECKS_ANALYSIS_EFFECTS_MEMBERCHANGES_H
#define NOSTALL_CHECKS_ANALYSIS_EFFECTS_MEMBERCHANGES_H

#include "analysis/facts/MemberPaths.h"
#include "analysis/source/Expressions.h"
#include "clang/AST/DeclCXX.h"
#include "llvm/ADT/DenseMap.h"
#include "llvm/ADT/DenseSet.h"
#include "llvm/ADT/SetVector.h"
#include "llvm/ADT/SmallPtrSet.h"
#include <memory>
#include <optional>

namespace nostall {

class Unit;

/// \p F can do nothing but read its \p Object.
bool onlyReads(const clang::FunctionDecl *F, uint32_t Object);

/// A member of what \p Path leads to is meant, and says what becomes of it.
bool isWayToMember(llvm::ArrayRef<const clang::Stmt *> Path);

class MemberChanges {
public:
  explicit MemberChanges(Unit &U) : U(U) {}

  using Fields = llvm::SmallSetVector<const clang::FieldDecl *, 4>;
  struct Of {
    Fields Reads, Changed;
    /// The same without a condition; and the conditions of the others.
    Fields ChangedAlways;
    llvm::DenseMap<const clang::FieldDecl *, std::vector<Condition>>
        ChangedUnder;
    /// Members of which a member may be changed.
    Fields ChangedWithin;
    /// Of those that it changes, what it may do more to than empty them.
    Fields Filled;
    /// Members that it reads after it may have changed them.
    Fields ReadsChanged;
    /// Members that it reads after a method of another unit has run.
    Fields ReadsAfter;
    bool MayReadAllAfter = false;
    /// The object gets about, so anybody may do anything to it.
    bool Anything = false;
    /// Only under one of these conditions.
    std::vector<Condition> AnythingUnder;
    /// A const method may change what is mutable.
    bool CallsConst = false;
    /// Methods of the object that it calls and whose bodies are elsewhere.
    llvm::SmallSetVector<const clang::CXXMethodDecl *, 2> Elsewhere;
  };
  /// Of \p F, which has a body here, and that object of its.
  const Of &of(const clang::FunctionDecl *F, uint32_t Object = OwnObject);

  /// Whether a call of \p F may change the member \p Path of its \p Object,
  /// which has the value \p Is: of a container, whether it is empty. \p Where:
  /// what is known, if anything is, of its object and parameters.
  bool changes(const clang::FunctionDecl *F, MemberPathRef Path,
               std::optional<int64_t> Is = std::nullopt,
               uint32_t Object = OwnObject, const KnownValues *Where = nullptr);
  /// The same of \p F, of whose object nobody gets hold under a condition: as
  /// long as none of these has held.
  bool changesAtFirst(const clang::FunctionDecl *F, MemberPathRef Path,
                      std::optional<int64_t> Is);
  /// \p F may leave \p Field as it is: it changes that, if at all, under
  /// conditions.
  bool mayKeep(const clang::FunctionDecl *F, const clang::FieldDecl *Field);
  /// All that \p F does to its \p Object is seen, and nobody has it afterwards.
  bool isSeenWhole(const clang::FunctionDecl *F, uint32_t Object,
                   const KnownValues *Where = nullptr);
  bool isLent(const GivenFor &Given) {
    return objectOf(Given.Param) <= LastObject &&
           isSeenWhole(Given.F, objectOf(Given.Param));
  }
  /// Whether \p F finds the member \p Path of its \p Object, which has the
  /// value
  /// \p Is, as it was at its beginning wherever it reads it.
  bool readsBeforeChange(const clang::FunctionDecl *F, MemberPathRef Path,
                         int64_t Is, uint32_t Object = OwnObject);

  /// Nothing changes \p Field after its object was made: it is constant, or no
  /// body here does, and there is no body elsewhere that could.
  bool isSettled(const clang::FieldDecl *Field);
  bool isSettled(MemberPathRef Path);
  /// Nothing changes a number in an \p R after it was made.
  bool isSettled(const clang::CXXRecordDecl *R);

private:
  using ObjectOf = std::pair<const clang::FunctionDecl *, uint32_t>;
  void read(const clang::FunctionDecl *Body, uint32_t Object, Of &Into);
  void findChanged();

  Unit &U;
  llvm::DenseMap<ObjectOf, std::unique_ptr<Of>> Known;
  llvm::DenseSet<ObjectOf> Reading;
  llvm::DenseMap<const clang::CXXRecordDecl *, bool> Settled;
  /// Members that some body changes; found when somebody asks.
  std::optional<llvm::SmallPtrSet<const clang::FieldDecl *, 8>> ChangedAnywhere;
};

} // namespace nostall

#endif
