//===- DirectCall.cpp - an offload undone ---------------------------------===//
//
//   co_await to_thread(f, a)                      f(a)
//   co_await to_thread([&] { return a + b; })     (a + b)
//   co_await to_thread([n] { return g(n); })      [n] { return g(n); }()
//
// The code that does here what a callable was to do on a thread, with the same
// value. Refuses where it could mean something else.
//
//===----------------------------------------------------------------------===//

#include "Rewrite.h"
#include "analysis/source/Expressions.h"
#include "clang/AST/StmtCXX.h"

using namespace clang;

namespace nostall {
namespace {

bool isSimple(const Expr *E) {
  return isa<CallExpr, DeclRefExpr, MemberExpr, IntegerLiteral,
             CXXBoolLiteralExpr, ArraySubscriptExpr, CXXThisExpr>(
      E->IgnoreImplicit());
}

/// `[&] { return a + b; }` is `(a + b)` where it stands, if nothing but the
/// value is wanted of it.
std::optional<std::string> insideOf(Unit &U, const LambdaExpr *L,
                                    bool Dropped) {
  const auto *Body = dyn_cast<CompoundStmt>(L->getBody());
  const bool Plain =
      Body && Body->size() == 1 && L->getCallOperator()->param_empty() &&
      llvm::all_of(L->captures(), [](const LambdaCapture &C) {
        return C.capturesThis() || C.getCaptureKind() == LCK_ByRef;
      });
  if (!Plain || L->isMutable())
    return std::nullopt;
  const Stmt *Only = Body->body_front();
  const Expr *Value = dyn_cast<Expr>(Only);
  if (const auto *Return = dyn_cast<ReturnStmt>(Only)) {
    Value = Return->getRetValue();
    // A value of its own is what comes back from a thread.
    const Expr *Said = Value ? Value->IgnoreImplicit() : nullptr;
    if (!Said || (!Said->isPRValue() && !Dropped) ||
        Said->getType().getCanonicalType().getUnqualifiedType() !=
            L->getCallOperator()->getReturnType().getCanonicalType())
      return std::nullopt;
  } else if (!Dropped) {
    return std::nullopt;
  }
  auto Text = Value ? sourceText(U, Value->getSourceRange()) : std::nullopt;
  if (Text && !Dropped && !isSimple(Value))
    *Text = "(" + *Text + ")";
  return Text;
}

} // namespace

/// The call of \p Work itself, as it can stand in the place of the await.
static std::optional<std::string> directCall(Unit &U, const CallFact &Call,
                                             const CallableArgument &Work,
                                             bool Dropped) {
  const FunctionDecl *Body = Work.Body;
  const Expr *Callable = stripForwarding(U, Call.Args[Work.Arg]);
  if (const auto *Address = dyn_cast<UnaryOperator>(Callable);
      Address && Address->getOpcode() == UO_AddrOf)
    Callable = Address->getSubExpr()->IgnoreParenImpCasts();
  const auto *L = dyn_cast<LambdaExpr>(Callable);
  const auto *Ref = dyn_cast<DeclRefExpr>(Callable);
  const auto *Method = dyn_cast<CXXMethodDecl>(Body);
  const bool ReturnsValue = !Body->getReturnType()->isReferenceType();
  if (!(L || Ref) || (!ReturnsValue && !Dropped))
    return std::nullopt;
  // A copy is called on the thread: who changes itself must not be changed, and
  // a pointer to a member is called in another way.
  if (!L && Method && (!Method->isConst() || !Ref->getType()->isRecordType()))
    return std::nullopt;
  // The type of the pointer has chosen an overload; the arguments might choose
  // another.
  if (Ref && !Body->getPrimaryTemplate() && Ref->hadMultipleCandidates())
    return std::nullopt;
  if (L && Call.Args.size() == Work.Arg + 1)
    if (auto Text = insideOf(U, L, Dropped))
      return Text;
  const unsigned Given = Call.Args.size() - Work.Arg - 1;
  if (Body->getNumParams() != Given || Body->isVariadic())
    return std::nullopt;
  auto Text = sourceText(U, Callable->getSourceRange());
  if (!Text || (L && cast<CompoundStmt>(L->getBody())->body_empty()))
    return std::nullopt;
  *Text += "(";
  for (unsigned I = 0; I != Given; ++I) {
    auto Arg = sourceText(U, Call.Args[Work.Arg + 1 + I]->getSourceRange());
    if (!Arg || Body->getParamDecl(I)->getType()->isRValueReferenceType())
      return std::nullopt;
    *Text += (I ? ", " : "") + *Arg;
  }
  return *Text + ")";
}

std::optional<Rewrite> notOffloaded(Unit &U, const FunctionFacts &Facts,
                                    const CallFact &Call,
                                    const CallableArgument &Work) {
  for (const AwaitFact &Await : Facts.Awaits) {
    if (Await.IsYield || stripForwarding(U, Await.Operand) != Call.Site)
      continue;
    const bool Dropped =
        Await.Site->getType()->isVoidType() ||
        llvm::any_of(Facts.Discards, [&](const DiscardFact &D) {
          return D.Value == Await.Site;
        });
    auto Range = fileRange(U, Await.Site->getSourceRange());
    auto Text = directCall(U, Call, Work, Dropped);
    if (Range && Text)
      return Rewrite{*Range, *Text, {}};
  }
  return std::nullopt;
}

} // namespace nostall
