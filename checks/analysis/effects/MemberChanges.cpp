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

bool isWayToMember(llvm::ArrayRef<const Stmt *> Path) {
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
  MemberReader(Unit &U, MemberChanges &All, const FunctionFacts &Facts,
               uint32_t Object, MemberChanges::Of &Into)
      : U(U), All(All), Facts(Facts), F(Facts.Function), Object(Object),
        Into(Into) {}

  void look(const Stmt *S, llvm::ArrayRef<const Stmt *> Path) {
    if (const auto *Member = dyn_cast<MemberExpr>(S)) {
      if (const auto *Field = dyn_cast<FieldDecl>(Member->getMemberDecl())) {
        const bool Changes = !isWayToMember(Path) &&
                             !followPart(Member, Path) &&
                             mayChangeTested(Member, Path);
        access(Field, Changes, !isEmptied(Path));
        if (Changes) {
          auto It = Facts.ChangedUnder.find(Member);
          change(Field,
                 It == Facts.ChangedUnder.end() ? Condition() : It->second);
          changeAround(Member);
        }
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

  /// log_.write(): a method of \p Part, the end of \p Path, of which all is
  /// seen.
  bool followPart(const MemberExpr *Part, llvm::ArrayRef<const Stmt *> Path) {
    const auto *Named =
        Path.size() < 2 ? nullptr : dyn_cast<MemberExpr>(Path.back());
    const auto *Method = Named && !Named->isArrow()
                             ? dyn_cast<CXXMethodDecl>(Named->getMemberDecl())
                             : nullptr;
    if (!Method || Method->isStatic() || Method->isConst() ||
        !definitionOf(Method) || isa<CXXDestructorDecl>(Method) ||
        Method->isVirtual() || U.models().isOpaque(Method) ||
        U.isInSystemHeader(Method) || !All.isSeenWhole(Method, OwnObject))
      return false;
    follow(Method, OwnObject, /*OfPart=*/true);
    if (!All.of(Method).Changed.empty())
      changeWithin(Part);
    return true;
  }

  /// options_.sync = true: who reads options_ afterwards may see that.
  void changeAround(const MemberExpr *Member) {
    changeWithin(
        dyn_cast<MemberExpr>(Member->getBase()->IgnoreParenImpCasts()));
  }

  /// A member of \p Part changes.
  void changeWithin(const MemberExpr *Part) {
    for (; Part;
         Part = dyn_cast<MemberExpr>(Part->getBase()->IgnoreParenImpCasts()))
      if (const auto *Field = dyn_cast<FieldDecl>(Part->getMemberDecl());
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
                    Given, E);
      if (const auto *Made = dyn_cast<CXXConstructExpr>(Around))
        return give(Made->getConstructor(), false,
                    {Made->getArgs(), Made->getNumArgs()}, false, Given, E);
      break;
    }
    const QualType T = Given->getType();
    if (!(T.isConstQualified() ||
          (T->isPointerType() && T->getPointeeType().isConstQualified())))
      letGo(E);
  }

  /// \p Callee gets the object as the argument \p Given; the first of \p Args
  /// may be the object that it is called on.
  void give(const FunctionDecl *Callee, bool IsDispatched,
            llvm::ArrayRef<const Expr *> Args, bool FirstIsOwn,
            const Expr *Given, const Expr *E) {
    const unsigned At = llvm::find(Args, Given) - Args.begin();
    if (FirstIsOwn && At == 0 && Callee->isUserProvided())
      return call(cast<CXXMethodDecl>(Callee));
    const unsigned Number = At - FirstIsOwn;
    if (!Callee || At == Args.size() || At < FirstIsOwn ||
        Number >= Callee->getNumParams() || objectOf(Number) > LastObject)
      return letGo(E);
    if (onlyReads(Callee, objectOf(Number))) {
      Into.CallsConst = true;
      return readAll();
    }
    if (IsDispatched || !definitionOf(Callee))
      letGo(E);
    else
      follow(Callee, objectOf(Number));
  }

  /// Whoever gets the object by \p E may do anything to it.
  void letGo(const Expr *E) {
    auto It = Facts.ChangedUnder.find(E);
    if (It == Facts.ChangedUnder.end())
      Into.Anything = true;
    else
      Into.AnythingUnder.push_back(It->second);
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

  void change(const FieldDecl *Field, const Condition &When) {
    if (When.empty())
      Into.ChangedAlways.insert(Field);
    else
      Into.ChangedUnder[Field].push_back(When);
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

  /// \p OfPart: its object is a part of this one.
  void follow(const FunctionDecl *Callee, uint32_t ItsObject,
              bool OfPart = false) {
    const MemberChanges::Of &There = All.of(Callee, ItsObject);
    for (const FieldDecl *Field : There.Reads)
      access(Field, There.Changed.contains(Field),
             There.Filled.contains(Field));
    for (const FieldDecl *Field : There.ChangedAlways)
      change(Field, {});
    for (const auto &[Field, Conditions] : There.ChangedUnder)
      for (const Condition &When : Conditions)
        change(Field, ofSameObject(When, ItsObject, OfPart));
    Into.ChangedWithin.insert(There.ChangedWithin.begin(),
                              There.ChangedWithin.end());
    Into.ReadsChanged.insert(There.ReadsChanged.begin(),
                             There.ReadsChanged.end());
    Into.ReadsAfter.insert(There.ReadsAfter.begin(), There.ReadsAfter.end());
    Into.MayReadAllAfter |= There.MayReadAllAfter || (!Into.Elsewhere.empty() &&
                                                      !There.Elsewhere.empty());
    Into.Elsewhere.insert(There.Elsewhere.begin(), There.Elsewhere.end());
    Into.Anything |= There.Anything;
    for (const Condition &When : There.AnythingUnder) {
      Condition Here = ofSameObject(When, ItsObject, OfPart);
      Into.Anything |= Here.empty();
      Into.AnythingUnder.push_back(std::move(Here));
    }
    Into.CallsConst |= There.CallsConst;
  }

  /// \p When, as far as it is about what the caller and the callee both have as
  /// their own object.
  Condition ofSameObject(Condition When, uint32_t ItsObject,
                         bool OfPart) const {
    const bool IsSame =
        ItsObject == OwnObject && Object == OwnObject && !OfPart;
    forgetClauses(When, [&](const ParamTest &T) {
      return !IsSame || T.Param < FirstMember || objectIn(T.Param) != OwnObject;
    });
    return When;
  }

  /// Whoever runs now may read anything.
  void readAll() {
    Into.ReadsChanged.insert(Into.Changed.begin(), Into.Changed.end());
    Into.ReadsChanged.insert(Into.ChangedWithin.begin(),
                             Into.ChangedWithin.end());
    Into.MayReadAllAfter |= !Into.Elsewhere.empty();
  }

  Unit &U;
  MemberChanges &All;
  const FunctionFacts &Facts;
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
  MemberReader Reader(U, *this, U.facts(Body), Object, Into);
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

bool MemberChanges::isSeenWhole(const FunctionDecl *F, uint32_t Object,
                                const KnownValues *Where) {
  if (onlyReads(F, Object) || constructs(U, F, Object))
    return true;
  if (!definitionOf(F) || isOverridable(F) ||
      (Object != OwnObject && U.isInSystemHeader(F)))
    return false;
  const Of &Does = of(F, Object);
  return !Does.Anything && Does.Elsewhere.empty() &&
         llvm::all_of(Does.AnythingUnder, [&](const Condition &When) {
           return Where && Where->ruleOut(When);
         });
}

/// Whether it does, to \p Field, where \p Where is known.
static bool mayGive(const MemberChanges::Of &Does, const FieldDecl *Field,
                    const KnownValues *Where) {
  if (!Does.Changed.contains(Field))
    return false;
  auto Under = Does.ChangedUnder.find(Field);
  return !Where || Does.ChangedAlways.contains(Field) ||
         Under == Does.ChangedUnder.end() ||
         !llvm::all_of(Under->second, [&](const Condition &When) {
           return Where->ruleOut(When);
         });
}

/// Whether it does that to the member \p Path of its object.
static bool mayChange(const MemberChanges::Of &Does, MemberPathRef Path,
                      std::optional<int64_t> Is, const KnownValues *Where) {
  const bool Changes = Is == 0 ? Does.Filled.contains(Path.back())
                               : Does.Changed.contains(Path.back());
  return (Changes && mayGive(Does, Path.back(), Where)) ||
         llvm::any_of(Path.drop_back(),
                      [&](const FieldDecl *Outer) {
                        return Does.Changed.contains(Outer);
                      }) ||
         (Does.CallsConst && llvm::any_of(Path, [](const FieldDecl *Field) {
            return Field->isMutable();
          }));
}

bool MemberChanges::mayKeep(const FunctionDecl *F, const FieldDecl *Field) {
  if (!definitionOf(F) || isOverridable(F))
    return false;
  const Of &Does = of(F, OwnObject);
  return !Does.Anything && Does.Elsewhere.empty() &&
         !Does.ChangedAlways.contains(Field);
}

bool MemberChanges::changesAtFirst(const FunctionDecl *F, MemberPathRef Path,
                                   std::optional<int64_t> Is) {
  return !mayKeep(F, Path.back()) ||
         mayChange(of(F, OwnObject), Path, Is, nullptr);
}

bool MemberChanges::changes(const FunctionDecl *F, MemberPathRef Path,
                            std::optional<int64_t> Is, uint32_t Object,
                            const KnownValues *Where) {
  if (onlyReads(F, Object))
    return llvm::any_of(
        Path, [](const FieldDecl *Field) { return Field->isMutable(); });
  if (constructs(U, F, Object))
    return false;
  return !isSeenWhole(F, Object, Where) ||
         mayChange(of(F, Object), Path, Is, Where);
}

bool MemberChanges::readsBeforeChange(const FunctionDecl *F, MemberPathRef Path,
                                      int64_t Is, uint32_t Object) {
  // Of what changes it, nobody says to what; but what empties it leaves it so.
  const bool IsEmpty = Is == 0 && canBeEmpty(Path.back()->getType());
  if (!changes(F, Path, IsEmpty ? std::optional<int64_t>(0) : std::nullopt,
               Object))
    return true;
  return isSeenWhole(F, Object) &&
         llvm::none_of(Path, [&](const FieldDecl *Field) {
           return Field->isMutable() ||
                  of(F, Object).ReadsChanged.contains(Field);
         });
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
