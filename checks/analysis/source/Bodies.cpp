//===- Bodies.cpp - which body runs ---------------------------------------===//

#include "Bodies.h"
#include "Annotations.h"
#include "Awaitables.h"
#include "analysis/Unit.h"
#include "clang/AST/DeclTemplate.h"

using namespace clang;

namespace nostall {

const FunctionDecl *definitionOf(const FunctionDecl *F) {
  const FunctionDecl *Definition = nullptr;
  if (!F->hasBody(Definition) || Definition->hasSkippedBody() ||
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

llvm::SmallVector<const FunctionDecl *, 1> bodiesOf(Unit &U,
                                                    const FunctionDecl *F) {
  llvm::SmallVector<const FunctionDecl *, 1> Result;
  auto Add = [&](const FunctionDecl *D) {
    const FunctionDecl *Body = D ? definitionOf(D) : nullptr;
    if (D && alwaysBlocks(U, D))
      Result.push_back(Body ? Body : D);
    else if (Body && !coroutineBody(Body))
      Result.push_back(Body);
  };
  if (const FunctionTemplateDecl *T =
          F ? F->getDescribedFunctionTemplate() : nullptr)
    for (const FunctionDecl *Instance : T->specializations())
      Add(Instance);
  else
    Add(F);
  return Result;
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

bool mayBeElsewhere(const Unit &U, const FunctionDecl *F) {
  const auto *Method = dyn_cast<CXXMethodDecl>(F);
  return !(Method && Method->isPureVirtual()) && !F->isDefaulted() &&
         !F->isDeleted() && !F->isDependentContext() && !F->getBuiltinID() &&
         !U.isInSystemHeader(F);
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
