//===- FactsDescriptors.cpp - signs of non-blocking I/O -------------------===//
//
// What a body does to descriptors: which it makes non-blocking and under what
// condition, whether it tests for EAGAIN, and on which of its parameters it
// depends whether a call waits. The names are the models'.
//
//===----------------------------------------------------------------------===//

#include "CallArguments.h"
#include "FactsRecorder.h"
#include "LocalRecords.h"
#include "analysis/Unit.h"
#include "analysis/source/Expressions.h"
#include "analysis/source/Truth.h"
#include "clang/AST/ASTContext.h"
#include "clang/Basic/SourceManager.h"
#include "clang/Lex/Lexer.h"

using namespace clang;

namespace nostall {

/// socket.non_blocking(true)
void FactsRecorder::noteNonblocking(const CallFact &C, int Index) {
  const Expr *Object = modelArgument(C, Index);
  const ValueDecl *Named = Object ? descriptorEntity(U, Object) : nullptr;
  bool IsOff = llvm::any_of(C.Args, [&](const Expr *Arg) {
    return Arg != Object && Arg->getType()->isBooleanType() &&
           constantCondition(Ctx, Arg) == false;
  });
  if (Named && !IsOff)
    makeNonblocking(Named, C.Loc);
}

void FactsRecorder::makeNonblocking(const ValueDecl *Fd, SourceLocation Loc,
                                    const Condition &If, const Expr *From) {
  Condition When = Assumed.kept();
  When.insert(When.end(), If.begin(), If.end());
  Facts.Stores.push_back({Fd, From, std::move(When), Loc});
}

/// What waits for a descriptor that the function is given does not for one that
/// does not wait.
void FactsRecorder::addDescriptorTest(CallFact &C) {
  const FunctionModel *M = C.Callee ? U.model(C.Callee) : nullptr;
  if (!M || !M->UnlessWouldBlockTested)
    return;
  const Expr *Fd = descriptorOf(C);
  // fd.get()
  const auto *Accessor =
      Fd ? dyn_cast<CXXMemberCallExpr>(stripForwarding(U, Fd)) : nullptr;
  if (Accessor && !Accessor->getNumArgs())
    Fd = Accessor->getImplicitObjectArgument();
  const auto *P =
      Fd ? dyn_cast_or_null<ParmVarDecl>(namedEntity(U, Fd)) : nullptr;
  if (P && P->getDeclContext() == Facts.Function &&
      (Accessor || P->getType().getCanonicalType()->isSpecificBuiltinType(
                       BuiltinType::Int)))
    C.When.push_back({P->getFunctionScopeIndex(), ParamTest::Relation::NotEqual,
                      NonblockingDescriptor});
}

/// What a model asks of an argument, and the function was given, it asks of
/// those who call the function: `int get(int fd, int flags)` that hands its
/// flags on waits unless somebody passes MSG_DONTWAIT.
void FactsRecorder::addModelTests(CallFact &C) {
  using Is = ParamTest::Relation;
  addDescriptorTest(C);
  const FunctionModel *M = C.Callee ? U.model(C.Callee) : nullptr;
  if (M && M->UnlessReady && C.Object) // of a member, the caller may have asked
    if (const auto *Own = dyn_cast<MemberExpr>(C.Object->IgnoreParenImpCasts());
        Own && isa<CXXThisExpr>(Own->getBase()->IgnoreParenImpCasts()))
      if (const auto *Field = dyn_cast<FieldDecl>(Own->getMemberDecl()))
        C.When.push_back({memberNumber(OwnObject, Field),
                          ParamTest::Relation::NotEqual, ReadyFuture});
  if (!M || M->Says != FunctionModel::Stance::Blocks)
    return;
  SetOnce &Locals = U.setOnce(Facts.Function);
  if (M->Otherwise) {
    // print(stdout) writes to no file, and a terminal is told of in strict
    // mode.
    if (M->What != Effect::ConsoleIO)
      return;
    for (const std::vector<ArgumentTest> &Group : M->When) {
      const Expr *Arg =
          Group.size() == 1 ? modelArgument(C, Group[0].Arg) : nullptr;
      if (!Arg || constantOf(Ctx, Arg))
        continue;
      for (const std::string &Name : Group[0].Names)
        addTest(Facts.Function, Ctx, Locals, Arg, Is::NotEqual,
                valueNamed(Name), C.When);
      if (Group[0].Equals)
        addTest(Facts.Function, Ctx, Locals, Arg, Is::NotEqual,
                *Group[0].Equals, C.When);
    }
    return;
  }
  for (const std::vector<ArgumentTest> &Group : M->Unless) {
    const Expr *Arg = Group.size() == 1 && Group[0].testsArgument()
                          ? modelArgument(C, Group[0].Arg)
                          : nullptr;
    if (!Arg || Group[0].ArgumentCount >= 0)
      continue;
    // Of a constant, the model has said what it says.
    auto Add = [&](Is Relation, long long Of) {
      if (!constantOf(Ctx, Arg))
        addTest(Facts.Function, Ctx, Locals, Arg, Relation, Of, C.When);
    };
    if (Group[0].Equals)
      Add(Is::NotEqual, *Group[0].Equals);
    else if (Group[0].HasBits && Group[0].Member.empty())
      Add(Is::LacksBits, *Group[0].HasBits);
    else if (const auto Parts = Group[0].IsZeroDuration ? valuesOfRecord(U, Arg)
                                                        : std::nullopt)
      addAnyTest(Facts.Function, Ctx, Locals, *Parts, Is::NotEqual, 0, C.When);
    else if (Group[0].IsNull ||
             (Group[0].IsZeroDuration && !Arg->getType()->isPointerType()))
      Add(Is::NotEqual, 0); // a null pointer to a time waits for ever
  }
}

static bool isListed(const std::vector<std::string> &Names,
                     llvm::StringRef Name, const NamedDecl *D = nullptr) {
  return llvm::any_of(Names, [&](llvm::StringRef Known) {
    return D ? Known.ends_with(Name) && Known == modelName(D) : Known == Name;
  });
}

/// \p Name is a macro, or the name of \p D, that the models may list as a
/// sign of non-blocking I/O.
void FactsRecorder::noteState(llvm::StringRef Name, const NamedDecl *D) {
  auto Lists = [&](const std::vector<std::string> &Names) {
    return isListed(Names, Name, D);
  };
  if (Lists(States.WouldBlock))
    Facts.TestsWouldBlock = true;
  if (Lists(States.NonblockingFd))
    noteNonblockingFlag({});
}

/// Here stands a flag that makes the descriptors non-blocking that the call
/// around is given, and the one that it gives. In a variable (`flags |=
/// O_NONBLOCK`) it does so where the variable is mentioned. A question about it
/// (`flags & O_NONBLOCK`) does nothing, nor does what takes it away.
void FactsRecorder::noteNonblockingFlag(const Condition &If, const Expr *From) {
  bool InCall = false;
  const SourceLocation Here =
      Path.empty() ? SourceLocation() : Path.back()->getBeginLoc();
  auto Keep = [&](const ValueDecl *V) {
    if (InCall) {
      makeNonblocking(V, Here, If, From);
      return;
    }
    if (From)
      return;
    Condition When = Assumed.kept();
    When.insert(When.end(), If.begin(), If.end());
    Flags[V].push_back(std::move(When));
  };
  for (const Stmt *Parent : llvm::reverse(Path)) {
    if (const auto *Unary = dyn_cast<UnaryOperator>(Parent);
        Unary && !InCall && Unary->getOpcode() == UO_Not)
      return;
    if (const auto *Op = dyn_cast<BinaryOperator>(Parent)) {
      if (!InCall && (Op->isComparisonOp() || Op->getOpcode() == BO_And))
        return;
      if (Op->isAssignmentOp())
        if (const ValueDecl *Left = descriptorEntity(U, Op->getLHS()))
          Keep(Left);
    }
    if (isa<ReturnStmt>(Parent) && InCall)
      makeNonblocking(nullptr, Here, If, From);
    if (isa<CXXConstructExpr>(Parent))
      InCall = true;
    const auto *Call = dyn_cast<CallExpr>(Parent);
    if (!Call || isa<CXXOperatorCallExpr>(Call))
      continue;
    InCall = true;
    // accept4(listener, ..., SOCK_NONBLOCK): what it gives
    const FunctionModel *M =
        Call->getDirectCallee() ? U.model(Call->getDirectCallee()) : nullptr;
    if (M && M->GivesDescriptor)
      continue;
    for (const Expr *Arg : Call->arguments())
      if (const ValueDecl *Named = descriptorEntity(U, Arg))
        makeNonblocking(Named, Here, If, From);
  }
  if (Initialised)
    Keep(Initialised);
  if (InitialisedMember)
    Keep(InitialisedMember);
}

/// `::socket(family, type, 0)`: it is non-blocking if a flag is in what the
/// function was given.
void FactsRecorder::noteFlagGiven(const DeclRefExpr *E) {
  const auto *P = dyn_cast<ParmVarDecl>(E->getDecl());
  if (!P || P->getDeclContext() != Facts.Function ||
      !P->getType().getCanonicalType()->isSpecificBuiltinType(BuiltinType::Int))
    return;
  for (const Stmt *Parent : llvm::reverse(Path)) {
    const auto *Op = dyn_cast<BinaryOperator>(Parent);
    if (isa<ImplicitCastExpr, ParenExpr>(Parent) ||
        (Op && Op->getOpcode() == BO_Or))
      continue;
    const auto *Call = dyn_cast<CallExpr>(Parent);
    const FunctionModel *M = Call && Call->getDirectCallee()
                                 ? U.model(Call->getDirectCallee())
                                 : nullptr;
    if (M && M->GivesDescriptor)
      noteNonblockingFlag({}, E);
    return;
  }
}

/// A constant of the program, `constexpr int flags = SOCK_NONBLOCK`, is the
/// flag.
bool FactsRecorder::isNonblockingFlag(const VarDecl *V) const {
  if (V->hasLocalStorage() || !V->getType().isConstQualified() ||
      !V->getType()->isIntegralOrEnumerationType() || !V->getAnyInitializer())
    return false;
  return mentionsNonblockingFlag(U, V->getAnyInitializer());
}

bool mentionsNonblockingFlag(Unit &U, const Stmt *Root) {
  const ASTContext &Ctx = U.context();
  const std::vector<std::string> &Flags = U.models().stateNames().NonblockingFd;
  llvm::SmallVector<const Stmt *, 8> Open{Root};
  while (!Open.empty()) {
    const Stmt *S = Open.pop_back_val();
    const auto *Call = dyn_cast_or_null<CallExpr>(S);
    const FunctionModel *M = Call && Call->getDirectCallee()
                                 ? U.model(Call->getDirectCallee())
                                 : nullptr;
    if (!S || (Call && !(M && M->GivesDescriptor)))
      continue;
    if (const auto *Unary = dyn_cast<UnaryOperator>(S);
        Unary && Unary->getOpcode() == UO_Not)
      continue;
    if (const auto *Ref = dyn_cast<DeclRefExpr>(S);
        Ref && isa<EnumConstantDecl>(Ref->getDecl()) &&
        isListed(Flags, Ref->getDecl()->getName(), Ref->getDecl()))
      return true;
    if (isa<IntegerLiteral>(S) && S->getBeginLoc().isMacroID() &&
        isListed(Flags, Lexer::getImmediateMacroName(S->getBeginLoc(),
                                                     Ctx.getSourceManager(),
                                                     Ctx.getLangOpts())))
      return true;
    llvm::append_range(Open, S->children());
  }
  return false;
}

void FactsRecorder::noteMacro(SourceLocation Loc) {
  if (Loc.isMacroID())
    noteState(Lexer::getImmediateMacroName(Loc, Ctx.getSourceManager(),
                                           Ctx.getLangOpts()));
}

} // namespace nostall
