//===- MemberChanges.cpp - what functions do to members -------------------===//

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

/// Another body may run than the one that is named. Of an object that dies,
/// the class is known.
static bool isOverridable(const FunctionDecl *F) {
  const auto *Method = dyn_cast<CXXMethodDecl>(F);
  return Method && Method->isVirtual() && !isa<CXXDestructorDecl>(Method);
}

bool onlyReads(const FunctionDecl *F, uint32_t Object) {
  if (Object == OwnObject) {
    const auto *Method = cast<CXXMethodDecl>(F);
    return Method->isConst() || Method->isStatic();
  }
  const QualType T = F->getParamDecl(Object - objectOf(0))->getType();
  return !(T->isReferenceType() || T->isPointerType()) ||
         T->getPointeeType().isConstQualified();
}

namespace {

/// Goes through a body in the order of its text.
class MemberReader {
public:
  MemberReader(MemberChanges &All, const FunctionDecl *F, uint32_t Object,
               MemberChanges::Of &Into)
      : All(All), F(F), Object(Object), Into(Into) {}

  void look(const Stmt *S, llvm::ArrayRef<const Stmt *> Path) {
    if (const auto *Member = dyn_cast<MemberExpr>(S)) {
      if (const auto *Field = dyn_cast<FieldDecl>(Member->getMemberDecl())) {
        const bool Changes =
            !isWayToMember(Path) && mayChangeTested(Member, Path);
        access(Field, Changes, !isEmptied(Path));
        if (Changes)
          changeAround(Member);
      }
    } else if (const auto *Call = dyn_cast<CXXMemberCallExpr>(S);
               Call && isObject(Call->getImplicitObjectArgument())) {
      call(Call->getMethodDecl());
    } else if (const auto *E = dyn_cast<Expr>(S); E && names(E)) {
      use(E, Path);
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

  /// The object itself: `this`, or the parameter.
  bool names(const Expr *E) const {
    if (Object == OwnObject)
      return isa<CXXThisExpr>(E);
    const auto *Ref = dyn_cast<DeclRefExpr>(E);
    return Ref && Ref->getDecl() == F->getParamDecl(Object - objectOf(0));
  }
  bool isObject(const Expr *E) const {
    const auto Part = ownPart(F, E);
    return Part && Part->Object == Object && Part->Path.empty();
  }

  /// \p E names the object, and \p Path leads to it: by which it is asked for a
  /// member, or given to somebody.
  void use(const Expr *E, llvm::ArrayRef<const Stmt *> Path) {
    const Expr *Given = E;
    for (const Stmt *Around : llvm::reverse(Path)) {
      const auto *Unary = dyn_cast<UnaryOperator>(Around);
      if (isa<ImplicitCastExpr, ParenExpr>(Around) ||
          (Unary && (Unary->getOpcode() == UO_Deref ||
                     Unary->getOpcode() == UO_AddrOf))) {
        Given = cast<Expr>(Around);
        continue;
      }
      if (isa<MemberExpr, LambdaExpr>(Around))
        return;
      if (const auto *Call = dyn_cast<CallExpr>(Around))
        return give(Call->getDirectCallee(), isDispatched(Call),
                    {Call->getArgs(), Call->getNumArgs()},
                    isa<CXXOperatorCallExpr>(Call) &&
                        isa_and_nonnull<CXXMethodDecl>(Call->getDirectCallee()),
                    Given);
      if (const auto *Made = dyn_cast<CXXConstructExpr>(Around))
        return give(Made->getConstructor(), false,
                    {Made->getArgs(), Made->getNumArgs()}, false, Given);
      break;
    }
    const QualType T = Given->getType();
    Into.Anything |=
        !(T.isConstQualified() ||
          (T->isPointerType() && T->getPointeeType().isConstQualified()));
  }

  /// \p Callee gets the object as the argument \p Given; the first of \p Args
  /// may be the object that it is called on.
  void give(const FunctionDecl *Callee, bool IsDispatched,
            llvm::ArrayRef<const Expr *> Args, bool FirstIsOwn,
            const Expr *Given) {
    const unsigned At = llvm::find(Args, Given) - Args.begin();
    if (FirstIsOwn && At == 0 && Callee->isUserProvided())
      return call(cast<CXXMethodDecl>(Callee));
    const unsigned Number = At - FirstIsOwn;
    if (!Callee || At == Args.size() || At < FirstIsOwn ||
        Number >= Callee->getNumParams() || objectOf(Number) > LastObject) {
      Into.Anything = true;
      return;
    }
    if (onlyReads(Callee, objectOf(Number))) {
      Into.CallsConst = true;
      return readAll();
    }
    if (IsDispatched || !definitionOf(Callee))
      Into.Anything = true;
    else
      follow(Callee, objectOf(Number));
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
    follow(Callee, OwnObject);
  }

  void follow(const FunctionDecl *Callee, uint32_t ItsObject) {
    const MemberChanges::Of &There = All.of(Callee, ItsObject);
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
  const FunctionDecl *F;
  uint32_t Object;
  MemberChanges::Of &Into;
};

} // namespace

const MemberChanges::Of &MemberChanges::of(const FunctionDecl *F,
                                           uint32_t Object) {
  const FunctionDecl *Body = definitionOf(F);
  auto [It, IsNew] = Known.try_emplace({Body, Object});
  if (!IsNew && It->second)
    return *It->second;
  if (!Reading.insert({Body, Object}).second) {
    // Two call each other: whoever stands between cannot know the whole.
    static const Of Unknown = [] {
      Of All;
      All.Anything = true;
      return All;
    }();
    return Unknown;
  }
  auto Found = std::make_unique<Of>();
  askDeeper([&] { read(Body, Object, *Found); });
  Reading.erase({Body, Object});
  return *(Known[{Body, Object}] = std::move(Found));
}

void MemberChanges::read(const FunctionDecl *Body, uint32_t Object, Of &Into) {
  // Another object than that which it was given.
  if (Object != OwnObject && U.facts(Body).changes(Object - objectOf(0)) &&
      Body->getParamDecl(Object - objectOf(0))->getType()->isPointerType())
    Into.Anything = true;
  MemberReader Reader(*this, Body, Object, Into);
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

/// Hands its arguments to a constructor, whose call stands beside its own:
/// std::make_unique.
static bool constructs(Unit &U, const FunctionDecl *F, uint32_t Object) {
  const FunctionModel *M = Object == OwnObject ? nullptr : U.model(F);
  return M && M->Constructs;
}

bool MemberChanges::isSeenWhole(const FunctionDecl *F, uint32_t Object) {
  if (onlyReads(F, Object) || constructs(U, F, Object))
    return true;
  if (!definitionOf(F) || isOverridable(F) ||
      (Object != OwnObject && U.isInSystemHeader(F)))
    return false;
  const Of &Does = of(F, Object);
  return !Does.Anything && Does.Elsewhere.empty();
}

bool MemberChanges::changes(const FunctionDecl *F, MemberPathRef Path,
                            std::optional<int64_t> Is, uint32_t Object) {
  const bool IsMutable = llvm::any_of(
      Path, [](const FieldDecl *Field) { return Field->isMutable(); });
  if (onlyReads(F, Object))
    return IsMutable;
  if (constructs(U, F, Object))
    return false;
  if (!isSeenWhole(F, Object))
    return true;
  const Of &Does = of(F, Object);
  return (Is == 0 ? Does.Filled : Does.Changed).contains(Path.back()) ||
         llvm::any_of(Path.drop_back(),
                      [&](const FieldDecl *Outer) {
                        return Does.Changed.contains(Outer);
                      }) ||
         (IsMutable && Does.CallsConst);
}

bool MemberChanges::readsBeforeChange(const FunctionDecl *F,
                                      const FieldDecl *Field, uint32_t Object) {
  if (!changes(F, Field, std::nullopt, Object))
    return true;
  return !Field->isMutable() && isSeenWhole(F, Object) &&
         !of(F, Object).ReadsChanged.contains(Field);
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
