//===- LocalRecords.cpp - what a call is given in a local object ----------===//

#include "LocalRecords.h"
#include "ConditionReader.h"
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

/// The bits of \p E that are known to be set: those of its constants.
static long long bitsOf(const ASTContext &Ctx, const Expr *E) {
  E = E->IgnoreParenImpCasts();
  if (const auto Value = constantOf(Ctx, E))
    return *Value;
  const auto *Or = dyn_cast<BinaryOperator>(E);
  return Or && Or->getOpcode() == BO_Or
             ? bitsOf(Ctx, Or->getLHS()) | bitsOf(Ctx, Or->getRHS())
             : 0;
}

long long memberBits(Unit &U, const Expr *E, llvm::StringRef Name,
                     const CallFact &Call) {
  const auto *Address = dyn_cast<UnaryOperator>(stripForwarding(U, E));
  if (Address && Address->getOpcode() == UO_AddrOf)
    E = Address->getSubExpr();
  const auto *Of = dyn_cast<DeclRefExpr>(E->IgnoreParenImpCasts());
  const auto *V = Of ? dyn_cast<VarDecl>(Of->getDecl()) : nullptr;
  const auto *F = V && V->isLocalVarDecl()
                      ? dyn_cast<FunctionDecl>(V->getDeclContext())
                      : nullptr;
  if (!F)
    return 0;
  const ASTContext &Ctx = U.context();
  const SourceManager &SM = Ctx.getSourceManager();
  long long Bits = 0;
  if (const auto *List = dyn_cast_or_null<InitListExpr>(V->getInit()))
    if (const CXXRecordDecl *R = V->getType()->getAsCXXRecordDecl())
      for (const auto &[Field, Value] : llvm::zip(R->fields(), List->inits()))
        if (Field->getName() == Name)
          Bits = bitsOf(Ctx, Value);
  auto AroundCall = [&](const Stmt *S) {
    return SM.isBeforeInTranslationUnit(Call.Loc, S->getEndLoc());
  };
  forEachStatement(
      writtenBody(F), [&](const Stmt *S, llvm::ArrayRef<const Stmt *> Path) {
        const auto *Set = dyn_cast<BinaryOperator>(S);
        const auto *To = Set && Set->isAssignmentOp()
                             ? dyn_cast<MemberExpr>(Set->getLHS())
                             : nullptr;
        const auto *Base =
            To ? dyn_cast<DeclRefExpr>(To->getBase()->IgnoreParenImpCasts())
               : nullptr;
        if (!Base || Base->getDecl() != V ||
            !To->getMemberDecl()->getIdentifier() ||
            To->getMemberDecl()->getName() != Name ||
            !SM.isBeforeInTranslationUnit(Set->getEndLoc(), Call.Loc))
          return;
        // What stands under a condition that the call does not stand under.
        const bool Always = llvm::all_of(Path, AroundCall);
        if (Set->getOpcode() == BO_OrAssign)
          Bits |= Always ? bitsOf(Ctx, Set->getRHS()) : 0;
        else
          Bits = Always && Set->getOpcode() == BO_Assign
                     ? bitsOf(Ctx, Set->getRHS())
                     : 0;
      });
  return Bits;
}

} // namespace nostall
