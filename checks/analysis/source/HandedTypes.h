//===- HandedTypes.h - what libraries get to know ---------------*- C++ -*-===//
//
// A body of a library that is not parsed (NeededBodies.h) can call what it has
// been given, and nothing else: it cannot name what the program declares. What
// it has been given is of the types that it is made for, or comes of them:
//
//   std::call_once<λ>(flag, λ)           ──▶ λ
//   std::for_each<iterator, λ>(b, e, λ)  ──▶ λ, what an iterator leads to
//   co_spawn<..., handler>(...)          ──▶ handler ──▶ its bases, members,
//                                            what its functions return
//
// So a function object that no such body has got to know is called by none,
// like one that the program calls itself: `inline constexpr close_fn close{}`.
//
// Types are too many rather than too few.
//
//===----------------------------------------------------------------------===//

#ifndef NOSTALL_CHECKS_ANALYSIS_SOURCE_HANDEDTYPES_H
#define NOSTALL_CHECKS_ANALYSIS_SOURCE_HANDEDTYPES_H

#include "clang/AST/Type.h"
#include "llvm/ADT/ArrayRef.h"
#include "llvm/ADT/DenseSet.h"
#include "llvm/ADT/SmallVector.h"

namespace clang {
class ASTContext;
class CXXRecordDecl;
class Decl;
class FunctionDecl;
class TemplateArgument;
} // namespace clang

namespace nostall {

class ModelSet;

class HandedTypes {
public:
  HandedTypes(const clang::ASTContext &Ctx, const ModelSet &Models)
      : Ctx(Ctx), Models(Models) {}

  /// \p F is an instance of a library's template.
  void add(const clang::FunctionDecl *F);
  bool contains(const clang::CXXRecordDecl *R) const;

private:
  void add(clang::QualType T);
  void add(llvm::ArrayRef<clang::TemplateArgument> Args);
  /// The arguments of the templates that \p D is in, or an instance of.
  void addArgumentsAround(const clang::Decl *D);
  void addMembers(const clang::CXXRecordDecl *R);
  void follow();
  bool isOfLibrary(const clang::CXXRecordDecl *R) const;

  const clang::ASTContext &Ctx;
  const ModelSet &Models;
  llvm::DenseSet<const clang::Type *> Types;
  llvm::DenseSet<const clang::CXXRecordDecl *> Records;
  llvm::SmallVector<const clang::CXXRecordDecl *, 16> Open;
};

} // namespace nostall

#endif
