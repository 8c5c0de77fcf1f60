//===- LocalRecords.cpp - what a call is given in a local object ----------===//

#include "LocalRecords.h"
#include "ConditionReader.h"
#include "SetOnce.h"
#include "analysis/Unit.h"
#include "analysis/source/Bodies.h"
#include "analysis/source/Expressions.h"
#include "clang/AST/ASTContext.h"
#include "clang/AST/DeclCXX.h"
#include "clang/Basic/SourceManager.h"
#include "llvm/ADT/SmallPtrSet.h"

using namespace clang;

namespace nostall {

/// The member of the variable \p Use, to which \p Path leads, that gets a new
/// value, and that.
static std::pair<const ValueDecl *, const Expr *>
memberSet(const DeclRefExpr *Use, llvm::ArrayRef<const Stmt *> Path) {
  if (Path.size() < 2)
    return {};
  const auto *Member = dyn_cast<MemberExpr>(Path.back());
  const auto *Set = dyn_cast<BinaryOperator>(Path[Path.size() - 2]);
  return Member && Set && Set->getOpcode() == BO_Assign &&
                 Member->getBase() == Use && Set->getLHS() == Member
             ? std::pair(Member->getMemberDecl(), Set->getRHS())
             : std::pair<const ValueDecl *, const Expr *>();
}

/// The scalars that \p Init makes an object of, as far as it is a list.
static void addScalars(const Expr *Init,
                       llvm::SmallVectorImpl<const Expr *> &Out) {
  const auto *List = dyn_cast<InitListExpr>(Init->IgnoreImplicit());
  if (!List)
    return Out.push_back(Init);
  for (const Expr *Part : List->inits())
    addScalars(Part, Out);
}

std::optional<llvm::SmallVector<const Expr *, 4>>
valuesOfRecord(Unit &U, const Expr *E) {
  const auto *Unary = dyn_cast<UnaryOperator>(E->IgnoreParenImpCasts());
  const Expr *Of = Unary && Unary->getOpcode() == UO_AddrOf
                       ? Unary->getSubExpr()->IgnoreParenImpCasts()
                       : nullptr;
  const auto *Ref = dyn_cast_or_null<DeclRefExpr>(Of);
  const auto *V = Ref ? dyn_cast<VarDecl>(Ref->getDecl()) : nullptr;
  const auto *F = V && V->isLocalVarDecl()
                      ? dyn_cast<FunctionDecl>(V->getDeclContext())
                      : nullptr;
  const RecordDecl *R = V ? V->getType()->getAsRecordDecl() : nullptr;
  if (!F)
    return std::nullopt;
  const SourceManager &SM = U.context().getSourceManager();
  llvm::SmallVector<const Expr *, 4> Values;
  llvm::SmallPtrSet<const ValueDecl *, 4> Set; // on every path
  bool Changes = false, ChangesLater = false, Repeats = false;
  forEachStatement(writtenBody(F), [&](const Stmt *S,
                                       llvm::ArrayRef<const Stmt *> Path) {
    Repeats |= repeats(S);
    const auto *Use = dyn_cast<DeclRefExpr>(S);
    if (!Use || Use->getDecl() != V)
      return;
    if (const auto [Member, Value] = memberSet(Use, Path); Member) {
      const bool IsBefore =
          SM.isBeforeInTranslationUnit(Use->getLocation(), E->getBeginLoc());
      if (!IsBefore)
        ChangesLater |= signOfConstant(U.context(), Value) != 0;
      else
        Values.push_back(Value);
      if (IsBefore && Path.size() > 2 &&
          isa<CompoundStmt>(Path[Path.size() - 3]))
        Set.insert(Member);
      return;
    }
    // &timeout as an argument
    while (!Path.empty() && isa<ImplicitCastExpr>(Path.back()))
      Path = Path.drop_back();
    const auto *Address =
        Path.empty() ? nullptr : dyn_cast<UnaryOperator>(Path.back());
    do
      Path = Path.empty() ? Path : Path.drop_back();
    while (!Path.empty() && isa<ImplicitCastExpr>(Path.back()));
    Changes |= !Address || Address->getOpcode() != UO_AddrOf || Path.empty() ||
               !isa<CallExpr>(Path.back());
  });
  const Expr *Init = V->getInit();
  const bool IsMade = Init && (!isa<CXXConstructExpr>(Init) ||
                               signOfConstant(U.context(), Init));
  if (IsMade)
    addScalars(Init, Values);
  const bool IsWhole =
      IsMade || (R && llvm::all_of(R->fields(), [&](const FieldDecl *Field) {
                   return Set.contains(Field);
                 }));
  return Changes || (ChangesLater && Repeats) || !IsWhole
             ? std::nullopt
             : std::optional(std::move(Values));
}

bool isAddressOfZero(Unit &U, const Expr *E) {
  const auto Values = valuesOfRecord(U, E);
  return Values && llvm::all_of(*Values, [&](const Expr *Value) {
           return signOfConstant(U.context(), Value) == 0;
         });
}

namespace {

/// Finds bits that are set whatever the others are.
class BitReader {
public:
  BitReader(Unit &U, SourceLocation At)
      : Ctx(U.context()), SM(Ctx.getSourceManager()), At(At) {}

  long long of(const Expr *E) {
    E = E->IgnoreParenImpCasts();
    if (!Budget || E->getType().isNull())
      return 0;
    --Budget;
    if (const auto Value = constantOf(Ctx, E))
      return *Value;
    if (const auto *Cast = dyn_cast<ExplicitCastExpr>(E))
      return Cast->getCastKind() == CK_IntegralCast ||
                     Cast->getCastKind() == CK_NoOp
                 ? of(Cast->getSubExpr())
                 : 0;
    if (const auto *Choice = dyn_cast<ConditionalOperator>(E))
      return of(Choice->getTrueExpr()) & of(Choice->getFalseExpr());
    if (const auto *Op = dyn_cast<BinaryOperator>(E))
      return Op->getOpcode() == BO_Or ? of(Op->getLHS()) | of(Op->getRHS()) : 0;
    const auto *Ref = dyn_cast<DeclRefExpr>(E);
    const auto *V = Ref ? dyn_cast<VarDecl>(Ref->getDecl()) : nullptr;
    return V && V->getType()->isIntegralOrEnumerationType() ? of(V) : 0;
  }

  /// Of the local variable, or parameter, \p V; or of its member \p Name.
  long long of(const VarDecl *V, llvm::StringRef Name = {}) {
    const auto *F = V->hasLocalStorage()
                        ? dyn_cast<FunctionDecl>(V->getDeclContext())
                        : nullptr;
    if (!F)
      return 0;
    long long Bits = made(V, Name);
    forEachStatement(
        writtenBody(F), [&](const Stmt *S, llvm::ArrayRef<const Stmt *> Path) {
          if (const auto *Set = dyn_cast<BinaryOperator>(S);
              Set && Set->isAssignmentOp() && isPlace(Set->getLHS(), V, Name))
            give(Set, Path, Bits);
          else if (const auto *Ref = dyn_cast<DeclRefExpr>(S);
                   Ref && Ref->getDecl() == V && Name.empty() &&
                   mayChange(Ref, Path) && !isSet(Path))
            Bits = 0; // by somebody else, now or later
        });
    return Bits;
  }

private:
  long long made(const VarDecl *V, llvm::StringRef Name) {
    const Expr *Init = V->getInit();
    if (isa<ParmVarDecl>(V) || !Init)
      return 0;
    if (Name.empty())
      return of(Init);
    const auto *List = dyn_cast<InitListExpr>(Init);
    const CXXRecordDecl *R = V->getType()->getAsCXXRecordDecl();
    long long Bits = 0;
    if (List && R)
      for (const auto &[Field, Value] : llvm::zip(R->fields(), List->inits()))
        if (Field->getName() == Name)
          Bits = of(Value);
    return Bits;
  }

  static bool isSet(llvm::ArrayRef<const Stmt *> Path) {
    const auto *Set =
        Path.empty() ? nullptr : dyn_cast<BinaryOperator>(Path.back());
    return Set && Set->isAssignmentOp();
  }

  static bool isPlace(const Expr *E, const VarDecl *V, llvm::StringRef Name) {
    E = E->IgnoreParenImpCasts();
    if (!Name.empty()) {
      const auto *Member = dyn_cast<MemberExpr>(E);
      if (!Member || !Member->getMemberDecl()->getIdentifier() ||
          Member->getMemberDecl()->getName() != Name)
        return false;
      E = Member->getBase()->IgnoreParenImpCasts();
    }
    const auto *Ref = dyn_cast<DeclRefExpr>(E);
    return Ref && Ref->getDecl() == V;
  }

  void give(const BinaryOperator *Set, llvm::ArrayRef<const Stmt *> Path,
            long long &Bits) {
    if (Set->getOpcode() == BO_OrAssign) {
      // What stands under a condition that the call does not stand under.
      if (SM.isBeforeInTranslationUnit(Set->getEndLoc(), At) &&
          llvm::all_of(Path, [&](const Stmt *Around) {
            return isa<ExprWithCleanups>(Around) ||
                   SM.isBeforeInTranslationUnit(At, Around->getEndLoc());
          }))
        Bits |= of(Set->getRHS());
      return;
    }
    const bool IsBefore = SM.isBeforeInTranslationUnit(Set->getEndLoc(), At);
    const bool Always =
        IsBefore && llvm::all_of(Path, [&](const Stmt *Around) {
          return SM.isBeforeInTranslationUnit(At, Around->getEndLoc());
        });
    if (Always && Set->getOpcode() == BO_Assign)
      Bits = of(Set->getRHS());
    else if (IsBefore || llvm::any_of(Path, repeats))
      Bits = 0;
  }

  const ASTContext &Ctx;
  const SourceManager &SM;
  const SourceLocation At;
  unsigned Budget = 32;
};

} // namespace

long long bitsOf(Unit &U, const Expr *E, const CallFact &Call) {
  return BitReader(U, Call.Loc).of(E);
}

long long memberBits(Unit &U, const Expr *E, llvm::StringRef Name,
                     const CallFact &Call) {
  const auto *Address = dyn_cast<UnaryOperator>(stripForwarding(U, E));
  if (Address && Address->getOpcode() == UO_AddrOf)
    E = Address->getSubExpr();
  const auto *Of = dyn_cast<DeclRefExpr>(E->IgnoreParenImpCasts());
  const auto *V = Of ? dyn_cast<VarDecl>(Of->getDecl()) : nullptr;
  return V && V->isLocalVarDecl() ? BitReader(U, Call.Loc).of(V, Name) : 0;
}

} // namespace nostall
