//===- Branches.cpp - what a condition has asked --------------------------===//

#include "Branches.h"
#include "analysis/Unit.h"
#include "analysis/facts/ConditionReader.h"
#include "analysis/source/Expressions.h"
#include "analysis/source/Truth.h"
#include "clang/AST/ASTContext.h"
#include "clang/AST/StmtCXX.h"

using namespace clang;

namespace nostall {

const Expr *branchCondition(const CFGBlock &Block) {
  if (Block.succ_size() != 2 ||
      isa_and_nonnull<SwitchStmt, IndirectGotoStmt>(Block.getTerminatorStmt()))
    return nullptr;
  // `if constexpr` asks nothing at run time, and its condition is no element.
  const auto *If = dyn_cast_or_null<IfStmt>(Block.getTerminatorStmt());
  if (If && (If->isConstexpr() || If->isConsteval()))
    return nullptr;
  // The last element is no condition where temporaries are destroyed after it.
  const Expr *Asked = Block.getLastCondition();
  if (!Asked)
    Asked = dyn_cast_or_null<Expr>(Block.getTerminatorCondition());
  return Asked ? withoutTruthCasts(Asked) : nullptr;
}

/// Takes one condition apart.
class Answers::Reader {
public:
  Reader(Unit &U, const Answers &Known, Visit V) : U(U), Known(Known), V(V) {}

  void read(const Expr *Condition, bool Holds) {
    forEachSettled(Condition, Holds, Budget, [&](const Expr *E, bool Is) {
      leaf(withoutTruthCasts(E), Is);
    });
  }

  /// Whether what \p E gives is \p Constant is \p Holds.
  void compare(const Expr *E, const Expr *Constant, bool Holds) {
    const QualType As = E->getType();
    E = E->IgnoreImplicit()->IgnoreParenImpCasts();
    if (E->getType()->isBooleanType()) {
      if (auto Is = constantCondition(U.context(), Constant))
        read(E, *Is == Holds);
      return;
    }
    if (isNull(Constant)) {
      if (const Place P = placeOf(U, E))
        V({P, nullptr, nullptr, !Holds});
      return;
    }
    Question Asked = valueOf(E);
    Asked.Is = Constant->IgnoreParenImpCasts();
    Asked.Holds = Holds;
    if (Asked.Call)
      V(Asked);
    if (const Place P = placeOf(U, E); P && keepsValue(P.type(), As))
      V({P, nullptr, Constant, Holds});
  }

  /// The call that has given the value of \p E, and its object.
  Question valueOf(const Expr *E) {
    E = E->IgnoreImplicit()->IgnoreParenImpCasts();
    if (const auto *Op = dyn_cast<BinaryOperator>(E);
        Op && Op->getOpcode() == BO_Assign)
      return valueOf(Op->getRHS());
    if (const auto *Call = dyn_cast<CallExpr>(E))
      return {objectOf(Call), Call};
    auto It = Known.Kept.find(placeOf(U, E));
    return It == Known.Kept.end() ? Question() : It->second.Value;
  }

private:
  /// Not a negative number that is compared as an unsigned one.
  static bool keepsValue(QualType Of, QualType As) {
    return !As->isUnsignedIntegerType() || !Of->isSignedIntegerType();
  }

  static bool isNull(const Expr *E) {
    return isa<CXXNullPtrLiteralExpr, GNUNullExpr>(E->IgnoreParenImpCasts());
  }

  /// What \p Call asks: its object, or what a function is given first.
  Place objectOf(const CallExpr *Call) {
    if (const auto *Member = dyn_cast<CXXMemberCallExpr>(Call))
      return placeOf(U, Member->getImplicitObjectArgument());
    return Call->getNumArgs() && !isa<CXXOperatorCallExpr>(Call)
               ? placeOf(U, Call->getArg(0))
               : Place();
  }

  void leaf(const Expr *E, bool Holds) {
    if (const auto *Turned = dyn_cast<CXXRewrittenBinaryOperator>(E)) {
      const auto Parts = Turned->getDecomposedForm();
      if (BinaryOperator::isEqualityOp(Parts.Opcode))
        equal(Parts.LHS, Parts.RHS, (Parts.Opcode == BO_EQ) == Holds);
    } else if (const auto *Op = dyn_cast<BinaryOperator>(E)) {
      if (Op->isEqualityOp())
        equal(Op->getLHS(), Op->getRHS(), (Op->getOpcode() == BO_EQ) == Holds);
      else if (Op->isRelationalOp())
        order(*Op, Holds);
      else if (Op->getOpcode() == BO_Assign)
        read(Op->getRHS(), Holds);
    } else if (const auto *By = dyn_cast<CXXOperatorCallExpr>(E)) {
      if (By->getNumArgs() == 2 && (By->getOperator() == OO_EqualEqual ||
                                    By->getOperator() == OO_ExclaimEqual))
        equal(By->getArg(0), By->getArg(1),
              (By->getOperator() == OO_EqualEqual) == Holds);
      else if (By->getOperator() == OO_Call)
        V({Place(), By, nullptr, Holds}); // is_ready(), a closure
    } else if (const auto *Call = dyn_cast<CallExpr>(E)) {
      V({objectOf(Call), Call, nullptr, Holds});
    } else if (const Place P = placeOf(U, E)) {
      if (auto It = Known.Kept.find(P); It != Known.Kept.end())
        llvm::for_each(It->second.If[Holds], V);
      V({P, nullptr, nullptr, Holds});
    }
  }

  void order(const BinaryOperator &Op, bool Holds) {
    for (const bool Swapped : {false, true}) {
      const Expr *E = Swapped ? Op.getRHS() : Op.getLHS();
      if (const Place P = placeOf(U, E);
          P && keepsValue(P.type(), E->getType()))
        V({P, nullptr, Swapped ? Op.getLHS() : Op.getRHS(), Holds,
           *relationOf(Op.getOpcode(), Swapped)});
    }
  }

  void equal(const Expr *A, const Expr *B, bool Holds) {
    compare(A, B, Holds);
    compare(B, A, Holds);
  }

  Unit &U;
  const Answers &Known;
  Visit V;
  unsigned Budget = 256;
};

void Answers::read(Unit &U, const Expr *Condition, bool Holds, Visit V) const {
  Reader(U, *this, V).read(Condition, Holds);
}

void Answers::readEdge(Unit &U, const CFGBlock &From, const CFGBlock &To,
                       bool IsFirst, Visit V) const {
  Reader R(U, *this, V);
  const auto *Switch = dyn_cast_or_null<SwitchStmt>(From.getTerminatorStmt());
  if (!Switch) {
    if (const Expr *Condition = branchCondition(From))
      R.read(Condition, IsFirst);
    return;
  }
  if (const auto *Case = dyn_cast_or_null<CaseStmt>(To.getLabel())) {
    if (!Case->getRHS()) // not a range
      R.compare(Switch->getCond(), Case->getLHS(), true);
    return;
  }
  // What no case says.
  for (const SwitchCase *Label = Switch->getSwitchCaseList(); Label;
       Label = Label->getNextSwitchCase())
    if (const auto *Case = dyn_cast<CaseStmt>(Label); Case && !Case->getRHS())
      R.compare(Switch->getCond(), Case->getLHS(), false);
}

void Answers::keep(Unit &U, const Event &E,
                   llvm::function_ref<bool(const Question &)> Matters) {
  Answer A;
  auto Add = [&](llvm::SmallVectorImpl<Question> &To, const Question &Q) {
    // One that is about no place could not be forgotten; and what the place
    // itself was before, `open = !open`, it is no more.
    if (Q.Of && !Q.Of.mayBe(E.Of) && Matters(Q) && !llvm::is_contained(To, Q))
      To.push_back(Q);
  };
  const QualType T = E.Of.type().getNonReferenceType();
  if (E.Value && T->isBooleanType()) {
    for (bool Holds : {false, true})
      read(U, E.Value, Holds, [&](const Question &Q) { Add(A.If[Holds], Q); });
  } else if (E.Value && T->isIntegralOrEnumerationType()) {
    auto Ignore = [](const Question &) {};
    A.Value = Reader(U, *this, Ignore).valueOf(E.Value);
    if (!A.Value.Of || !Matters(A.Value))
      A.Value = {};
  }
  forget(E.Of);
  if (!(A == Answer()))
    Kept[E.Of] = std::move(A);
}

void Answers::forgetIf(llvm::function_ref<bool(const Place &)> Is) {
  auto IsAbout = [&](const Question &Q) { return Is(Q.Of); };
  for (auto It = Kept.begin(); It != Kept.end();) {
    Answer &A = It->second;
    llvm::erase_if(A.If[false], IsAbout);
    llvm::erase_if(A.If[true], IsAbout);
    if (A.Value.Of && IsAbout(A.Value))
      A.Value = {};
    It = Is(It->first) || A == Answer() ? Kept.erase(It) : std::next(It);
  }
}

void Answers::meet(const Answers &Other) {
  std::erase_if(Kept, [&](const auto &Entry) {
    auto It = Other.Kept.find(Entry.first);
    return It == Other.Kept.end() || !(It->second == Entry.second);
  });
}

} // namespace nostall
