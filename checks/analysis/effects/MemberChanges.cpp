//===- MemberChanges.cpp - what methods do to members ---------------------===//

#include "MemberChanges.h"
#include "analysis/Unit.h"
#include "analysis/facts/Facts.h"
#include "analysis/facts/SetOnce.h"
#include "analysis/source/Bodies.h"
#include "analysis/source/Emptiness.h"
#include "analysis/source/Expressions.h"
#include "clang/AST/ExprCXX.h"

using namespace clang;

namespace nostall {

/// `this`, to which \p Path leads, is more than the object of a member.
static bool getsAbout(llvm::ArrayRef<const Stmt *> Path) {
  const auto Up =
      llvm::find_if_not(llvm::reverse(Path), [](const Stmt *Around) {
        return isa<ImplicitCastExpr, ParenExpr>(Around);
      });
  return Up == llvm::reverse(Path).end() || !isa<MemberExpr, LambdaExpr>(*Up);
}

/// A member of what \p Path leads to is meant, and says what becomes of it.
static bool isWayToMember(llvm::ArrayRef<const Stmt *> Path) {
  const auto Up =
      llvm::find_if_not(llvm::reverse(Path), [](const Stmt *Around) {
        return isa<ImplicitCastExpr, ParenExpr>(Around);
      });
  const auto *Member =
      Up == llvm::reverse(Path).end() ? nullptr : dyn_cast<MemberExpr>(*Up);
  return Member && isa<FieldDecl>(Member->getMemberDecl());
}

static bool isOfThis(const CXXMemberCallExpr *Call) {
  return isa<CXXThisExpr>(
      Call->getImplicitObjectArgument()->IgnoreParenImpCasts());
}

/// Another body may run than the one that is named. Of an object that dies,
/// the class is known.
static bool isOverridable(const CXXMethodDecl *Method) {
  return Method->isVirtual() && !isa<CXXDestructorDecl>(Method);
}

namespace {

/// Goes through a body in the order of its text.
class MemberReader {
public:
  MemberReader(MemberChanges &All, MemberChanges::Of &Into)
      : All(All), Into(Into) {}

  void look(const Stmt *S, llvm::ArrayRef<const Stmt *> Path) {
    if (const auto *Member = dyn_cast<MemberExpr>(S)) {
      if (const auto *Field = dyn_cast<FieldDecl>(Member->getMemberDecl())) {
        const bool Changes =
            !isWayToMember(Path) && mayChangeTested(Member, Path);
        access(Field, Changes, !isEmptied(Path));
        if (Changes)
          changeAround(Member);
      }
    } else if (const auto *Call = dyn_cast<CXXMemberCallExpr>(S)) {
      if (isOfThis(Call))
        call(Call->getMethodDecl());
    } else if (isa<CXXThisExpr>(S)) {
      Into.Anything |= getsAbout(Path);
    }
  }

private:
  /// The member to which \p Path leads is reset, cleared or joined.
  static bool isEmptied(llvm::ArrayRef<const Stmt *> Path) {
    const auto *Call =
        Path.size() < 2 || !isa<MemberExpr>(Path.back())
            ? nullptr
            : dyn_cast<CXXMemberCallExpr>(Path.drop_back().back());
    return Call && empties(Call);
  }

  /// options_.sync = true: who reads options_ afterwards may see that.
  void changeAround(const MemberExpr *Member) {
    while ((Member =
                dyn_cast<MemberExpr>(Member->getBase()->IgnoreParenImpCasts())))
      if (const auto *Field = dyn_cast<FieldDecl>(Member->getMemberDecl());
          Field && !Field->getType()->isPointerType())
        Into.ChangedWithin.insert(Field);
  }

  void access(const FieldDecl *Field, bool Changes, bool Fills) {
    Into.Reads.insert(Field);
    if (Into.Changed.contains(Field) || Into.ChangedWithin.contains(Field))
      Into.ReadsChanged.insert(Field);
    if (!Into.Elsewhere.empty())
      Into.ReadsAfter.insert(Field);
    if (Changes)
      Into.Changed.insert(Field);
    if (Changes && Fills)
      Into.Filled.insert(Field);
  }

  void call(const CXXMethodDecl *Callee) {
    if (!Callee || isOverridable(Callee)) {
      Into.Anything |= !Callee || !Callee->isConst();
      Into.CallsConst = true;
      readAll();
      return;
    }
    Into.CallsConst |= Callee->isConst();
    if (!definitionOf(Callee)) {
      readAll();
      if (!Callee->isConst())
        Into.Elsewhere.insert(Callee->getCanonicalDecl());
      return;
    }
    const MemberChanges::Of &There = All.of(Callee);
    for (const FieldDecl *Field : There.Reads)
      access(Field, There.Changed.contains(Field),
             There.Filled.contains(Field));
    Into.ChangedWithin.insert(There.ChangedWithin.begin(),
                              There.ChangedWithin.end());
    Into.ReadsChanged.insert(There.ReadsChanged.begin(),
                             There.ReadsChanged.end());
    Into.ReadsAfter.insert(There.ReadsAfter.begin(), There.ReadsAfter.end());
    Into.MayReadAllAfter |= There.MayReadAllAfter || (!Into.Elsewhere.empty() &&
                                                      !There.Elsewhere.empty());
    Into.Elsewhere.insert(There.Elsewhere.begin(), There.Elsewhere.end());
    Into.Anything |= There.Anything;
    Into.CallsConst |= There.CallsConst;
  }

  /// Whoever runs now may read anything.
  void readAll() {
    Into.ReadsChanged.insert(Into.Changed.begin(), Into.Changed.end());
    Into.ReadsChanged.insert(Into.ChangedWithin.begin(),
                             Into.ChangedWithin.end());
    Into.MayReadAllAfter |= !Into.Elsewhere.empty();
  }

  MemberChanges &All;
  MemberChanges::Of &Into;
};

} // namespace

const MemberChanges::Of &MemberChanges::of(const CXXMethodDecl *Method) {
  const auto *Body = cast<CXXMethodDecl>(definitionOf(Method));
  auto [It, IsNew] = Known.try_emplace(Body);
  if (!IsNew && It->second)
    return *It->second;
  if (!Reading.insert(Body).second) {
    // Two call each other: whoever stands between cannot know the whole.
    static const Of Unknown = [] {
      Of All;
      All.Anything = true;
      return All;
    }();
    return Unknown;
  }
  auto Found = std::make_unique<Of>();
  read(Body, *Found);
  Reading.erase(Body);
  return *(Known[Body] = std::move(Found));
}

void MemberChanges::read(const CXXMethodDecl *Body, Of &Into) {
  MemberReader Reader(*this, Into);
  auto Look = [&](const Stmt *S, llvm::ArrayRef<const Stmt *> Path) {
    const auto *Call = dyn_cast<CXXMemberCallExpr>(S);
    const CXXMethodDecl *Callee = Call ? Call->getMethodDecl() : nullptr;
    // That it calls itself adds nothing.
    if (!Callee || definitionOf(Callee) != Body)
      Reader.look(S, Path);
  };
  if (const auto *Ctor = dyn_cast<CXXConstructorDecl>(Body))
    for (const CXXCtorInitializer *I : Ctor->inits())
      forEachStatement(I->getInit(), Look);
  forEachStatement(writtenBody(Body), Look);
  if (U.facts(Body).Repeats) {
    Into.ReadsChanged.insert(Into.Changed.begin(), Into.Changed.end());
    Into.ReadsChanged.insert(Into.ChangedWithin.begin(),
                             Into.ChangedWithin.end());
    Into.MayReadAllAfter |= !Into.Elsewhere.empty();
  }
}

bool MemberChanges::changes(const CXXMethodDecl *Method, MemberPathRef Path,
                            std::optional<int64_t> Is) {
  const bool IsMutable = llvm::any_of(
      Path, [](const FieldDecl *Field) { return Field->isMutable(); });
  if (Method->isConst() || Method->isStatic())
    return IsMutable;
  if (!definitionOf(Method) || isOverridable(Method))
    return true;
  const Of &Does = of(Method);
  return Does.Anything || !Does.Elsewhere.empty() ||
         (Is == 0 ? Does.Filled : Does.Changed).contains(Path.back()) ||
         llvm::any_of(Path.drop_back(),
                      [&](const FieldDecl *Outer) {
                        return Does.Changed.contains(Outer);
                      }) ||
         (IsMutable && Does.CallsConst);
}

bool MemberChanges::readsBeforeChange(const CXXMethodDecl *Method,
                                      const FieldDecl *Field) {
  if (!changes(Method, Field))
    return true;
  if (!definitionOf(Method) || isOverridable(Method) || Field->isMutable())
    return false;
  const Of &Does = of(Method);
  return !Does.Anything && Does.Elsewhere.empty() &&
         !Does.ReadsChanged.contains(Field);
}

bool MemberChanges::isSettled(const CXXRecordDecl *R) {
  if (!R)
    return false;
  auto [It, IsNew] = Settled.try_emplace(R, false);
  if (IsNew)
    It->second = llvm::all_of(R->fields(), [&](const FieldDecl *Field) {
      return !Field->getType()->isIntegralOrEnumerationType() ||
             isSettled(Field);
    });
  return It->second;
}

bool MemberChanges::isSettled(MemberPathRef Path) {
  return llvm::all_of(Path,
                      [&](const FieldDecl *Field) { return isSettled(Field); });
}

bool MemberChanges::isSettled(const FieldDecl *Field) {
  if (Field->getType().isConstQualified())
    return true;
  if (Field->isMutable())
    return false;
  for (const CXXMethodDecl *Method :
       cast<CXXRecordDecl>(Field->getParent())->methods())
    if (!Method->isConst() && !Method->isStatic() && !Method->isImplicit() &&
        !Method->isDeleted() && !Method->isDefaulted() && !definitionOf(Method))
      return false;
  if (!ChangedAnywhere)
    findChanged();
  return !ChangedAnywhere->contains(Field->getCanonicalDecl());
}

void MemberChanges::findChanged() {
  ChangedAnywhere.emplace();
  for (const FunctionDecl *F : U.functions())
    forEachStatement(writtenBody(F), [&](const Stmt *S, auto Path) {
      const auto *Member = dyn_cast<MemberExpr>(S);
      const auto *Field =
          Member ? dyn_cast<FieldDecl>(Member->getMemberDecl()) : nullptr;
      if (Field && mayChangeTested(Member, Path))
        ChangedAnywhere->insert(Field->getCanonicalDecl());
    });
}

} // namespace nostall
