//===- AwaitFix.cpp - the forgotten co_await, put in ----------------------===//
//
// What a co_await gives must live on as the task would have: a variable stays,
// and becomes one of the result, unless the result is void. A statement has no
// variable, so a result whose end does something is not ended by a safe fix.
//
//===----------------------------------------------------------------------===//

#include "AwaitResult.h"
#include "Rewrite.h"
#include "analysis/Unit.h"
#include "analysis/locks/LockFlow.h"
#include "analysis/source/Expressions.h"
#include "analysis/tasks/Drops.h"
#include "analysis/tasks/TaskFlow.h"
#include "analysis/words/Wording.h"
#include "clang/AST/ASTContext.h"
#include "clang/AST/DeclTemplate.h"
#include "clang/AST/TypeLoc.h"

using namespace clang;

namespace nostall {
namespace {

bool isLooserThanUnary(const Expr *E) {
  E = E->IgnoreImplicit();
  if (const auto *Op = dyn_cast<CXXOperatorCallExpr>(E))
    return Op->isInfixBinaryOp();
  return isa<BinaryOperator, AbstractConditionalOperator>(E);
}

/// The type of \p V as written, if `auto` has to take its place; an invalid
/// range where it is there already, and nothing where neither would be right.
std::optional<SourceRange> writtenType(const VarDecl *V) {
  const TypeSourceInfo *Info = V->getTypeSourceInfo();
  if (!Info)
    return std::nullopt;
  TypeLoc Loc = Info->getTypeLoc();
  if (auto Reference = Loc.getAs<ReferenceTypeLoc>())
    Loc = Reference.getPointeeLoc();
  Loc = Loc.getUnqualifiedLoc();
  if (auto Auto = Loc.getAs<AutoTypeLoc>())
    return Auto.isConstrained() || Auto.isDecltypeAuto()
               ? std::nullopt
               : std::optional(SourceRange());
  if (Loc.getBeginLoc().isMacroID() || Loc.getEndLoc().isMacroID())
    return std::nullopt;
  return Loc.getSourceRange();
}

/// Whether `auto v = <a Result>` compiles, and lives as long as \p V.
bool canHold(const VarDecl *V, QualType Result) {
  if (!Result->isReferenceType()) // `auto &` takes no temporary
    return !V->getType()->isLValueReferenceType() ||
           V->getType()->getPointeeType().isConstQualified();
  // It may point into the task, which ends here.
  return !V->getType()->isReferenceType() &&
         !mustBeKept(Result.getNonReferenceType());
}

std::string cautionOn(const ASTContext &Ctx, std::optional<QualType> Result,
                      bool MayVary) {
  if (!Result)
    return MayVary ? "what it gives is not known here" : "";
  return mustBeKept(*Result) ? "what it gives, '" + displayType(*Result, Ctx) +
                                   "', would end at once: keep it in a variable"
                             : "";
}

/// Whether a lock is held where \p E, which is to be awaited, stands.
bool isUnderLock(Unit &U, const FunctionFacts &Facts, const Expr *E) {
  const Expr *Stripped = stripForwarding(U, E);
  return llvm::any_of(Facts.Calls, [&](const CallFact &Call) {
    return (Call.Site == E || Call.Site == Stripped) &&
           isLockHeldAt(U, Facts, Call);
  });
}

/// Whether another instance of the template that \p F is made of gets nothing
/// where \p V stands.
bool isVoidElsewhere(Unit &U, const FunctionDecl *F, const VarDecl *V) {
  const FunctionTemplateDecl *Template = F->getPrimaryTemplate();
  if (!Template)
    return false;
  auto IsVoid = [&](const VariableFact &Other) {
    if (Other.Var->getLocation() != V->getLocation() || !Other.Var->getInit())
      return false;
    const auto Result = awaitResult(
        U.context(), stripForwarding(U, Other.Var->getInit())->getType());
    return Result && (*Result)->isVoidType();
  };
  return llvm::any_of(
      Template->specializations(), [&](const FunctionDecl *Instance) {
        return Instance != F && Instance->doesThisDeclarationHaveABody() &&
               llvm::any_of(U.facts(Instance).Variables, IsVoid);
      });
}

} // namespace

std::optional<AwaitFix> awaitFix(Unit &U, const FunctionFacts &Facts,
                                 const Drop &D) {
  if (!D.CanAwaitHere || D.InHandler || D.K == Drop::Kind::RangeElement || !D.E)
    return std::nullopt;
  auto Range = fileRange(U, D.E->getSourceRange());
  if (!Range)
    return std::nullopt;
  AwaitFix Fix;
  auto Replace = [&](SourceLocation From, SourceLocation To,
                     llvm::StringRef Text) {
    Fix.Edits.push_back(FixItHint::CreateReplacement(
        CharSourceRange::getCharRange(From, To), Text));
  };
  const QualType T = D.E->getType();
  const auto Result = awaitResult(U.context(), T);
  if (D.IsArgument && (!Result || (*Result)->isVoidType()))
    return std::nullopt; // nothing that could be an argument
  if (D.IsTested && !(Result && (*Result)->isBooleanType()))
    return std::nullopt; // nothing that could be tested
  // A task again would be the next to be forgotten.
  if (Result && U.awaitables().classify(*Result).isAwaitable())
    return std::nullopt;
  // What is replaced before and after the value: of `task<> t{f()};` all.
  SourceLocation Begin = Range->getBegin(), End = Range->getEnd();
  if (D.K == Drop::Kind::Variable) {
    const auto *V = cast<VarDecl>(D.Named);
    if (!D.Decl || !D.Decl->isSingleDecl() ||
        !V->isThisDeclarationADefinition() || V->isReferenced() ||
        V->isUsed() || V->isStaticLocal())
      return std::nullopt;
    const bool IsVoid = Result && (*Result)->isVoidType();
    if (IsVoid || isVoidElsewhere(U, Facts.Function, V)) {
      if (!IsVoid && (!Result || mustBeKept(*Result)))
        return std::nullopt;
      Begin = D.Decl->getBeginLoc();
      End = D.Decl->getEndLoc(); // the semicolon
      if (Begin.isMacroID() || End.isMacroID())
        return std::nullopt;
    } else {
      // Without a result there would be nothing to keep in the variable.
      const auto Type = writtenType(V);
      if (!Type || !Result || !canHold(V, *Result))
        return std::nullopt;
      if (Type->isValid()) {
        auto Written = fileRange(U, *Type);
        if (!Written)
          return std::nullopt;
        Replace(Written->getBegin(), Written->getEnd(), "auto");
      }
    }
  } else {
    Fix.Caution =
        cautionOn(U.context(), Result, D.Type->K == AwaitableType::Kind::Task);
  }
  if (Fix.Caution.empty() && isUnderLock(U, Facts, D.E))
    Fix.Caution = "a thread lock is held here: release it before";
  std::string Before = "co_await ", After;
  const bool Moves = D.K == Drop::Kind::NamedValue && D.Type->MoveOnly &&
                     !D.E->isXValue() && D.Type->K == AwaitableType::Kind::Task;
  if (D.K == Drop::Kind::NamedValue)
    // What is awaited elsewhere cannot be awaited here, too.
    if (const VariableFact *V = Facts.variable(D.Named);
        V && llvm::any_of(V->Uses, takesCare))
      return std::nullopt;
  if (Moves) {
    if (T.isConstQualified())
      return std::nullopt;
    Before += "std::move(";
    After = ")";
    Fix.MovesAt = Begin;
  } else if (isLooserThanUnary(D.E)) {
    Before += "(";
    After = ")";
  }
  Replace(Begin, Range->getBegin(), Before);
  if (!After.empty() || End != Range->getEnd())
    Replace(Range->getEnd(), End, After);
  return Fix;
}

} // namespace nostall
