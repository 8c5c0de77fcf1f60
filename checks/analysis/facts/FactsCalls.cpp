//===- FactsCalls.cpp - calls, and what is stored -------------------------===//

#include "CallArguments.h"
#include "ConditionReader.h"
#include "FactsRecorder.h"
#include "StoredCallables.h"
#include "analysis/Unit.h"
#include "analysis/source/Bodies.h"
#include "analysis/source/Callables.h"
#include "analysis/source/Expressions.h"
#include "clang/AST/ASTContext.h"
#include "clang/AST/DeclTemplate.h"
#include "clang/AST/StmtCXX.h"

using namespace clang;

namespace nostall {

void FactsRecorder::addConstruction(const CXXConstructExpr *E) {
  const CXXConstructorDecl *Ctor = E->getConstructor();
  if (Ctor->isTrivial())
    return;
  CallFact &C = addCall(CallFact::Kind::Constructor, E, E->getBeginLoc());
  C.Callee = Ctor;
  C.Through = Initialised;
  addArguments(C, llvm::ArrayRef(E->getArgs(), E->getNumArgs()));
  addLibraryConstructions(CallFact(C)); // std::vector<T>(3)
}

/// \p C, which calls what one of \p Holders holds: once for each.
CallFact &
FactsRecorder::finishThrough(CallFact &C,
                             llvm::ArrayRef<const ValueDecl *> Holders) {
  for (const ValueDecl *Holder : Holders.drop_back(Holders.empty() ? 0 : 1)) {
    CallFact One = C;
    One.Through = Holder;
    finish(One);
  }
  C.Through = Holders.empty() ? C.Through : Holders.back();
  return finish(C);
}

/// A call of \p Callee, which names no function: of what a place holds, of a
/// function's address, or of the one or the other of these:
/// `(fast ? &f : g)()`, `(object.*p)()`.
void FactsRecorder::addIndirectCall(CallFact C, const Expr *Callee) {
  Callee = stripForwarding(U, Callee);
  if (const auto *Op = dyn_cast<BinaryOperator>(Callee); Op && Op->isPtrMemOp())
    return addIndirectCall(std::move(C), Op->getRHS());
  if (const auto *Choice = dyn_cast<ConditionalOperator>(Callee)) {
    addIndirectCall(C, Choice->getTrueExpr());
    return addIndirectCall(std::move(C), Choice->getFalseExpr());
  }
  if (const auto *Unary = dyn_cast<UnaryOperator>(Callee);
      Unary &&
      (Unary->getOpcode() == UO_Deref || Unary->getOpcode() == UO_AddrOf))
    return addIndirectCall(std::move(C), Unary->getSubExpr());
  const auto *Ref = dyn_cast<DeclRefExpr>(Callee);
  C.Callee = Ref ? dyn_cast<FunctionDecl>(Ref->getDecl()) : nullptr;
  if (C.Callee)
    C.By = CallFact::Dispatch::Static;
  finishThrough(C, C.Callee ? llvm::SmallVector<const ValueDecl *, 2>()
                            : holdersOf(U, Callee));
}

/// `std::tie(a, b) = f()`: each gets a part.
static llvm::ArrayRef<const Expr *> tiedTo(Unit &U, const Expr *To) {
  const auto *Tie = dyn_cast<CallExpr>(stripForwarding(U, To));
  const FunctionDecl *By = Tie ? Tie->getDirectCallee() : nullptr;
  if (!By || !U.models().isOpaque(By))
    return {};
  const auto *Tuple = dyn_cast_or_null<ClassTemplateSpecializationDecl>(
      Tie->getType()->getAsCXXRecordDecl());
  auto IsReference = [](const TemplateArgument &Arg) {
    return Arg.getKind() == TemplateArgument::Type &&
           Arg.getAsType()->isLValueReferenceType();
  };
  return Tuple && Tuple->getTemplateArgs().size() == 1 &&
                 Tuple->getTemplateArgs()[0].getKind() ==
                     TemplateArgument::Pack &&
                 llvm::any_of(Tuple->getTemplateArgs()[0].pack_elements(),
                              IsReference)
             ? llvm::ArrayRef(Tie->getArgs(), Tie->getNumArgs())
             : llvm::ArrayRef<const Expr *>();
}

void FactsRecorder::addCallExpr(const CallExpr *E) {
  const FunctionDecl *Callee = E->getDirectCallee();
  if (Callee && Callee->getBuiltinID() && !Callee->isExternC())
    return;
  CallFact C;
  C.Callee = Callee;
  C.Site = E;
  C.Loc = E->getExprLoc();
  // In a template, and in its instances, at one place: that of the name.
  if (const auto *Member = dyn_cast<MemberExpr>(E->getCallee()->IgnoreParens());
      Member && Member->getMemberLoc().isValid()) // not of a conversion
    C.Loc = Member->getMemberLoc();
  llvm::ArrayRef<const Expr *> Args(E->getArgs(), E->getNumArgs());
  llvm::SmallVector<const ValueDecl *, 2> Holders;
  if (isa<CXXOperatorCallExpr>(E)) {
    C.K = CallFact::Kind::Operator;
    C.Loc = cast<CXXOperatorCallExpr>(E)->getOperatorLoc();
    if (cast<CXXOperatorCallExpr>(E)->getOperator() == OO_Call &&
        !Args.empty()) {
      Holders = holdersOf(U, Args.front());
      // That is a parenthesis.
      const Expr *Object = Args.front()->IgnoreParenImpCasts();
      if (isa<DeclRefExpr>(Object))
        C.Loc = Object->getExprLoc();
      else if (const auto *Member = dyn_cast<MemberExpr>(Object))
        C.Loc = Member->getMemberLoc();
    } else if (Args.size() == 2 && !tiedTo(U, Args.front()).empty()) {
      addAssignment(Args.front(), Args.back());
    }
  } else if (const auto *Member = dyn_cast<CXXMemberCallExpr>(E)) {
    C.Object = Member->getImplicitObjectArgument();
    const CXXMethodDecl *Method = Member->getMethodDecl();
    if (const auto *To = dyn_cast_or_null<CXXConversionDecl>(Method)) {
      C.K = CallFact::Kind::Conversion;
      if (const Expr *Tested = C.Object->IgnoreImplicit();
          To->getConversionType()->isBooleanType() && isa<CallExpr>(Tested) &&
          Tested->isPRValue())
        discard(Tested, DiscardFact::How::Tested);
    }
  }
  if (isDispatched(E))
    C.By = CallFact::Dispatch::Virtual;
  if (!Callee) {
    C.Callee = onlyCandidate(E->getCallee());
    if (!C.Callee)
      C.By = CallFact::Dispatch::Indirect;
  }
  C.Discarded = DiscardedValues.contains(E);
  C.Awaited = isAwaited();
  addArguments(C, Args);
  if (!C.Callee)
    return addIndirectCall(std::move(C), E->getCallee());
  if (auto Callable = C.Callee ? callableInTemplate(C.Callee) : std::nullopt)
    C.Callables.push_back(*Callable);
  if (const FunctionModel *M = C.Callee ? U.model(C.Callee) : nullptr;
      M && M->SetsNonblocking)
    noteNonblocking(C, *M->SetsNonblocking);
  const CallFact &Done = finishThrough(C, Holders);
  if (Done.Callee)
    addLibraryConstructions(CallFact(Done));
}

void FactsRecorder::addOf(const Expr *E) {
  if (const auto *Construct = dyn_cast<CXXConstructExpr>(E))
    addConstruction(Construct);
  else if (const auto *Call = dyn_cast<CallExpr>(E))
    addCallExpr(Call);
  else if (isa<MemberExpr>(E))
    addOwn(E);
  else if (const auto *Temporary = dyn_cast<CXXBindTemporaryExpr>(E))
    addDestruction(Temporary);
}

void FactsRecorder::addStore(const ValueDecl *Of, const Expr *From) {
  if (From->getType().isNull())
    return; // {a, b} in a template
  QualType T = From->getType().getNonReferenceType().getCanonicalType();
  if (T->isSpecificBuiltinType(BuiltinType::Int) || T->isRecordType() ||
      T->isFunctionType() || U.storedCallables().holdsCallables(T))
    Facts.Stores.push_back({Of, From, {}});
}

/// Job{f, 1} keeps f in its first member.
void FactsRecorder::addMemberStores(const InitListExpr *List) {
  const RecordDecl *R = List->getType()->getAsRecordDecl();
  if (!R || List->isTransparent() || R->isUnion())
    return;
  const auto *C = dyn_cast<CXXRecordDecl>(R);
  size_t I = C ? C->getNumBases() : 0; // which come first
  for (const FieldDecl *Field : R->fields()) {
    if (Field->isUnnamedBitField())
      continue;
    if (I == List->getNumInits())
      return;
    addStore(Field, List->getInit(I++));
  }
}

void FactsRecorder::addAssignment(const Expr *To, const Expr *From) {
  for (const Expr *Part : tiedTo(U, To))
    addAssignment(Part, From);
  if (const ValueDecl *Left = assignedEntity(U, To))
    addStore(Left, From);
}

/// \p Callable is the virtual `operator()` of an object that \p Arg gives by
/// reference: who calls that calls it as other virtual methods, of what class
/// the object is.
static bool isObject(const CallableArgument &Callable, const Expr *Arg) {
  const auto *Method = dyn_cast_or_null<CXXMethodDecl>(Callable.Body);
  return Method && Method->isVirtual() && !Callable.Param && Arg->isLValue() &&
         Arg->getType()->isRecordType();
}

void FactsRecorder::addArguments(CallFact &C,
                                 llvm::ArrayRef<const Expr *> Args) {
  C.Args.append(Args.begin(), Args.end());
  const bool IsSeen = C.Callee && definitionOf(C.Callee) &&
                      !U.isInSystemHeader(C.Callee) && !U.model(C.Callee);
  for (unsigned I = 0; I != Args.size(); ++I)
    for (CallableArgument &Callable : callablesOf(U, Args[I])) {
      if (IsSeen && isObject(Callable, Args[I]))
        continue;
      Callable.Arg = I;
      C.Callables.push_back(Callable);
    }
}

CallFact &FactsRecorder::addCall(CallFact::Kind K, const Stmt *Site,
                                 SourceLocation Loc) {
  CallFact C;
  C.K = K;
  C.Site = Site;
  C.Loc = Loc;
  return finish(C);
}

void FactsRecorder::addPromiseCall(const CoreturnStmt *S) {
  const Expr *Promise = S->isImplicit() ? nullptr : S->getPromiseCall();
  const auto *Call = dyn_cast_or_null<CXXMemberCallExpr>(
      Promise ? Promise->IgnoreImplicit() : nullptr);
  const CXXMethodDecl *Callee = Call ? Call->getMethodDecl() : nullptr;
  if (!Callee || U.isInSystemHeader(Callee))
    return;
  CallFact &C = addCall(CallFact::Kind::Function, Call, S->getKeywordLoc());
  C.Callee = Callee;
  C.Args.assign(Call->arg_begin(), Call->arg_end());
}

CallFact &FactsRecorder::finish(CallFact &C) {
  if (Implied.second.isValid()) {
    C.Implied = Implied.first;
    C.Loc = Implied.second;
  }
  C.Allowed = AllowDepth > 0;
  C.InHandler = HandlerDepth > 0;
  C.BeforeExit = Assumed.isBeforeExit();
  C.Once = Initialised && Initialised->isStaticLocal();
  C.When = Assumed.kept();
  addModelTests(C);
  return Facts.Calls.emplace_back(std::move(C));
}

} // namespace nostall
