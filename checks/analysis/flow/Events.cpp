//===- Events.cpp - what a body does, in the order of control -------------===//

#include "Events.h"
#include "Flow.h"
#include "analysis/Unit.h"
#include "analysis/facts/CallArguments.h"
#include "analysis/facts/ConditionReader.h"
#include "analysis/source/Bodies.h"
#include "analysis/source/Expressions.h"
#include "clang/AST/StmtCXX.h"

using namespace clang;

namespace nostall {

llvm::StringRef eventName(Event::Kind K) {
  constexpr llvm::StringLiteral Names[] = {
      "declare", "assign",  "swap",    "use", "move",
      "call",    "suspend", "destroy", "try", "leave"};
  return Names[static_cast<unsigned>(K)];
}

namespace {

/// Of a destructor, which nobody wrote.
bool isAtEndOfScope(const CallFact &C) {
  return C.K == CallFact::Kind::Destructor && C.Through;
}

/// The variable for whose end \p C is called, by an attribute.
const VarDecl *cleanedUp(const CallFact &C) {
  const auto *Decls = dyn_cast_or_null<DeclStmt>(C.Site);
  if (Decls)
    for (const Decl *D : Decls->decls())
      if (const auto *V = dyn_cast<VarDecl>(D); V && V->getLocation() == C.Loc)
        return V;
  return nullptr;
}

/// The facts of a body by the statement that they are about.
class FactsBySite {
public:
  explicit FactsBySite(const FunctionFacts &Facts) {
    for (const CallFact &Call : Facts.Calls)
      if (isAtEndOfScope(Call))
        Ends[Call.Through] = &Call;
      else if (const VarDecl *V = cleanedUp(Call))
        Ends[V] = &Call;
      else if (Call.Site)
        Calls.push_back(&Call);
    llvm::stable_sort(Calls, [](const auto *A, const auto *B) {
      return std::less<>()(A->Site, B->Site);
    });
    for (const AwaitFact &Await : Facts.Awaits)
      Awaits[Await.Site] = &Await;
    for (const auto *All : {&Facts.Variables, &Facts.Parameters})
      for (const VariableFact &V : *All)
        for (const VariableUse &Use : V.Uses)
          Uses[Use.Ref] = &Use;
  }

  llvm::ArrayRef<const CallFact *> calls(const Stmt *Site) const {
    auto [First, Last] = std::equal_range(
        Calls.begin(), Calls.end(), Site, [](const auto &A, const auto &B) {
          return std::less<>()(siteOf(A), siteOf(B));
        });
    return llvm::ArrayRef(Calls).slice(First - Calls.begin(), Last - First);
  }
  const CallFact *end(const ValueDecl *V) const { return Ends.lookup(V); }
  const AwaitFact *await(const Stmt *Site) const { return Awaits.lookup(Site); }
  const VariableUse *use(const Stmt *Ref) const { return Uses.lookup(Ref); }

private:
  static const Stmt *siteOf(const Stmt *S) { return S; }
  static const Stmt *siteOf(const CallFact *C) { return C->Site; }

  std::vector<const CallFact *> Calls; ///< by site
  llvm::DenseMap<const ValueDecl *, const CallFact *> Ends;
  llvm::DenseMap<const Stmt *, const AwaitFact *> Awaits;
  llvm::DenseMap<const Stmt *, const VariableUse *> Uses;
};

/// The local variables that a throw destroys on its way to a handler here, in
/// the order of their declarations. Clang's graph leads there without.
class UnwoundByThrows {
public:
  explicit UnwoundByThrows(const Stmt *Body) {
    forEachStatement(Body,
                     [&](const Stmt *S, llvm::ArrayRef<const Stmt *> Path) {
                       if (isa<CXXThrowExpr>(S))
                         add(S, Path);
                     });
  }
  llvm::ArrayRef<const VarDecl *> by(const Stmt *Throw) const {
    auto It = Variables.find(Throw);
    return It == Variables.end() ? llvm::ArrayRef<const VarDecl *>()
                                 : llvm::ArrayRef(It->second);
  }

private:
  using Declared = llvm::SmallVector<const VarDecl *, 4>;

  void add(const Stmt *Throw, llvm::ArrayRef<const Stmt *> Path) {
    Declared Found;
    const Stmt *Child = Throw;
    for (const Stmt *Around : llvm::reverse(Path)) {
      if (isa<LambdaExpr>(Around))
        return; // another function's
      if (const auto *Try = dyn_cast<CXXTryStmt>(Around);
          Try && Try->getTryBlock() == Child) {
        std::reverse(Found.begin(), Found.end());
        Variables[Throw] = std::move(Found);
        return;
      }
      // From the inside out; of a scope, the last first.
      Declared Here;
      for (const Stmt *Before : Around->children()) {
        if (Before == Child)
          break;
        if (const auto *Decls = dyn_cast_or_null<DeclStmt>(Before))
          for (const Decl *D : Decls->decls())
            if (const auto *V = dyn_cast<VarDecl>(D); V && V->hasLocalStorage())
              Here.push_back(V);
      }
      llvm::append_range(Found, llvm::reverse(Here));
      Child = Around;
    }
  }

  llvm::DenseMap<const Stmt *, Declared> Variables;
};

class BlockReader {
public:
  BlockReader(Unit &U, const FactsBySite &Facts, const FunctionFlow &Flow,
              const UnwoundByThrows &Unwound, std::vector<Event> &Out)
      : U(U), Facts(Facts), Flow(Flow), Unwound(Unwound), Out(Out) {}

  void read(const CFGBlock &Block) {
    for (const CFGBlock *Before : Block.preds())
      if (Before && Before->succ_size() == 2 &&
          *std::next(Before->succ_begin()) == &Block)
        leaveLoop(Before->getTerminatorStmt());
    for (const CFGElement &Element : Block)
      element(Element);
    finishMoves();
    if (leadsOut(Block))
      add(Event::Kind::Leave, {}, nullptr, {});
  }

private:
  using Kind = Event::Kind;

  Event &add(Kind K, Place Of, const Stmt *Site, SourceLocation Loc) {
    Event &E = Out.emplace_back();
    E.K = K;
    E.Of = Of;
    E.Site = Site;
    E.Loc = Loc;
    return E;
  }

  void give(Kind K, Place Of, const Stmt *Site, SourceLocation Loc,
            const Expr *Value, const CallFact *Call = nullptr) {
    // t = wrap{std::move(t)}: what it was has gone into what it will be.
    if (llvm::any_of(Moves, [&](const Event &M) { return M.Of == Of; }))
      finishMoves();
    Event &E = add(K, Of, Site, Loc);
    E.Value = Value;
    E.Call = Call;
    E.From = Value ? placeOf(U, Value) : Place();
    if (E.From && Value->isXValue())
      moveFrom(E.From, Site, Loc);
    finishMoves();
  }

  void moveFrom(const Place &From, const Stmt *Site, SourceLocation Loc) {
    if (llvm::any_of(Moves, [&](const Event &M) { return M.Of == From; }))
      return; // its use has said so
    Event &E = Moves.emplace_back();
    E.K = Kind::Move;
    E.Of = From;
    E.Site = Site;
    E.Loc = Loc;
  }

  void finishMoves() {
    Out.insert(Out.end(), Moves.begin(), Moves.end());
    Moves.clear();
  }

  /// What the init-statement of a range-for declares dies with the loop, of
  /// which the graph knows nothing.
  void leaveLoop(const Stmt *Loop) {
    const auto *Range = dyn_cast_or_null<CXXForRangeStmt>(Loop);
    const auto *Init =
        Range ? dyn_cast_or_null<DeclStmt>(Range->getInit()) : nullptr;
    if (!Init)
      return;
    for (const Decl *D : llvm::reverse(Init->decls()))
      if (const auto *V = dyn_cast<VarDecl>(D))
        add(Kind::Destroy, {V}, nullptr, Range->getEndLoc()).Call =
            Facts.end(V);
  }

  void element(const CFGElement &Element) {
    if (auto Dtor = Element.getAs<CFGAutomaticObjDtor>()) {
      finishMoves();
      const VarDecl *V = Dtor->getVarDecl();
      add(Kind::Destroy, {V}, nullptr, Dtor->getTriggerStmt()->getEndLoc())
          .Call = Facts.end(V);
    } else if (auto Cleanup = Element.getAs<CFGCleanupFunction>()) {
      if (const CallFact *C = Facts.end(Cleanup->getVarDecl()))
        call(*C);
    } else if (auto Member = Element.getAs<CFGMemberDtor>()) {
      const FieldDecl *Field = Member->getFieldDecl();
      add(Kind::Destroy, {nullptr, Field}, nullptr, Field->getLocation()).Call =
          Facts.end(Field);
    } else if (auto Temporary = Element.getAs<CFGTemporaryDtor>()) {
      calls(Temporary->getBindTemporaryExpr());
    } else if (auto Init = Element.getAs<CFGInitializer>()) {
      const CXXCtorInitializer *I = Init->getInitializer();
      if (I->isMemberInitializer())
        give(Kind::Declare, {nullptr, I->getMember()}, nullptr,
             I->getSourceLocation(), I->getInit());
    } else if (auto S = Element.getAs<CFGStmt>()) {
      statement(S->getStmt());
    }
  }

  void statement(const Stmt *S) {
    if (Flow.handlersFrom(S))
      add(Kind::Try, {}, S, S->getBeginLoc());
    if (const auto *Decls = dyn_cast<DeclStmt>(S)) {
      for (const Decl *D : Decls->decls())
        if (const auto *V = dyn_cast<VarDecl>(D))
          give(Kind::Declare, {V}, S, V->getLocation(), V->getInit());
    } else if (const auto *Ref = dyn_cast<DeclRefExpr>(S)) {
      use(Ref);
    } else if (const auto *Op = dyn_cast<BinaryOperator>(S)) {
      if (Op->isAssignmentOp())
        if (const Place To = placeOf(U, Op->getLHS()))
          give(Kind::Assign, To, S, Op->getOperatorLoc(),
               Op->getOpcode() == BO_Assign ? Op->getRHS() : nullptr);
    } else if (const auto *Step = dyn_cast<UnaryOperator>(S)) {
      if (Step->isIncrementDecrementOp())
        if (const Place To = placeOf(U, Step->getSubExpr()))
          give(Kind::Assign, To, S, Step->getOperatorLoc(), nullptr);
    } else if (const AwaitFact *Await = Facts.await(S)) {
      suspend(*Await);
    } else if (!isa<CXXBindTemporaryExpr>(S)) { // which dies later
      calls(S);
      finishThrow(S);
    }
  }

  void finishThrow(const Stmt *Throw) {
    for (const VarDecl *V : llvm::reverse(Unwound.by(Throw)))
      add(Kind::Destroy, {V}, nullptr, Throw->getBeginLoc()).Call =
          Facts.end(V);
  }

  void use(const DeclRefExpr *Ref) {
    const VariableUse *Use = Facts.use(Ref);
    if (!Use)
      return;
    Event &E = add(Kind::Use, {Ref->getDecl()}, Ref, Ref->getLocation());
    E.Use = Use;
    if (Use->H == VariableUse::How::Moved ||
        Use->H == VariableUse::How::Returned) {
      E.K = Kind::Move;
      Moves.push_back(E);
      Out.pop_back();
    }
  }

  /// await_resume is called where it goes on.
  void suspend(const AwaitFact &Await) {
    auto Resumes = [](const CallFact *C) {
      return C->Callee && C->Callee->getIdentifier() &&
             C->Callee->getName() == "await_resume";
    };
    const auto Calls = Facts.calls(Await.Site);
    for (const CallFact *C : Calls)
      if (!Resumes(C))
        call(*C);
    finishMoves();
    add(Kind::Suspend, {}, Await.Site, Await.Loc).Await = &Await;
    for (const CallFact *C : Calls)
      if (Resumes(C))
        call(*C);
  }

  void calls(const Stmt *Site) {
    for (const CallFact *C : Facts.calls(Site))
      call(*C);
  }

  void call(const CallFact &C) {
    if (const auto *Op = dyn_cast<CXXOperatorCallExpr>(C.Site);
        Op && Op->getOperator() == OO_Equal && Op->getNumArgs() == 2)
      if (const Place To = placeOf(U, Op->getArg(0)))
        return give(Kind::Assign, To, C.Site, C.Loc, Op->getArg(1), &C);
    const auto [One, Other] = swappedBy(C);
    const Place A = One ? placeOf(U, One) : Place();
    if (const Place B = A ? placeOf(U, Other) : Place()) {
      Event &E = add(Kind::Swap, A, C.Site, C.Loc);
      E.From = B;
      E.Call = &C;
      return finishMoves();
    }
    const Place Object = C.Object ? placeOf(U, C.Object) : Place();
    add(Kind::Call, Object, C.Site, C.Loc).Call = &C;
    const auto *Ctor = dyn_cast_or_null<CXXConstructorDecl>(C.Callee);
    if (Ctor && Ctor->isMoveConstructor() && !C.Args.empty())
      if (const Place From = placeOf(U, C.Args.front()))
        moveFrom(From, C.Site, C.Loc);
    // A construction and std::move do not yet give the value away.
    const FunctionModel *M = C.Callee ? U.model(C.Callee) : nullptr;
    if (C.K != CallFact::Kind::Constructor && !(M && M->Forwards))
      finishMoves();
  }

  bool leadsOut(const CFGBlock &Block) const {
    auto Throws = [](const CFGElement &Element) {
      auto At = Element.getAs<CFGStmt>();
      return At && isa<CXXThrowExpr>(At->getStmt());
    };
    if (Block.hasNoReturnElement() ||
        isa_and_nonnull<CXXThrowExpr>(Block.getTerminatorStmt()) ||
        llvm::any_of(Block, Throws))
      return false;
    return llvm::any_of(Block.succs(), [&](const CFGBlock *Next) {
      return Next == &Flow.cfg().getExit();
    });
  }

  Unit &U;
  const FactsBySite &Facts;
  const FunctionFlow &Flow;
  const UnwoundByThrows &Unwound;
  std::vector<Event> &Out;
  llvm::SmallVector<Event, 2> Moves; ///< what has been moved is not yet taken
};

} // namespace

Events::Events(Unit &U, const FunctionFacts &Facts, const FunctionFlow &Flow) {
  const FactsBySite BySite(Facts);
  const UnwoundByThrows Unwound(writtenBody(Facts.Function));
  ByBlock.resize(Flow.cfg().getNumBlockIDs());
  for (const CFGBlock *Block : Flow.cfg())
    BlockReader(U, BySite, Flow, Unwound, ByBlock[Block->getBlockID()])
        .read(*Block);
}

void forEachChanged(Unit &U, const CallFact &Call,
                    llvm::function_ref<void(const Place &)> Visit) {
  const FunctionModel *M = Call.Callee ? U.model(Call.Callee) : nullptr;
  const auto *Ctor = dyn_cast_or_null<CXXConstructorDecl>(Call.Callee);
  if (!Call.Callee || (M && M->Forwards) ||
      (Ctor && Ctor->isCopyOrMoveConstructor())) // an event of its own
    return;
  const FunctionDecl *Body = definitionOf(Call.Callee);
  for (unsigned I = 0; I != Call.Callee->getNumParams(); ++I) {
    const QualType T = Call.Callee->getParamDecl(I)->getType();
    if (!(T->isReferenceType() || T->isPointerType()) ||
        T->getPointeeType().isConstQualified())
      continue;
    if (Body && T->isLValueReferenceType() && !U.isInSystemHeader(Body) &&
        !U.facts(Body).changes(I))
      continue;
    const Expr *Arg = argumentFor(Call, I);
    if (const Place Named = Arg ? placeOf(U, Arg) : Place())
      Visit(Named);
  }
}

} // namespace nostall
