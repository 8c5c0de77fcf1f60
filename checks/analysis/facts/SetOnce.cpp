//===- SetOnce.cpp - what keeps its value ---------------------------------===//

#include "SetOnce.h"
#include "analysis/source/Bodies.h"
#include "analysis/source/Emptiness.h"
#include "analysis/source/Expressions.h"
#include "clang/AST/ExprCXX.h"

using namespace clang;

namespace nostall {

/// `std::make_unique<Conn>(fd, mode)`, `queue.emplace_back(n)`: a number that
/// the library hands to a constructor, which takes it by value.
static bool isGivenToMaker(const Expr *E, const CallExpr &Call) {
  const FunctionDecl *F = Call.getDirectCallee();
  return F && E->getType()->isScalarType() && F->isInStdNamespace() &&
         F->getIdentifier() &&
         (F->getName().starts_with("make_") ||
          F->getName().contains("emplace") || F->getName() == "construct_at");
}

bool mayChange(const Expr *E, llvm::ArrayRef<const Stmt *> Path) {
  if (E->getType().isConstQualified())
    return false;
  for (const Stmt *Parent : llvm::reverse(Path)) {
    if (isa<ParenExpr>(Parent))
      continue;
    if (const auto *Member = dyn_cast<MemberExpr>(Parent);
        Member && !Member->isArrow() && isa<FieldDecl>(Member->getMemberDecl()))
      continue; // of whose value it is a part
    if (const auto *Member = dyn_cast<MemberExpr>(Parent))
      if (const auto *Method = dyn_cast<CXXMethodDecl>(Member->getMemberDecl());
          Method && Method->isStatic())
        return false; // x.zero() asks its class
    if (const auto *Address = dyn_cast<UnaryOperator>(Parent);
        Address && Address->getOpcode() == UO_AddrOf)
      continue; // by a pointer to const, it is only read
    if (const auto *Call = dyn_cast<CallExpr>(Parent);
        Call && isGivenToMaker(E, *Call))
      return false;
    const auto *Cast = dyn_cast<CastExpr>(Parent);
    return !Cast || (Cast->getCastKind() != CK_LValueToRValue &&
                     Cast->getCastKind() != CK_ToVoid &&
                     !Cast->getType().isConstQualified() &&
                     !(Cast->getType()->isPointerType() &&
                       Cast->getType()->getPointeeType().isConstQualified()));
  }
  return true;
}

/// `for (auto &thread : threads_)`
static bool isRange(const Stmt *User) {
  const auto *Range = dyn_cast<DeclStmt>(User);
  return Range && Range->isSingleDecl() && Range->getSingleDecl()->isImplicit();
}

bool mayChangeTested(const Expr *E, llvm::ArrayRef<const Stmt *> Path) {
  if (!mayChange(E, Path))
    return false;
  const auto User =
      llvm::find_if_not(llvm::reverse(Path), [](const Stmt *Around) {
        return isa<ImplicitCastExpr, ParenExpr>(Around);
      });
  if (User == llvm::reverse(Path).end() || !canBeEmpty(E->getType()))
    return true;
  const FunctionDecl *By = nullptr;
  if (const auto *Member = dyn_cast<MemberExpr>(*User))
    By = dyn_cast<CXXMethodDecl>(Member->getMemberDecl());
  else if (const auto *Op = dyn_cast<CXXOperatorCallExpr>(*User))
    By = Op->getArg(0)->IgnoreParenImpCasts() == E ? Op->getDirectCallee()
                                                   : nullptr;
  return By ? !keepsEmptiness(By) : !isRange(*User);
}

bool mentions(const Stmt *S, const VarDecl *V) {
  bool Does = false;
  forEachStatement(S, [&](const Stmt *E, auto) {
    const auto *Ref = dyn_cast<DeclRefExpr>(E);
    Does |= Ref && Ref->getDecl() == V;
  });
  return Does;
}

bool SetOnce::isMadeHere(const VarDecl *V) const {
  return V->isLocalVarDecl() && V->hasLocalStorage() && V->getInit() &&
         !isa<ParenListExpr>(V->getInit()) && // in a template
         V->getDeclContext() == F && !V->getType()->isReferenceType() &&
         !V->getType().isVolatileQualified() &&
         !mentions(V->getInit(), V); // int x = x;
}

const Expr *SetOnce::valueOf(const VarDecl *V) {
  return isMadeHere(V) && (V->getType().isConstQualified() || !changes(V))
             ? V->getInit()
             : nullptr;
}

const Expr *SetOnce::valueBefore(const VarDecl *V, const Stmt *Loop) {
  findChanges();
  auto Change = Changed.find(V);
  auto Begin = Loops.find(Loop);
  return isMadeHere(V) && Begin != Loops.end() &&
                 (Change == Changed.end() || Change->second > Begin->second)
             ? V->getInit()
             : nullptr;
}

bool SetOnce::keepsUpTo(const ParmVarDecl *P, const Stmt *Loop) {
  findChanges();
  auto Change = Changed.find(P);
  auto Begin = Loops.find(Loop);
  return Begin != Loops.end() &&
         (Change == Changed.end() || Change->second > Begin->second);
}

const Expr *SetOnce::valueOf(const FieldDecl *Field) {
  const auto *Ctor = dyn_cast_or_null<CXXConstructorDecl>(definitionOf(F));
  const QualType T = Field->getType();
  if (!Ctor || Field->isMutable() || T->isReferenceType() ||
      T.isVolatileQualified())
    return nullptr;
  for (const CXXCtorInitializer *I : Ctor->inits())
    if (I->getMember() == Field) {
      if (!T.isConstQualified() && (changes(Field) || IsLent))
        return nullptr;
      const auto *Default = dyn_cast<CXXDefaultInitExpr>(I->getInit());
      return Default ? Default->getExpr() : I->getInit();
    }
  return nullptr;
}

const Expr *SetOnce::valueOf(const Expr *E) {
  if (const auto *Member = dyn_cast<MemberExpr>(E)) {
    const auto *Field = dyn_cast<FieldDecl>(Member->getMemberDecl());
    return Field && isa<CXXThisExpr>(Member->getBase()->IgnoreParenImpCasts())
               ? valueOf(Field)
               : nullptr;
  }
  const auto *Ref = dyn_cast<DeclRefExpr>(E);
  const auto *V = Ref ? dyn_cast<VarDecl>(Ref->getDecl()) : nullptr;
  return V ? valueOf(V) : nullptr;
}

bool SetOnce::changes(const ValueDecl *D) {
  findChanges();
  return Changed.contains(D);
}

const Settling *SetOnce::settling(const VarDecl *V) {
  findChanges();
  auto It = Settled.find(V);
  return HasLabel || It == Settled.end() || !It->second.Last ? nullptr
                                                             : &It->second;
}

/// Reads a body, and those of its own methods that a constructor calls.
class SetOnce::Finder {
public:
  explicit Finder(SetOnce &Into) : Into(Into) {}

  void read(const FunctionDecl *Body) {
    constexpr unsigned MaxRead = 16;
    Body = definitionOf(Body);
    if (!Body || Read.size() == MaxRead) {
      Into.IsLent = true;
      return;
    }
    if (!Read.insert(Body).second)
      return;
    const bool IsMethod = isa<CXXMethodDecl>(Body);
    forEachStatement(writtenBody(Body), [&](const Stmt *S,
                                            llvm::ArrayRef<const Stmt *> Path) {
      ++Order;
      if (const auto *Ref = dyn_cast<DeclRefExpr>(S)) {
        if (const auto *V = dyn_cast<VarDecl>(Ref->getDecl()))
          note(V, Ref, Path);
      } else if (const auto *Member = dyn_cast<MemberExpr>(S)) {
        if (isa<FieldDecl>(Member->getMemberDecl()) && mayChange(Member, Path))
          Into.Changed.try_emplace(Member->getMemberDecl(), Order);
      } else if (IsMethod && isa<CXXThisExpr>(S)) {
        noteObject(Path);
      } else if (const auto *Made = dyn_cast<DeclStmt>(S)) {
        noteDeclared(Made, Path);
      } else if (repeats(S) && llvm::none_of(Path, repeats)) {
        Into.Loops.try_emplace(S, Order);
      } else {
        Into.HasLabel |= isa<LabelStmt>(S);
      }
    });
  }

private:
  void note(const VarDecl *V, const DeclRefExpr *Ref,
            llvm::ArrayRef<const Stmt *> Path) {
    const bool Changes = mayChange(Ref, Path);
    if (Changes)
      Into.Changed.try_emplace(V, Order);
    auto It = Into.Settled.find(V);
    if (It == Into.Settled.end())
      return;
    Settling &Known = It->second;
    const auto At = llvm::find(Path, Known.In);
    const Stmt *Within =
        At == Path.end() || At + 1 == Path.end() ? nullptr : *(At + 1);
    if (Within && Changes && !Asked.contains(V) &&
        isBranchAssigned(Ref, Path.drop_front(At + 1 - Path.begin())))
      Known.Last = Within;
    else if (Changes || Within == Known.Last)
      Into.Settled.erase(It);
    else
      Asked.insert(V);
  }

  /// Whether \p Ref gets a value in a statement of a branch; \p Path leads to
  /// it.
  static bool isBranchAssigned(const DeclRefExpr *Ref,
                               llvm::ArrayRef<const Stmt *> Path) {
    const auto *Set = dyn_cast<BinaryOperator>(Path.back());
    if (!Set || Set->getOpcode() != BO_Assign ||
        Set->getLHS()->IgnoreParens() != Ref)
      return false;
    const Stmt *Inner = Set;
    for (const Stmt *Around : llvm::reverse(Path.drop_back())) {
      if (const auto *If = dyn_cast<IfStmt>(Around)) {
        if (Inner != If->getThen() && Inner != If->getElse())
          return false;
      } else if (const auto *Switch = dyn_cast<SwitchStmt>(Around)) {
        if (Inner != Switch->getBody())
          return false;
      } else if (!isa<CompoundStmt, DefaultStmt, ExprWithCleanups>(Around) &&
                 !(isa<CaseStmt>(Around) &&
                   Inner == cast<CaseStmt>(Around)->getSubStmt())) {
        return false;
      }
      Inner = Around;
    }
    return true;
  }

  void noteDeclared(const DeclStmt *Made, llvm::ArrayRef<const Stmt *> Path) {
    const auto *In =
        Path.empty() ? nullptr : dyn_cast<CompoundStmt>(Path.back());
    if (Path.size() > 1 && isa<SwitchStmt>(Path[Path.size() - 2]))
      return; // control may begin behind it
    for (const Decl *D : Made->decls())
      if (const auto *V = dyn_cast<VarDecl>(D);
          V && In && V->hasLocalStorage() &&
          !V->getType().isVolatileQualified() && V->getType()->isScalarType())
        Into.Settled.try_emplace(V, Settling{In, Made, nullptr});
  }

  void noteObject(llvm::ArrayRef<const Stmt *> Path) {
    const auto *Of = Path.empty() ? nullptr : dyn_cast<MemberExpr>(Path.back());
    const auto *Method =
        Of ? dyn_cast<CXXMethodDecl>(Of->getMemberDecl()) : nullptr;
    if (!Of)
      Into.IsLent |= Path.empty() || !isa<LambdaExpr>(Path.back());
    else if (Method && !Method->isConst() && !Into.IsLent) {
      Into.IsLent |= Method->isVirtual();
      read(Method);
    }
  }

  SetOnce &Into;
  unsigned Order = 0;
  llvm::SmallPtrSet<const FunctionDecl *, 4> Read;
  llvm::SmallPtrSet<const VarDecl *, 4> Asked;
};

void SetOnce::findChanges() {
  if (!std::exchange(IsRead, true))
    Finder(*this).read(F);
}

} // namespace nostall
