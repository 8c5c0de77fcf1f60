//===- Annotations.cpp - what the source itself says ----------------------===//

#include "Annotations.h"
#include "clang/AST/Attr.h"
#include "clang/AST/DeclCXX.h"
#include "clang/AST/DeclTemplate.h"
#include "clang/AST/Expr.h"

using namespace clang;

namespace nostall {

static std::optional<llvm::StringRef> annotationOf(const Decl *D,
                                                   llvm::StringRef Word) {
  for (const auto *A : D->specific_attrs<AnnotateAttr>()) {
    llvm::StringRef Name = A->getAnnotation();
    if (!Name.consume_front("nostall::") || Name != Word)
      continue;
    if (A->args_size() == 0)
      return llvm::StringRef();
    const Expr *Arg = (*A->args_begin())->IgnoreParenImpCasts();
    if (const auto *Constant = dyn_cast<ConstantExpr>(Arg))
      Arg = Constant->getSubExpr()->IgnoreParenImpCasts();
    if (const auto *Text = dyn_cast<StringLiteral>(Arg))
      return Text->getString();
    return llvm::StringRef();
  }
  return std::nullopt;
}

std::optional<llvm::StringRef> annotation(const Decl *D, llvm::StringRef Word) {
  for (const Decl *Redecl : D->redecls())
    if (auto Found = annotationOf(Redecl, Word))
      return Found;
  // Attributes of a template are not always carried to its instantiations.
  if (const auto *F = dyn_cast<FunctionDecl>(D))
    if (const FunctionDecl *Pattern = F->getTemplateInstantiationPattern())
      return annotationOf(Pattern, Word);
  if (const auto *R = dyn_cast<CXXRecordDecl>(D))
    if (const CXXRecordDecl *Pattern = R->getTemplateInstantiationPattern())
      return annotationOf(Pattern, Word);
  return std::nullopt;
}

std::optional<DeclaredEffect> declaredEffect(const FunctionDecl *F) {
  using Kind = DeclaredEffect::Kind;
  if (annotation(F, "allow_blocking"))
    return DeclaredEffect{Kind::Allowed, Effect::Wait,
                          "annotation NOSTALL_ALLOW_BLOCKING"};
  if (annotation(F, "nonblocking"))
    return DeclaredEffect{Kind::Nonblocking, Effect::Wait,
                          "annotation NOSTALL_NONBLOCKING"};
  if (annotation(F, "cpu_bound"))
    return DeclaredEffect{Kind::Blocking, Effect::CPU,
                          "annotation NOSTALL_CPU_BOUND"};
  if (auto Named = annotation(F, "blocking"))
    return DeclaredEffect{Kind::Blocking,
                          parseCategory(*Named).value_or(Effect::Wait),
                          "annotation NOSTALL_BLOCKING"};
  for (const auto &With : F->getFunctionEffects()) {
    if (With.Effect.kind() == FunctionEffect::Kind::Blocking)
      return DeclaredEffect{Kind::Blocking, Effect::Wait,
                            "attribute [[clang::blocking]]"};
    if (With.Effect.kind() == FunctionEffect::Kind::NonBlocking &&
        !With.Cond.getCondition())
      return DeclaredEffect{Kind::Nonblocking, Effect::Wait,
                            "attribute [[clang::nonblocking]]"};
  }
  return std::nullopt;
}

bool allowsBlocking(const Attr *A) {
  const auto *Annotation = dyn_cast<AnnotateAttr>(A);
  return Annotation && Annotation->getAnnotation() == "nostall::allow_blocking";
}

std::optional<Context> parseContext(llvm::StringRef Name) {
  if (Name == "loop")
    return Context::Loop;
  if (Name == "worker")
    return Context::Worker;
  if (Name == "process")
    return Context::Process;
  return std::nullopt;
}

llvm::StringRef contextName(Context C) {
  switch (C) {
  case Context::Unknown:
    return "unknown";
  case Context::Loop:
    return "loop";
  case Context::Worker:
    return "worker";
  case Context::Process:
    return "process";
  }
  llvm_unreachable("covered switch");
}

} // namespace nostall
