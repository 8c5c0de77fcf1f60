//===- Expressions.cpp - small questions to the AST -----------------------===//

#include "Expressions.h"
#include "Annotations.h"
#include "Awaitables.h"
#include "Bodies.h"
#include "analysis/Unit.h"
#include "clang/AST/ASTContext.h"
#include "clang/AST/Attr.h"
#include "clang/AST/DeclTemplate.h"
#include "clang/AST/StmtCXX.h"

using namespace clang;

namespace nostall {

bool isTransparent(const Stmt *S) {
  return isa<ImplicitCastExpr, ParenExpr, MaterializeTemporaryExpr,
             CXXBindTemporaryExpr, ExprWithCleanups, ConstantExpr,
             SubstNonTypeTemplateParmExpr>(S);
}

bool isCopyOrMove(const CXXConstructExpr *E) {
  return E->getNumArgs() >= 1 && E->getConstructor()->isCopyOrMoveConstructor();
}

bool isForwardingCast(const Stmt *S) {
  const auto *Cast = dyn_cast<ExplicitCastExpr>(S);
  return Cast && Cast->getCastKind() == CK_NoOp && Cast->isGLValue() &&
         Cast->getType()->isRecordType() &&
         Cast->getType()->getCanonicalTypeUnqualified() ==
             Cast->getSubExpr()->getType()->getCanonicalTypeUnqualified();
}

bool isConstructorCast(const Stmt *S) {
  const auto *Cast = dyn_cast<ExplicitCastExpr>(S);
  return Cast && Cast->getCastKind() == CK_ConstructorConversion;
}

const CXXDestructorDecl *destructorOf(QualType T) {
  T = T.getNonReferenceType();
  if (T->isArrayType())
    T = QualType(T->getBaseElementTypeUnsafe(), 0);
  const CXXRecordDecl *R = T->getAsCXXRecordDecl();
  if (!R || !R->hasDefinition() || R->hasTrivialDestructor())
    return nullptr;
  return R->getDestructor();
}

bool ownsValue(const VarDecl *V) {
  if (!V->getType()->isReferenceType())
    return true;
  const Expr *Init = V->getInit();
  if (const auto *Cleanups = dyn_cast_or_null<ExprWithCleanups>(Init))
    Init = Cleanups->getSubExpr();
  while (const auto *Cast = dyn_cast_or_null<ImplicitCastExpr>(Init))
    Init = Cast->getSubExpr();
  const auto *M = dyn_cast_or_null<MaterializeTemporaryExpr>(Init);
  return M && M->getExtendingDecl() == V;
}

bool isDispatched(const CallExpr *E) {
  const auto *Method = dyn_cast_or_null<CXXMethodDecl>(E->getDirectCallee());
  if (!Method || !Method->isVirtual() || Method->hasAttr<FinalAttr>() ||
      Method->getParent()->isEffectivelyFinal())
    return false;
  const Expr *Object = nullptr;
  if (isa<CXXOperatorCallExpr>(E)) {
    Object = E->getArg(0);
  } else {
    const auto *Member = dyn_cast<MemberExpr>(E->getCallee()->IgnoreParens());
    if (!Member || Member->hasQualifier())
      return false;
    if (Member->isArrow())
      return true;
    Object = Member->getBase();
  }
  // An object held by value has the type that is written.
  Object = Object->IgnoreParenImpCasts();
  if (const auto *Ref = dyn_cast<DeclRefExpr>(Object))
    return Ref->getDecl()->getType()->isReferenceType();
  if (const auto *Part = dyn_cast<MemberExpr>(Object))
    return Part->getMemberDecl()->getType()->isReferenceType();
  return !Object->isPRValue() && !isa<MaterializeTemporaryExpr>(Object);
}

const FunctionDecl *onlyCandidate(const Expr *Callee) {
  const auto *Lookup = dyn_cast<OverloadExpr>(Callee->IgnoreParenImpCasts());
  if (!Lookup || Lookup->getNumDecls() != 1)
    return nullptr;
  const NamedDecl *D = (*Lookup->decls_begin())->getUnderlyingDecl();
  if (const auto *Template = dyn_cast<FunctionTemplateDecl>(D))
    return Template->getTemplatedDecl();
  return dyn_cast<FunctionDecl>(D);
}

const Expr *stripForwarding(Unit &U, const Expr *E) {
  while (true) {
    const Expr *Before = E;
    E = E->IgnoreImplicit()->IgnoreParens();
    if (const auto *Call = dyn_cast<CallExpr>(E);
        Call && Call->getNumArgs() >= 1 && Call->getDirectCallee() &&
        !isa<CXXOperatorCallExpr>(Call)) {
      const FunctionModel *M = U.model(Call->getDirectCallee());
      if (M && M->Forwards)
        E = Call->getArg(0);
    } else if (const auto *C = dyn_cast<CXXConstructExpr>(E);
               C && isCopyOrMove(C)) {
      E = C->getArg(0);
    } else if (const auto *Default = dyn_cast<CXXDefaultArgExpr>(E);
               Default && !Default->getParam()->hasUninstantiatedDefaultArg() &&
               Default->getExpr()) {
      E = Default->getExpr();
    } else if (isForwardingCast(E)) {
      E = cast<ExplicitCastExpr>(E)->getSubExpr();
    } else if (const auto *List = dyn_cast<InitListExpr>(E);
               List && List->isTransparent()) {
      E = List->getInit(0);
    } else if (const auto *Given = dyn_cast<SubstNonTypeTemplateParmExpr>(E)) {
      E = Given->getReplacement(); // template <auto F> ... run(F);
    }
    if (E == Before)
      return E;
  }
}

const ValueDecl *namedEntity(Unit &U, const Expr *E) {
  E = stripForwarding(U, E);
  if (const auto *Unary = dyn_cast<UnaryOperator>(E);
      Unary &&
      (Unary->getOpcode() == UO_AddrOf || Unary->getOpcode() == UO_Deref))
    E = stripForwarding(U, Unary->getSubExpr());
  if (const auto *Ref = dyn_cast<DeclRefExpr>(E))
    return Ref->getDecl();
  if (const auto *Member = dyn_cast<MemberExpr>(E))
    return Member->getMemberDecl();
  return nullptr;
}

/// A member of the object itself, or an element of one.
static bool namesMember(Unit &U, const Expr *E) {
  E = stripForwarding(U, E);
  if (const auto *Element = dyn_cast<ArraySubscriptExpr>(E))
    E = stripForwarding(U, Element->getBase());
  else if (const auto *Op = dyn_cast<CXXOperatorCallExpr>(E);
           Op && Op->getOperator() == OO_Subscript)
    E = stripForwarding(U, Op->getArg(0));
  return isa<MemberExpr>(E);
}

/// Of a class with an `operator*` or `operator->`.
static bool leadsToOther(const CXXRecordDecl *R) {
  DeclarationNameTable &Names = R->getASTContext().DeclarationNames;
  const CXXRecordDecl *Of = R->getDefinition();
  bool Leads = false;
  auto Ask = [&](const CXXRecordDecl *Class) {
    Leads |= !Class->lookup(Names.getCXXOperatorName(OO_Star)).empty() ||
             !Class->lookup(Names.getCXXOperatorName(OO_Arrow)).empty();
    return !Leads;
  };
  if (Of && Ask(Of))
    Of->forallBases(Ask);
  return Leads;
}

/// What the local name \p D stands for, if it is no holder itself: a reference,
/// an iterator or pointer, the variable of a range-for, a part of a structured
/// binding.
static const Expr *standsFor(Unit &U, const ValueDecl *D) {
  if (const auto *Part = dyn_cast<BindingDecl>(D)) {
    const VarDecl *Holding = Part->getHoldingVar();
    return Holding ? cast<VarDecl>(Part->getDecomposedDecl())->getInit()
                   : Part->getBinding();
  }
  const auto *V = dyn_cast<VarDecl>(D);
  if (!V || !V->getInit() || !V->isLocalVarDecl())
    return nullptr;
  if (V->isCXXForRangeDecl() || V->isImplicit() ||
      V->getType()->isReferenceType())
    return V->getInit();
  const Expr *Init = stripForwarding(U, V->getInit());
  if (V->getType()->isPointerType()) {
    // auto *f = std::get_if<1>(&v);
    const auto *Unary = dyn_cast<UnaryOperator>(Init);
    const auto *By = dyn_cast<CallExpr>(Init);
    const FunctionDecl *F = By ? By->getDirectCallee() : nullptr;
    return V->getType()->getPointeeType()->isRecordType() &&
                   (F ? U.models().isOpaque(F)
                      : Unary && Unary->getOpcode() == UO_AddrOf)
               ? V->getInit()
               : nullptr;
  }
  // auto it = handlers.find(key);
  const auto *Call = dyn_cast<CXXMemberCallExpr>(Init);
  const CXXRecordDecl *R = V->getType()->getAsCXXRecordDecl();
  return Call && R && !R->isLambda() && U.models().isOpaque(R) &&
                 leadsToOther(R) && Call->getDirectCallee() &&
                 U.models().isOpaque(Call->getDirectCallee())
             ? V->getInit()
             : nullptr;
}

std::optional<GivenFor> givenFor(const Expr *E,
                                 llvm::ArrayRef<const Stmt *> Path) {
  const Stmt *Child = E;
  for (const Stmt *Parent : llvm::reverse(Path)) {
    const auto *Unary = dyn_cast<UnaryOperator>(Parent);
    if (isa<ImplicitCastExpr, ParenExpr>(Parent) ||
        (Unary && Unary->getOpcode() == UO_AddrOf)) {
      Child = Parent;
      continue;
    }
    const FunctionDecl *To = nullptr;
    llvm::ArrayRef<const Expr *> Args;
    if (const auto *Call = dyn_cast<CallExpr>(Parent);
        Call && !isa<CXXOperatorCallExpr>(Call) && !isDispatched(Call)) {
      To = Call->getDirectCallee();
      Args = {Call->getArgs(), Call->getNumArgs()};
    } else if (const auto *Made = dyn_cast<CXXConstructExpr>(Parent)) {
      To = Made->getConstructor();
      Args = {Made->getArgs(), Made->getNumArgs()};
    }
    const unsigned At = llvm::find(Args, Child) - Args.begin();
    return To && At < Args.size() && At < To->getNumParams()
               ? std::optional(GivenFor{To, At})
               : std::nullopt;
  }
  return std::nullopt;
}

bool isPureGlvalue(const Expr *E) {
  E = E->IgnoreParenImpCasts();
  if (isa<DeclRefExpr, MemberExpr, ArraySubscriptExpr, CXXThisExpr>(E))
    return true;
  if (const auto *Unary = dyn_cast<UnaryOperator>(E))
    return Unary->getOpcode() == UO_Deref;
  if (const auto *Op = dyn_cast<CXXOperatorCallExpr>(E))
    return Op->getOperator() == OO_Star || Op->getOperator() == OO_Arrow ||
           Op->getOperator() == OO_Subscript;
  return false;
}

const ValueDecl *descriptorEntity(Unit &U, const Expr *E, AccessorIs Calls) {
  for (unsigned Depth = 0; E && Depth != 16; ++Depth) {
    E = stripForwarding(U, E);
    if (const auto *Unary = dyn_cast<UnaryOperator>(E);
        Unary &&
        (Unary->getOpcode() == UO_AddrOf || Unary->getOpcode() == UO_Deref)) {
      E = Unary->getSubExpr();
    } else if (const auto *Element = dyn_cast<ArraySubscriptExpr>(E)) {
      E = Element->getBase();
    } else if (const auto *Op = dyn_cast<CXXOperatorCallExpr>(E);
               Op && Op->getNumArgs() && !Op->isAssignmentOp()) {
      E = Op->getArg(0); // an element, or what an iterator points to
    } else if (const auto *Call = dyn_cast<CXXMemberCallExpr>(E)) {
      const CXXMethodDecl *Method = Call->getMethodDecl();
      const Expr *Returned = returnedBy(Method);
      if (Returned && namesMember(U, Returned))
        E = Returned;
      else if (Calls == AccessorIs::Itself && Method &&
               !isa<CXXConversionDecl>(Method) && !U.models().isOpaque(Method))
        return Method;
      else
        E = Call->getImplicitObjectArgument();
    } else if (const auto *Ref = dyn_cast<DeclRefExpr>(E)) {
      E = standsFor(U, Ref->getDecl());
      if (!E)
        return Ref->getDecl();
      // auto [in, out] = open_pipe();
      if (const auto *Part = dyn_cast<BindingDecl>(Ref->getDecl());
          Part && Part->getHoldingVar() && isa<CallExpr>(stripForwarding(U, E)))
        return Part->getDecomposedDecl();
    } else if (const auto *Member = dyn_cast<MemberExpr>(E)) {
      const auto *Of =
          dyn_cast<CXXRecordDecl>(Member->getMemberDecl()->getDeclContext());
      if (!Of || !U.models().isOpaque(Of))
        return Member->getMemberDecl();
      E = Member->getBase(); // it->second
    } else if (const auto *Call = dyn_cast<CallExpr>(E);
               Call && Call->getDirectCallee()) {
      const FunctionDecl *F = Call->getDirectCallee();
      const bool IsLibrary = U.models().isOpaque(F);
      if (!IsLibrary && (Calls == AccessorIs::Itself ||
                         F->getReturnType()->isLValueReferenceType()))
        return F; // hooks(), which gives one that it keeps
      if (!IsLibrary || !Call->getNumArgs())
        return nullptr;
      E = Call->getArg(0); // std::get<0>(handlers)
    } else {
      return nullptr;
    }
  }
  return nullptr;
}

const ValueDecl *assignedEntity(Unit &U, const Expr *E) {
  const auto *Ref = dyn_cast<DeclRefExpr>(E->IgnoreParenImpCasts());
  const auto *V = Ref ? dyn_cast<VarDecl>(Ref->getDecl()) : nullptr;
  return V && !V->getType()->isReferenceType() ? V : descriptorEntity(U, E);
}

const Expr *nextInText(Unit &U, const Expr *E) {
  if (const auto *Ref = dyn_cast<DeclRefExpr>(E)) {
    const auto *V = dyn_cast<VarDecl>(Ref->getDecl());
    return V && !isa<ParmVarDecl>(V) ? V->getInit() : nullptr;
  }
  if (const auto *Default = dyn_cast<CXXDefaultArgExpr>(E))
    return Default->getExpr();
  if (const auto *Cast = dyn_cast<ExplicitCastExpr>(E))
    return Cast->getSubExpr(); // std::string("/sys/")
  if (const auto *Made = dyn_cast<CXXConstructExpr>(E))
    return Made->getNumArgs() ? Made->getArg(0) : nullptr;
  if (const auto *Op = dyn_cast<CXXOperatorCallExpr>(E))
    return Op->getOperator() == OO_Plus || Op->getOperator() == OO_Slash
               ? Op->getArg(0)
               : nullptr;
  if (const auto *Member = dyn_cast<CXXMemberCallExpr>(E))
    return Member->getNumArgs() == 0 ? Member->getImplicitObjectArgument()
                                     : nullptr; // path.c_str()
  if (const auto *Call = dyn_cast<CallExpr>(E))
    return Call->getNumArgs() ? Call->getArg(0) : nullptr; // open, std::format
  return nullptr;
}

std::optional<llvm::StringRef> textBegins(Unit &U, const Expr *E) {
  for (unsigned Step = 0; E && Step != MaxTextSteps; ++Step) {
    E = stripForwarding(U, E);
    if (const auto *Literal = dyn_cast<StringLiteral>(E))
      return Literal->getCharByteWidth() == 1
                 ? std::optional(Literal->getBytes())
                 : std::nullopt;
    E = nextInText(U, E);
  }
  return std::nullopt;
}

const CallExpr *asExchange(const Stmt *S) {
  const auto *Call = dyn_cast<CallExpr>(S);
  const FunctionDecl *F = Call ? Call->getDirectCallee() : nullptr;
  return F && F->isInStdNamespace() && F->getIdentifier() &&
                 F->getName() == "exchange" && Call->getNumArgs() == 2
             ? Call
             : nullptr;
}

void forEachStatement(
    const Stmt *Root,
    llvm::function_ref<void(const Stmt *, llvm::ArrayRef<const Stmt *>)>
        Visit) {
  struct Frame {
    const Stmt *S;
    Stmt::const_child_iterator Next;
  };
  llvm::SmallVector<const Stmt *, 32> Path;
  llvm::SmallVector<Frame, 32> Stack;
  AwaitsOnce Once;
  auto Enter = [&](const Stmt *S) {
    if (!S || !Once.enter(S))
      return;
    Visit(S, Path);
    Stack.push_back({S, S->child_begin()});
    Path.push_back(S);
  };
  Enter(Root);
  while (!Stack.empty())
    if (Stack.back().Next == Stack.back().S->child_end()) {
      Stack.pop_back();
      Path.pop_back();
    } else {
      Enter(*Stack.back().Next++);
    }
}

bool isUnevaluated(const Stmt *S) {
  if (const auto *Constant = dyn_cast<ConstantExpr>(S))
    return Constant->isImmediateInvocation();
  if (const auto *Id = dyn_cast<CXXTypeidExpr>(S))
    return !Id->isPotentiallyEvaluated();
  return isa<UnaryExprOrTypeTraitExpr, CXXNoexceptExpr, RequiresExpr,
             ConceptSpecializationExpr, OffsetOfExpr, SizeOfPackExpr,
             TypeTraitExpr>(S);
}

bool hasLabel(const Stmt *S) {
  bool Found = false;
  forEachStatement(S, [&](const Stmt *Child, llvm::ArrayRef<const Stmt *>) {
    Found |= isa<LabelStmt>(Child);
  });
  return Found;
}

bool repeats(const Stmt *S) {
  if (const auto *New = dyn_cast<CXXNewExpr>(S))
    return New->isArray();
  return isa<WhileStmt, DoStmt, ForStmt, CXXForRangeStmt, GotoStmt,
             IndirectGotoStmt, AsmStmt>(S);
}

} // namespace nostall
