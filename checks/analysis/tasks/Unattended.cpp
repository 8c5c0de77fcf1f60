//===- Unattended.cpp - tasks that run while a loop does ------------------===//

#include "Unattended.h"
#include "TaskValues.h"
#include "analysis/Unit.h"
#include "analysis/source/Expressions.h"
#include "analysis/source/HandleUse.h"
#include "analysis/source/TypeReading.h"
#include "clang/AST/ASTContext.h"
#include "clang/AST/DeclTemplate.h"
#include "clang/AST/RecursiveASTVisitor.h"
#include "clang/Basic/SourceManager.h"
#include "llvm/ADT/StringExtras.h"

using namespace clang;

namespace nostall {

/// run_forever, runForever: the same name.
static bool isSameName(llvm::StringRef A, llvm::StringRef B) {
  auto Plain = [](llvm::StringRef Name) {
    std::string Text;
    for (char C : Name)
      if (C != '_')
        Text += llvm::toLower(C);
    return Text;
  };
  return Plain(A) == Plain(B);
}

/// Is named as functions are that run a loop, and is given nothing that could
/// be run or told: at most a limit of time or of number.
static bool isNamedLoop(Unit &U, const FunctionDecl *F) {
  return F->getIdentifier() &&
         (F->getReturnType()->isVoidType() ||
          F->getReturnType()->isArithmeticType()) &&
         llvm::none_of(F->parameters(),
                       [](const ParmVarDecl *P) {
                         return !P->getType()->isArithmeticType() &&
                                !P->getType()->isEnumeralType();
                       }) &&
         llvm::any_of(U.models().stateNames().RunsLoops,
                      [&](const std::string &Name) {
                        return isSameName(F->getName(), Name);
                      });
}

static bool runsLoop(Unit &U, const FunctionDecl *F, unsigned Depth) {
  if (const FunctionModel *M = U.model(F))
    if (M->RunsLoop || (M->Says == BlockingModel::Stance::Blocks &&
                        M->What == Effect::SyncRun))
      return true;
  if (U.models().isOpaque(F))
    return false;
  const FunctionDecl *Body = nullptr;
  if (!F->hasBody(Body))
    return isNamedLoop(U, F);
  const FunctionFacts &Facts = U.facts(Body);
  if (Facts.Coroutine)
    return false;
  if (Facts.Repeats && (resumesAHandle(Body) || isNamedLoop(U, F)))
    return true;
  return Depth > 0 && llvm::any_of(Facts.Calls, [&](const CallFact &Call) {
           return Call.Callee && runsLoop(U, Call.Callee, Depth - 1);
         });
}

bool runsLoopAfter(Unit &U, const FunctionFacts &Facts, SourceLocation Loc) {
  const SourceManager &SM = U.context().getSourceManager();
  constexpr unsigned HelpersDeep = 3;
  return llvm::any_of(Facts.Calls, [&](const CallFact &Call) {
    return Call.Callee && SM.isBeforeInTranslationUnit(Loc, Call.Loc) &&
           runsLoop(U, Call.Callee, HelpersDeep);
  });
}

static bool hasAwait(const Stmt *S) {
  bool Found = false;
  forEachStatement(
      S, [&](const Stmt *Child, auto) { Found |= isa<CoawaitExpr>(Child); });
  return Found;
}

/// `while (!t.done()) co_await yield();`
static bool waitsInLoopFor(const Stmt *S, const VarDecl *V) {
  bool Found = false;
  forEachStatement(S, [&](const Stmt *Loop, auto) {
    const Expr *Until = nullptr;
    if (const auto *While = dyn_cast<WhileStmt>(Loop))
      Until = While->getCond();
    else if (const auto *For = dyn_cast<ForStmt>(Loop))
      Until = For->getCond();
    else if (const auto *Do = dyn_cast<DoStmt>(Loop))
      Until = Do->getCond();
    Found |= Until && names(Until, V) && hasAwait(Loop);
  });
  return Found;
}

bool isWatched(Unit &U, const FunctionFacts &Facts, const VariableFact &V) {
  if (V.Uses.empty() || Facts.Awaits.empty())
    return false;
  const SourceManager &SM = U.context().getSourceManager();
  auto IsAsserted = [&](const VariableUse &Use) {
    return Use.H == VariableUse::How::ConstMethod &&
           SM.isMacroArgExpansion(Use.Ref->getBeginLoc()) &&
           llvm::any_of(Facts.Awaits, [&](const AwaitFact &Await) {
             return SM.isBeforeInTranslationUnit(V.Var->getLocation(),
                                                 Await.Loc) &&
                    SM.isBeforeInTranslationUnit(Await.Loc,
                                                 Use.Ref->getLocation());
           });
  };
  return llvm::any_of(V.Uses, IsAsserted) ||
         waitsInLoopFor(Facts.Function->getBody(), V.Var);
}

namespace {

/// Looks for the end of a coroutine, and for the question whether it is done.
class EndFinder : public RecursiveASTVisitor<EndFinder> {
public:
  bool Ends = false, AsksWhetherDone = false;

  void read(const FunctionDecl *F, unsigned Depth) {
    F = withBody(F);
    if (!F)
      return;
    Level = Depth;
    TraverseStmt(F->getBody());
  }

  bool VisitCXXMemberCallExpr(CXXMemberCallExpr *E) {
    const CXXMethodDecl *Method = E->getMethodDecl();
    if (!Method || !Method->getIdentifier())
      return true;
    if (isCoroutineHandle(Method->getThisType()->getPointeeType()))
      see(Method->getName());
    else if (Level > 0 && isOwn(E->getImplicitObjectArgument()))
      follow(Method);
    return true;
  }
  /// In a template: whatever the handle is.
  bool VisitCXXDependentScopeMemberExpr(CXXDependentScopeMemberExpr *E) {
    if (E->getMember().isIdentifier())
      see(E->getMember().getAsIdentifierInfo()->getName());
    return true;
  }

  /// The promise knows, too: `if (handle.promise().finished()) ...`.
  bool VisitIfStmt(IfStmt *If) {
    forEachStatement(If->getCond(), [&](const Stmt *S, auto) {
      DeclarationName Name;
      if (const auto *Member = dyn_cast<MemberExpr>(S))
        Name = Member->getMemberDecl()->getDeclName();
      else if (const auto *Member = dyn_cast<CXXDependentScopeMemberExpr>(S))
        Name = Member->getMember();
      AsksWhetherDone |= Name.isIdentifier() && !Name.isEmpty() &&
                         Name.getAsIdentifierInfo()->getName() == "promise";
    });
    return true;
  }

private:
  /// The object itself, or what a member of it leads to: `core_->destroy()`.
  static bool isOwn(const Expr *E) {
    E = E->IgnoreParenImpCasts();
    if (const auto *Op = dyn_cast<CXXOperatorCallExpr>(E);
        Op && Op->getOperator() == OO_Arrow)
      E = Op->getArg(0)->IgnoreParenImpCasts();
    if (const auto *Member = dyn_cast<MemberExpr>(E))
      E = Member->getBase()->IgnoreParenImpCasts();
    return isa<CXXThisExpr>(E);
  }

  void see(llvm::StringRef Name) {
    Ends |= Name == "destroy";
    AsksWhetherDone |= Name == "done";
  }
  void follow(const FunctionDecl *F) {
    const unsigned Here = Level;
    read(F, Here - 1);
    Level = Here;
  }

  unsigned Level = 0;
};

} // namespace

/// One with the same template as \p R, whose destructor has a body here: of a
/// task<void> that has its own in another file, what task<int> does.
static const CXXRecordDecl *withDestructorHere(const CXXRecordDecl *R) {
  const auto *Spec = dyn_cast<ClassTemplateSpecializationDecl>(R);
  const CXXDestructorDecl *Dtor = R->getDestructor();
  if (!Spec || !Dtor || Dtor->isDefaulted() || withBody(Dtor))
    return R;
  for (const auto *Other : Spec->getSpecializedTemplate()->specializations())
    if (const auto *Of =
            Other->hasDefinition() ? Other->getDestructor() : nullptr;
        Of && withBody(Of))
      return Other;
  return R;
}

bool endsItsCoroutine(const CXXRecordDecl *R) {
  return anyInHierarchy(R, [](const CXXRecordDecl *Class) {
    Class = withDestructorHere(Class);
    EndFinder Finder;
    Finder.read(Class->getDestructor(), /*Depth=*/2);
    for (const FieldDecl *Field : Class->fields())
      if (const CXXRecordDecl *Member = recordOf(Field->getType());
          Member && !Member->isInStdNamespace())
        Finder.read(Member->getDestructor(), /*Depth=*/1);
    return Finder.Ends && !Finder.AsksWhetherDone;
  });
}

bool endsUnfinished(const AwaitableType &Type) {
  return Type.S == Start::Eager && Type.Record && endsItsCoroutine(Type.Record);
}

} // namespace nostall
