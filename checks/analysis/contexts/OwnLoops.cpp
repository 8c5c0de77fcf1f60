//===- OwnLoops.cpp - loops that a thread of their own runs ---------------===//

#include "OwnLoops.h"
#include "analysis/Unit.h"
#include "analysis/facts/ConditionReader.h"
#include "analysis/models/Models.h"
#include "analysis/source/Bodies.h"
#include "analysis/source/Expressions.h"

using namespace clang;

namespace nostall {

/// The variable or member that is the loop which \p E is, or an executor of:
/// `io_`, `&loop_`, `io_.get_executor()`, `asio::make_strand(io_)`, or
/// `context()`, which returns one of these.
static const ValueDecl *loopNamed(Unit &U, const Expr *E) {
  constexpr unsigned MaxSteps = 12;
  for (unsigned Step = 0; E && Step != MaxSteps; ++Step) {
    E = stripForwarding(U, E);
    if (const auto *Unary = dyn_cast<UnaryOperator>(E)) {
      E = Unary->getSubExpr();
    } else if (const auto *Made = dyn_cast<CXXConstructExpr>(E)) {
      E = Made->getNumArgs() ? Made->getArg(0) : nullptr;
    } else if (const auto *Call = dyn_cast<CallExpr>(E)) {
      const FunctionDecl *F = Call->getDirectCallee();
      const auto *Member = dyn_cast<CXXMemberCallExpr>(Call);
      const Expr *Returned = F && !U.models().isOpaque(F) && definitionOf(F)
                                 ? returnedBy(F)
                                 : nullptr;
      E = Returned             ? Returned
          : Member             ? Member->getImplicitObjectArgument()
          : Call->getNumArgs() ? Call->getArg(0)
                               : nullptr;
    } else if (const auto *Member = dyn_cast<MemberExpr>(E)) {
      return Member->getMemberDecl();
    } else if (const auto *Ref = dyn_cast<DeclRefExpr>(E)) {
      const auto *V = dyn_cast<VarDecl>(Ref->getDecl());
      const bool IsAlias = V && V->isLocalVarDecl() && V->getInit() &&
                           V->getType()->isReferenceType();
      if (!IsAlias)
        return Ref->getDecl();
      E = V->getInit();
    } else {
      return nullptr;
    }
  }
  return nullptr;
}

void OwnLoops::find(Unit &U,
                    llvm::function_ref<bool(const FunctionDecl *)> IsOnWorker) {
  llvm::DenseSet<const ValueDecl *> RunHere;
  for (const FunctionDecl *F : U.functions())
    for (const CallFact &Call : U.facts(F).Calls) {
      const FunctionModel *M = Call.Callee ? U.model(Call.Callee) : nullptr;
      const bool Runs =
          M && (M->RunsLoop || (Call.Object && M->What == Effect::SyncRun &&
                                M->Says == FunctionModel::Stance::Blocks));
      if (!Runs)
        continue;
      const Expr *Loop = Call.Object          ? Call.Object
                         : !Call.Args.empty() ? Call.Args.front()
                                              : nullptr;
      const ValueDecl *Named = Loop ? loopNamed(U, Loop) : nullptr;
      if (!IsOnWorker(F))
        RunHere.insert(Named);
      else if (Named && !isa<ParmVarDecl>(Named))
        Own.insert(Named);
    }
  // One that a function was given may be any of them.
  const bool IsUnclear = llvm::any_of(
      RunHere, [](const ValueDecl *D) { return !D || isa<ParmVarDecl>(D); });
  for (const ValueDecl *D : RunHere)
    Own.erase(D);
  if (!IsUnclear)
    ByThreads = Own;
  if (RunHere.empty() || IsUnclear)
    Own.clear();
  if (Own.empty())
    return;
  for (const FunctionDecl *F : U.functions())
    for (const CallFact &Call : U.facts(F).Calls)
      if (Call.Callee && U.isInSystemHeader(Call.Callee) && takes(U, Call))
        for (const Expr *Arg : Call.Args)
          if (const ValueDecl *D = loopNamed(U, Arg);
              D && !Own.contains(D) && !isa<FunctionDecl>(D))
            Of.insert(D);
}

bool OwnLoops::names(Unit &U, const CallFact &Call,
                     llvm::function_ref<bool(const ValueDecl *)> Is) const {
  auto IsOne = [&](const Expr *E) {
    const ValueDecl *D = E ? loopNamed(U, E) : nullptr;
    return D && Is(D);
  };
  return IsOne(Call.Object) || (!Call.Args.empty() && IsOne(Call.Args.front()));
}

bool OwnLoops::takes(Unit &U, const CallFact &Call) const {
  return !Own.empty() && names(U, Call, [&](const ValueDecl *D) {
    return Own.contains(D) || Of.contains(D);
  });
}

bool OwnLoops::isRunByThreads(Unit &U, const CallFact &Call) const {
  return !ByThreads.empty() && names(U, Call, [&](const ValueDecl *D) {
    return ByThreads.contains(D);
  });
}

} // namespace nostall
