//===- Bodies.cpp - which body runs ---------------------------------------===//

#include "Bodies.h"
#include "Annotations.h"
#include "Awaitables.h"
#include "analysis/Unit.h"
#include "clang/AST/DeclTemplate.h"
#include "clang/Basic/Stack.h"
#include <functional>

using namespace clang;

namespace nostall {

void askDeeper(llvm::function_ref<void()> Ask) {
  // On another stack, where this one is nearly used up.
  runWithSufficientStackSpace([] {}, Ask);
}

const FunctionDecl *definitionOf(const FunctionDecl *F) {
  const FunctionDecl *Definition = nullptr;
  if (!F || !F->hasBody(Definition) || Definition->hasSkippedBody() ||
      !Definition->getBody())
    return nullptr;
  return Definition;
}

const CoroutineBodyStmt *coroutineBody(const FunctionDecl *F) {
  const FunctionDecl *Definition = nullptr;
  if (!F->hasBody(Definition) || Definition->hasSkippedBody())
    return nullptr;
  return dyn_cast_or_null<CoroutineBodyStmt>(Definition->getBody());
}

const Stmt *writtenBody(const FunctionDecl *F) {
  if (const CoroutineBodyStmt *Coroutine = coroutineBody(F))
    return Coroutine->getBody();
  const FunctionDecl *Definition = nullptr;
  return F->hasBody(Definition) ? Definition->getBody() : nullptr;
}

const Expr *returnedBy(const FunctionDecl *F) {
  const FunctionDecl *Definition = F ? definitionOf(F) : nullptr;
  const auto *Block =
      Definition ? dyn_cast<CompoundStmt>(Definition->getBody()) : nullptr;
  const auto *Return = Block && Block->size() == 1
                           ? dyn_cast<ReturnStmt>(Block->body_front())
                           : nullptr;
  return Return ? Return->getRetValue() : nullptr;
}

/// Blocks by itself, with any arguments.
static bool alwaysBlocks(Unit &U, const FunctionDecl *F) {
  if (auto Declared = declaredEffect(F))
    return Declared->K == DeclaredEffect::Kind::Blocking;
  const FunctionModel *M = U.model(F);
  return M && M->Says == FunctionModel::Stance::Blocks && M->When.empty() &&
         M->Unless.empty() && !M->UnlessWouldBlockTested && !M->UnlessReady;
}

/// What \p F runs: its body, or those of its instantiations.
static void addBodies(Unit &U, const FunctionDecl *F,
                      llvm::SmallVectorImpl<const FunctionDecl *> &Out) {
  if (const FunctionTemplateDecl *T = F->getDescribedFunctionTemplate()) {
    for (const FunctionDecl *Instance : T->specializations())
      addBodies(U, Instance, Out);
    return;
  }
  const FunctionDecl *Body = definitionOf(F);
  if (alwaysBlocks(U, F))
    Out.push_back(Body ? Body : F);
  else if (Body && !coroutineBody(Body))
    Out.push_back(Body);
}

/// The class that an argument or parameter is of, points or refers to; or null.
static const CXXRecordDecl *classBehind(QualType T) {
  T = T.getNonReferenceType();
  const CXXRecordDecl *R = T->isPointerType()
                               ? T->getPointeeType()->getAsCXXRecordDecl()
                               : T->getAsCXXRecordDecl();
  return R ? R->getCanonicalDecl() : nullptr;
}

/// Leaves of \p Bodies, instantiations and overloads of one operator(), those
/// that may be meant: `initiate(op{}, handler, &file)` runs none that takes
/// another handler, where there is one that takes this.
static void
keepThoseThatTake(llvm::ArrayRef<const Expr *> Given,
                  llvm::SmallVectorImpl<const FunctionDecl *> &Bodies) {
  for (const Expr *Arg : Given) {
    const CXXRecordDecl *R =
        Arg && !Arg->getType().isNull() ? classBehind(Arg->getType()) : nullptr;
    auto Takes = [&](const FunctionDecl *F) {
      return llvm::any_of(F->parameters(), [&](const ParmVarDecl *P) {
        return classBehind(P->getType()) == R;
      });
    };
    if (R && llvm::any_of(Bodies, Takes))
      llvm::erase_if(Bodies, std::not_fn(Takes));
  }
}

llvm::SmallVector<const FunctionDecl *, 1>
bodiesOf(Unit &U, const FunctionDecl *F,
         llvm::ArrayRef<const Expr *> BesideIt) {
  llvm::SmallVector<const FunctionDecl *, 1> Bodies;
  if (!F)
    return Bodies;
  addBodies(U, F, Bodies);
  const auto *Method = dyn_cast<CXXMethodDecl>(F);
  if (Bodies.empty() || BesideIt.empty() || !Method ||
      Method->getOverloadedOperator() != OO_Call)
    return Bodies;
  llvm::SmallVector<const FunctionDecl *, 4> Meant;
  for (const NamedDecl *Overload :
       Method->getParent()->lookup(Method->getDeclName()))
    if (const FunctionDecl *Other = Overload->getAsFunction())
      addBodies(U, Other, Meant);
  if (Meant.size() > 1) {
    keepThoseThatTake(BesideIt, Meant);
    llvm::erase_if(Bodies, [&](const FunctionDecl *Body) {
      return !llvm::is_contained(Meant, Body);
    });
  }
  return Bodies;
}

bool erasesType(const CXXMethodDecl *Override) {
  const auto *Of =
      dyn_cast<ClassTemplateSpecializationDecl>(Override->getParent());
  return Of && llvm::any_of(Of->getTemplateArgs().asArray(),
                            [](const TemplateArgument &Arg) {
                              const CXXRecordDecl *R =
                                  Arg.getKind() == TemplateArgument::Type
                                      ? Arg.getAsType()->getAsCXXRecordDecl()
                                      : nullptr;
                              return R && R->isLambda();
                            });
}

bool mayBeElsewhere(Unit &U, const FunctionDecl *F) {
  const auto *Method = dyn_cast<CXXMethodDecl>(F);
  return !(Method && Method->isPureVirtual()) && !F->isDefaulted() &&
         !F->isDeleted() && !F->isDependentContext() && !F->getBuiltinID() &&
         !U.isOfMachine(F);
}

bool isUnknownCallable(Unit &U, const FunctionDecl *F) {
  return F && !definitionOf(F) && mayBeElsewhere(U, F) && !U.model(F) &&
         !U.models().isOpaque(F) && !declaredEffect(F);
}

bool mayBeCoroutineElsewhere(Unit &U, const FunctionDecl *F) {
  return F->getReturnType()->isRecordType() && mayBeElsewhere(U, F) &&
         !definitionOf(F) && !U.model(F) && !U.models().isOpaque(F) &&
         U.awaitables().classify(F->getReturnType()).K ==
             AwaitableType::Kind::Task;
}

} // namespace nostall
