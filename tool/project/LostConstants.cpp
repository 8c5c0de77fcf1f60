//===- LostConstants.cpp - what is no constant any more -------------------===//

#include "LostConstants.h"
#include "PlainLibrary.h"
#include "analysis/Unit.h"
#include "analysis/source/Bodies.h"
#include "analysis/source/Expressions.h"
#include "clang/AST/ASTContext.h"
#include "clang/AST/ASTLambda.h"
#include "clang/AST/DeclCXX.h"
#include "clang/AST/ExprCXX.h"
#include "clang/Basic/SourceManager.h"

using namespace clang;

namespace nostall {

/// Whether one of the emptied macros stands before the name of \p F. One that
/// is defaulted has none, and is constexpr where all that it calls is.
static bool wasMadePlain(const FunctionDecl *F) {
  if (const FunctionDecl *Pattern = F->getTemplateInstantiationPattern())
    F = Pattern;
  const SourceManager &SM = F->getASTContext().getSourceManager();
  return llvm::any_of(F->redecls(), [&](const FunctionDecl *Written) {
    if (Written->isDefaulted() || Written->getLocation().isInvalid())
      return Written->isDefaulted();
    const auto [File, Offset] =
        SM.getDecomposedExpansionLoc(Written->getLocation());
    StringRef Before = SM.getBufferData(File).take_front(Offset);
    Before = Before.substr(Before.find_last_of(";{}") + 1);
    return llvm::any_of(PlainLibrary::macros(), [&](StringRef Macro) {
      return Before.contains(Macro);
    });
  });
}

static const FunctionDecl *calleeOf(const Stmt *S) {
  if (const auto *Call = dyn_cast<CallExpr>(S))
    return Call->getDirectCallee();
  const auto *Construction = dyn_cast<CXXConstructExpr>(S);
  return Construction ? Construction->getConstructor() : nullptr;
}

namespace {
class ConstantReader {
public:
  /// Whether \p Root has an expression that is no constant any more.
  bool losesAny(const Stmt *Root);

private:
  struct Value {
    bool IsFixed = false; ///< made of constants
    bool IsLost = false;  ///< by functions that were made plain
  };

  bool isLost(const FunctionDecl *F);
  bool callsLost(const Stmt *Body);
  Value valueOf(const Stmt *S);
  llvm::SmallVector<const Stmt *, 4> partsOf(const Stmt *S) const;

  llvm::DenseMap<const Stmt *, Value> Values;
  llvm::DenseMap<const FunctionDecl *, bool> Functions;
};
} // namespace

/// Whether calls of \p F can be constants of the library as it is only.
bool ConstantReader::isLost(const FunctionDecl *F) {
  auto [It, IsNew] = Functions.try_emplace(F, false);
  if (!IsNew)
    return It->second;
  const FunctionDecl *Body = definitionOf(F);
  bool Is = false;
  // A lambda is constexpr by itself, where all that it calls is.
  if (!F->isConstexpr() && !isLambdaCallOperator(F))
    Is = wasMadePlain(F);
  else if (Body)
    askDeeper([&] { Is = callsLost(Body->getBody()); });
  return Functions[F] = Is;
}

bool ConstantReader::callsLost(const Stmt *Body) {
  llvm::SmallVector<const Stmt *, 16> Work{Body};
  AwaitsOnce Once;
  while (!Work.empty()) {
    const Stmt *S = Work.pop_back_val();
    if (!S || !Once.enter(S))
      continue;
    if (const FunctionDecl *Callee = calleeOf(S); Callee && isLost(Callee))
      return true;
    Work.append(S->child_begin(), S->child_end());
  }
  return false;
}

/// What has to be fixed for \p S to be.
llvm::SmallVector<const Stmt *, 4>
ConstantReader::partsOf(const Stmt *S) const {
  if (const auto *Argument = dyn_cast<CXXDefaultArgExpr>(S))
    return {Argument->getExpr()};
  if (const auto *Member = dyn_cast<CXXDefaultInitExpr>(S))
    return {Member->getExpr()};
  if (const auto *Ref = dyn_cast<DeclRefExpr>(S)) {
    const auto *V = dyn_cast<VarDecl>(Ref->getDecl());
    if (V && !isa<ParmVarDecl>(V) &&
        V->getType().isConstant(V->getASTContext()) && V->getAnyInitializer())
      return {V->getAnyInitializer()};
  }
  llvm::SmallVector<const Stmt *, 4> Parts(S->child_begin(), S->child_end());
  llvm::erase(Parts, nullptr);
  return Parts;
}

ConstantReader::Value ConstantReader::valueOf(const Stmt *S) {
  Value Is;
  const auto Parts = partsOf(S);
  Is.IsFixed = llvm::all_of(
      Parts, [&](const Stmt *Part) { return Values.lookup(Part).IsFixed; });
  if (Parts.empty()) {
    const auto *Ref = dyn_cast<DeclRefExpr>(S);
    Is.IsFixed = Ref ? isa<EnumConstantDecl, FunctionDecl>(Ref->getDecl())
                     : isa<IntegerLiteral, FloatingLiteral, CharacterLiteral,
                           StringLiteral, CXXBoolLiteralExpr,
                           CXXNullPtrLiteralExpr, UnaryExprOrTypeTraitExpr,
                           InitListExpr, CallExpr, CXXConstructExpr,
                           ImplicitValueInitExpr, CXXScalarValueInitExpr>(S);
  }
  if (const auto *Lambda = dyn_cast<LambdaExpr>(S))
    Is.IsFixed = Lambda->capture_size() == 0;
  else if (!isa<Expr>(S) ||
           isa<CoroutineSuspendExpr, CXXNewExpr, CXXDeleteExpr, CXXThrowExpr>(
               S))
    Is.IsFixed = false;
  if (!Is.IsFixed)
    return {};
  Is.IsLost = !isa<LambdaExpr>(S) && llvm::any_of(Parts, [&](const Stmt *Part) {
    return Values.lookup(Part).IsLost;
  });
  if (isa<CallExpr, CXXConstructExpr>(S)) {
    const FunctionDecl *Callee = calleeOf(S);
    if (!Callee)
      return {};
    if (isLost(Callee))
      Is.IsLost = true;
    else if (!Callee->isConstexpr() && !Callee->getBuiltinID())
      return {};
  }
  return Is;
}

bool ConstantReader::losesAny(const Stmt *Root) {
  // In post-order, because chains of operators may be long.
  llvm::SmallVector<std::pair<const Stmt *, bool>, 16> Work{{Root, false}};
  while (!Work.empty()) {
    auto &[S, HasParts] = Work.back();
    if (!HasParts) {
      HasParts = true;
      const Stmt *Of = S;
      if (Values.try_emplace(Of).second)
        for (const Stmt *Part : partsOf(Of))
          Work.push_back({Part, false});
      else
        Work.pop_back();
      continue;
    }
    const Value Is = Values[S] = valueOf(S);
    if (const auto *E = dyn_cast<Expr>(S);
        Is.IsLost &&
        (E->getType()->isArithmeticType() || E->getType()->isEnumeralType()))
      return true;
    Work.pop_back();
  }
  return false;
}

bool losesConstants(Unit &U) {
  ConstantReader Reader;
  return llvm::any_of(U.functions(), [&](const FunctionDecl *F) {
    if (F->isDependentContext())
      return false;
    if (const auto *Constructor = dyn_cast<CXXConstructorDecl>(F))
      for (const CXXCtorInitializer *Init : Constructor->inits())
        if (Reader.losesAny(Init->getInit()))
          return true;
    return Reader.losesAny(F->getBody());
  });
}

} // namespace nostall
