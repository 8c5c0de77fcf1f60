//===- PlaceTests.cpp - what a branch says of places ----------------------===//

#include "PlaceTests.h"
#include "analysis/Unit.h"
#include "analysis/facts/ConditionReader.h"
#include "analysis/facts/SetOnce.h"
#include "analysis/source/Bodies.h"
#include "analysis/source/Emptiness.h"
#include "analysis/source/Expressions.h"
#include "clang/AST/ExprCXX.h"

using namespace clang;

namespace nostall {

using Relation = ParamTest::Relation;
using Visit = llvm::function_ref<void(const Place &, const ParamTest &)>;

llvm::SmallVector<const ValueDecl *, 3> wayOf(MemberPathRef Path) {
  return {Path.begin(), Path.end()};
}

/// `bool is_open() const { return fd_ >= 0; }`
static void askAccessor(Unit &U, const Question &Q, Visit Visit) {
  const auto *Member = dyn_cast<CXXMemberCallExpr>(Q.Call);
  const CXXMethodDecl *Method = Member ? Member->getMethodDecl() : nullptr;
  if (!Method || !Method->isConst() || isDispatched(Q.Call))
    return;
  const bool IsThis = isa<CXXThisExpr>(
      Member->getImplicitObjectArgument()->IgnoreParenImpCasts());
  const auto *Body = cast_or_null<CXXMethodDecl>(definitionOf(Method));
  const Expr *Gives = Body && (IsThis || Q.Of) && !U.isInSystemHeader(Body)
                          ? returnedBy(Body)
                          : nullptr;
  if (!Gives || !Body->getReturnType()->isBooleanType())
    return;
  SetOnce Locals(Body);
  Condition Tests;
  addTests(Body, U.context(), Locals, Gives, Q.Holds, Tests);
  std::vector<MemberPath> Read;
  forEachStatement(Gives, [&](const Stmt *S, auto) {
    const auto *E = dyn_cast<MemberExpr>(S);
    const auto Part = E ? ownPart(Body, E) : std::nullopt;
    if (Part && Part->Object == OwnObject && !Part->Path.empty())
      Read.push_back(Part->Path);
  });
  forEachClause(Tests, [&](llvm::ArrayRef<ParamTest> OneOf) {
    const ParamTest &T = OneOf.front();
    for (const MemberPath &Path : Read)
      if (OneOf.size() == 1 && T.Param == memberNumber(OwnObject, Path) &&
          llvm::none_of(
              Path, [](const FieldDecl *Field) { return Field->isMutable(); }))
        return Visit(partOf(U, Q.Of, wayOf(Path)), T);
  });
}

void forEachPlaceTested(Unit &U, const Question &Q, Visit Visit) {
  if (Q.Call) {
    const auto Empty = Q.Is ? std::nullopt : emptinessTest(Q.Call);
    if (Empty)
      Visit(
          placeOf(U, Empty->Of),
          {0,
           Empty->IsSomething == Q.Holds ? Relation::NotEqual : Relation::Equal,
           0});
    else if (!Q.Is)
      askAccessor(U, Q, Visit);
    return;
  }
  ParamTest T{0, Relation::NotEqual, 0};
  if (Q.Is) {
    const auto Is = constantOf(U.context(), Q.Is);
    if (!Is)
      return;
    T = {0, Q.By, *Is};
  }
  Visit(Q.Of, Q.Holds ? T : T.negated());
}

} // namespace nostall
