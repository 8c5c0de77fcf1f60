//===- Outcomes.cpp - what statements require -----------------------------===//
//
//   bool want(Mode m, int n) {            bool wait = true;
//     if (n > 0) return true;             if (quick)
//     switch (m) {                          wait = false;
//     case Mode::full: return true;       if (mode == Mode::lazy)
//     default: return false;                return;
//     }                                   if (wait) ...
//   }
//
// The part of TestReader that goes through branches, all ways, to what they
// come to: a return, the value of a variable, or their end.
//
//===----------------------------------------------------------------------===//

#include "ConditionReader.h"
#include "Leaving.h"
#include "TestReader.h"
#include "analysis/source/Bodies.h"
#include "analysis/source/Expressions.h"
#include "analysis/source/Truth.h"
#include "clang/AST/ASTContext.h"
#include "clang/AST/ExprCXX.h"
#include "clang/AST/StmtCXX.h"

using namespace clang;

namespace nostall {

using Relation = ParamTest::Relation;
using Statements = llvm::ArrayRef<const Stmt *>;

/// What control comes to.
struct TestReader::Rest {
  Statements Next;
  const Rest *Then = nullptr;
  bool IsSwitch = false; ///< a break leads to Then
};

/// What is asked of the way that it takes.
struct TestReader::Goal {
  enum class Kind : unsigned char { Returns, Sets, Passes, Completes };
  Kind K = Kind::Passes;
  const VarDecl *Set = nullptr;
  Relation By = Relation::Equal;
  int64_t Of = 0;

  /// Nothing in \p S has to do with it.
  bool isIndifferentTo(const Stmt *S) const {
    if (K == Kind::Sets) {
      const auto *Made = dyn_cast<DeclStmt>(S);
      return !mentions(S, Set) &&
             !(Made && llvm::is_contained(Made->decls(), Set));
    }
    const auto *If = dyn_cast<IfStmt>(S);
    return !mayLeave(S) &&
           !(If && (leaves(If->getThen()) || leaves(If->getElse())));
  }
};

//===--- statements -------------------------------------------------------===//

/// \p Value is what the variable of \p For holds here.
Requirement TestReader::walk(const Rest *Here, const Goal &For,
                             const Expr *Value) {
  using Kind = Goal::Kind;
  while (Here && Here->Next.empty())
    Here = Here->Then;
  if (!Here)
    return For.K == Kind::Returns         ? Requirement::never()
           : For.K == Kind::Sets && Value ? is(Value, For.By, For.Of)
                                          : Requirement();
  if (!Budget)
    return {};
  --Budget;
  const Stmt *S = Here->Next.front();
  const Rest After{Here->Next.drop_front(), Here->Then, Here->IsSwitch};
  if (const auto *Full = dyn_cast<FullExpr>(S))
    S = Full->getSubExpr();
  const Stmt *Within = nullptr;
  if (const auto *Case = dyn_cast<SwitchCase>(S))
    Within = Case->getSubStmt();
  else if (const auto *Attributed = dyn_cast<AttributedStmt>(S))
    Within = Attributed->getSubStmt();
  if (Within) {
    const Rest Inside{Within, &After};
    return walk(&Inside, For, Value);
  }
  if (const auto *Block = dyn_cast<CompoundStmt>(S)) {
    const Rest Inside{Statements(Block->body_begin(), Block->size()), &After};
    return walk(&Inside, For, Value);
  }
  if (isa<BreakStmt>(S)) {
    const Rest *Out = &After;
    while (Out && !Out->IsSwitch)
      Out = Out->Then;
    static const Rest End{{}};
    return Out ? walk(Out->Then ? Out->Then : &End, For, Value)
               : Requirement::never();
  }
  if (isa<ReturnStmt>(S) && For.K == Kind::Completes)
    return {};
  if (const auto *Return = dyn_cast<ReturnStmt>(S))
    return For.K == Kind::Returns && Return->getRetValue()
               ? is(Return->getRetValue(), For.By, For.Of)
               : Requirement::never();
  if (leaves(S) && !isa<IfStmt>(S))
    return isa<GotoStmt>(S) && For.K != Kind::Passes ? Requirement()
                                                     : Requirement::never();
  if (For.isIndifferentTo(S))
    return walk(&After, For, Value);
  if (const auto *If = dyn_cast<IfStmt>(S); If && !If->isConsteval()) {
    const Stmt *const IfTrue = If->getThen(), *const IfFalse = If->getElse();
    const Rest Then{IfTrue, &After};
    const Rest Else{IfFalse ? Statements(IfFalse) : Statements(), &After};
    return ofChoice(If->getCond(), walk(&Then, For, Value),
                    walk(&Else, For, Value));
  }
  if (const auto *Switch = dyn_cast<SwitchStmt>(S))
    return walkSwitch(Switch, After, For, Value);
  if (For.K != Kind::Sets)
    return {};
  if (isa<DeclStmt>(S))
    return walk(&After, For, For.Set->getInit());
  const auto *Assignment = dyn_cast<BinaryOperator>(S);
  return Assignment ? walk(&After, For, Assignment->getRHS()) : Requirement();
}

Requirement TestReader::walkSwitch(const SwitchStmt *Switch, const Rest &After,
                                   const Goal &For, const Expr *Value) {
  const auto *Block = dyn_cast<CompoundStmt>(Switch->getBody());
  if (!Block)
    return {};
  const Statements All(Block->body_begin(), Block->size());
  Requirement Any = Requirement::never();
  unsigned Seen = 0, Labels = 0;
  for (size_t I = 0; I != All.size(); ++I)
    if (const auto *First = dyn_cast<SwitchCase>(All[I])) {
      const Rest Inside{All.drop_front(I), &After, true};
      Any = Any || (atCase(Switch, First) && walk(&Inside, For, Value));
      for (const Stmt *L = First; isa<SwitchCase>(L);
           L = cast<SwitchCase>(L)->getSubStmt())
        ++Seen;
    }
  bool HasDefault = false;
  for (const SwitchCase *L = Switch->getSwitchCaseList(); L;
       L = L->getNextSwitchCase(), ++Labels)
    HasDefault |= isa<DefaultStmt>(L);
  if (Seen != Labels)
    return {}; // some are within other statements
  return HasDefault
             ? Any
             : Any || (atCase(Switch, nullptr) && walk(&After, For, Value));
}

/// Of several labels, those are known that are numbers from 0 to 63
/// (ParamTest::numbers).
Requirement TestReader::atCase(const SwitchStmt *Switch,
                               const SwitchCase *First) {
  uint64_t These = 0, All = 0;
  const SwitchCase *Last = nullptr;
  bool IsDefault = !First, HasUnknown = false;
  auto NumberOf = [&](const SwitchCase *Label) {
    const auto *Case = dyn_cast<CaseStmt>(Label);
    const auto Is = Case && !Case->getRHS() ? constantOf(Ctx, Case->getLHS())
                                            : std::nullopt;
    return Is ? ParamTest{0, Relation::Equal, *Is}.numbers() : std::nullopt;
  };
  for (const SwitchCase *Label = First; Label;
       Label = dyn_cast<SwitchCase>(Label->getSubStmt())) {
    const auto Number = NumberOf(Label);
    IsDefault |= isa<DefaultStmt>(Label);
    HasUnknown |= !Number && !isa<DefaultStmt>(Label);
    These |= Number.value_or(0);
    Last = Label;
  }
  if (const auto *Only = dyn_cast_or_null<CaseStmt>(First);
      Only && Only == Last && !Only->getRHS())
    return isTo(Switch->getCond(), Relation::Equal, Only->getLHS());
  if (!IsDefault)
    return HasUnknown ? Requirement()
                      : is(Switch->getCond(), Relation::IsIn,
                           static_cast<int64_t>(These));
  for (const SwitchCase *Label = Switch->getSwitchCaseList(); Label;
       Label = Label->getNextSwitchCase())
    All |= NumberOf(Label).value_or(0);
  return is(Switch->getCond(), Relation::NotIn,
            static_cast<int64_t>(All & ~These));
}

Requirement TestReader::passes(const Stmt *S) {
  const Goal For{};
  const Rest Whole{S};
  return For.isIndifferentTo(S) ? Requirement() : walk(&Whole, For, nullptr);
}

Requirement TestReader::returns(const Stmt *Body) {
  const Rest Whole{Body};
  return walk(&Whole, {Goal::Kind::Completes}, nullptr);
}

Requirement TestReader::ofSettled(const VarDecl *V, const Settling &S,
                                  Relation By, int64_t Of) {
  const Statements All(S.In->body_begin(), S.In->size());
  const auto First = llvm::find(All, S.First), Last = llvm::find(All, S.Last);
  const Goal For{Goal::Kind::Sets, V, By, Of};
  const Rest Setting{Statements(First, Last + 1)};
  return walk(&Setting, For, nullptr);
}

//===--- calls ------------------------------------------------------------===//

/// Accessors of accessors are followed so far.
static constexpr unsigned MaxCalls = 4;

/// The body that \p Call runs, if that can be told; or null.
static const FunctionDecl *bodyOf(const CallExpr *Call) {
  if (!Call || isDispatched(Call) || !Call->getDirectCallee())
    return nullptr;
  const auto *Method = dyn_cast<CXXMethodDecl>(Call->getDirectCallee());
  // A lambda that is given nothing says what is so around it.
  if (isa<CXXOperatorCallExpr>(Call) && Method &&
      !(Method->getParent()->isLambda() && Call->getNumArgs() == 1))
    return nullptr;
  const FunctionDecl *F = definitionOf(Call->getDirectCallee());
  return F && !coroutineBody(F) ? F : nullptr;
}

/// Of \p Callee, which \p Call runs here: what it has is what it is given.
TestReader TestReader::inside(const CallExpr &Call, const FunctionDecl *Callee,
                              SetOnce *Theirs) const {
  const auto *Method = dyn_cast<CXXMethodDecl>(Callee);
  TestReader There = *this;
  ++There.Depth;
  if (Method && Method->getParent()->isLambda())
    return There; // it has what is around it
  There.F = Callee;
  There.Locals = Theirs;
  There.Entering = nullptr;
  There.Caller = this;
  There.By = &Call;
  return There;
}

/// What parameter \p Number, that F keeps, is given; or null.
const Expr *TestReader::argumentInCaller(uint32_t Number) const {
  return Number < By->getNumArgs() &&
                 !(Locals && Locals->changes(F->getParamDecl(Number)))
             ? By->getArg(Number)
             : nullptr;
}

/// What member \p Number is to the caller. Between its statements, F may change
/// what is no constant to it.
std::optional<uint32_t> TestReader::memberInCaller(uint32_t Number) const {
  const bool IsOwn = objectIn(Number) == OwnObject;
  const auto *Method = dyn_cast<CXXMethodDecl>(F);
  if (!returnedBy(F) && !(IsOwn && Method && Method->isConst()))
    return std::nullopt;
  const Expr *Object = nullptr;
  if (!IsOwn) {
    const uint32_t Param = objectIn(Number) - objectOf(0);
    Object = Param < By->getNumArgs() ? By->getArg(Param) : nullptr;
  } else if (const auto *Member = dyn_cast<CXXMemberCallExpr>(By)) {
    Object = Member->getImplicitObjectArgument();
  }
  const auto Own = Object ? ownPart(Caller->F, Object) : std::nullopt;
  if (!Own)
    return std::nullopt;
  return memberOf(Own->Object,
                  nameWithin(memberName(Own->Path), Number & AnyMember));
}

std::optional<uint32_t> TestReader::ofAccessor(const Expr *E) {
  const auto *Call = dyn_cast<CallExpr>(E);
  const FunctionDecl *Callee = Depth < MaxCalls ? bodyOf(Call) : nullptr;
  const Expr *Asked = Callee ? returnedBy(Callee) : nullptr;
  return Asked ? inside(*Call, Callee, nullptr).parameterOf(Asked)
               : std::nullopt;
}

Requirement TestReader::ofCall(const Expr *E, Relation Is, int64_t Of) {
  const auto *Call = dyn_cast<CallExpr>(E);
  const FunctionDecl *Callee = Depth < MaxCalls ? bodyOf(Call) : nullptr;
  if (!Callee)
    return {};
  SetOnce Theirs(Callee);
  TestReader There = inside(*Call, Callee, &Theirs);
  if (const Expr *Asked = returnedBy(Callee))
    return There.is(Asked, Is, Of);
  if (There.Caller != this)
    return {}; // a lambda's statements are not those around it
  const Stmt *const Written = writtenBody(Callee);
  const Rest Body{Written};
  return There.walk(&Body, {Goal::Kind::Returns, nullptr, Is, Of}, nullptr);
}

} // namespace nostall
