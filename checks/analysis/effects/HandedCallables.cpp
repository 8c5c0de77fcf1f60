//===- HandedCallables.cpp - callables that are given or stored -----------===//
//
// The part of CallResolver that says what runs where a function or closure is
// given to a call, is handed on, or is called through what holds it.
//
//===----------------------------------------------------------------------===//

#include "CallResolver.h"
#include "analysis/Unit.h"
#include "analysis/facts/CallArguments.h"
#include "analysis/facts/ConditionReader.h"
#include "analysis/facts/StoredCallables.h"
#include "analysis/source/Annotations.h"
#include "analysis/source/Bodies.h"
#include "analysis/source/Callables.h"
#include "analysis/source/Expressions.h"
#include "clang/AST/ExprCXX.h"

using namespace clang;

namespace nostall {

using Is = Successor::Is;

/// Why only the loop's thread may call \p F; empty if any may.
std::string CallResolver::loopOnlySource(const FunctionDecl *F) const {
  if (annotation(F, "loop_only"))
    return "annotation NOSTALL_LOOP_ONLY";
  const FunctionModel *M = U.model(F);
  return M && M->LoopOnly ? sourceText(*M) : "";
}

/// What only the loop's thread may call is that whatever it does besides.
void CallResolver::addLoopOnly(const FunctionDecl *F, Hop How,
                               ResolvedCall &Out) {
  const std::string Source = loopOnlySource(F);
  const SourceLocation At = Out.Call->Loc;
  if (!Source.empty() && !isSuppressed(At, "nostall-loop-affinity"))
    Out.Next.push_back(Successor::primitive(
        How, addPrimitive({Effect::LoopOnly, F, At, Source, U.model(F)})));
}

/// What is known of \p F without its body. With what arguments it will be
/// called is not known, so only what no argument and no state can make
/// harmless: std::ranges::for_each(threads, &std::thread::join).
void CallResolver::addUncalled(const FunctionDecl *F, ResolvedCall &Out) {
  if (isUnknownCallable(U, F))
    Out.Next.push_back(Successor::to(Is::External, Hop::RunsCallable, F));
  if (!F)
    return;
  const SourceLocation At = Out.Call->Loc;
  const FunctionModel *M = U.model(F);
  std::optional<Primitive> Blocks;
  if (auto Declared = declaredEffect(F)) {
    if (Declared->K == DeclaredEffect::Kind::Blocking)
      Blocks = Primitive{Declared->What, F, At, Declared->Source.str(), M};
  } else if (M && M->Says == FunctionModel::Stance::Blocks && M->When.empty() &&
             M->Unless.empty() && !M->UnlessWouldBlockTested) {
    Blocks = Primitive{M->What, F, At, sourceText(*M), M};
  }
  if (Blocks && !isSuppressed(At))
    Out.Next.push_back(Successor::primitive(Hop::RunsCallable,
                                            addPrimitive(std::move(*Blocks))));
  addLoopOnly(F, Hop::RunsCallable, Out);
}

/// The bodies of a callable that runs before the call returns.
void CallResolver::addCallable(const FunctionDecl *F, ResolvedCall &Out) {
  for (const FunctionDecl *Body : bodiesOf(U, F, Out.Call->Args))
    Out.Next.push_back(Successor::to(Is::Body, Hop::RunsCallable, Body));
  addUncalled(F, Out);
}

ResolvedCall CallResolver::resolveHanded(const CallFact &Call,
                                         const CallableArgument &Arg) {
  ResolvedCall Out;
  Out.Call = &Call;
  addUncalled(Arg.Body, Out);
  return Out;
}

/// The number of the member, of an object that \p F has, that \p Call calls.
static uint32_t calledMember(Unit &U, const FunctionDecl *F,
                             const CallFact &Call) {
  const auto *Site = dyn_cast_or_null<CallExpr>(Call.Site);
  const Expr *Called = !Site ? nullptr
                       : isa<CXXOperatorCallExpr>(Site) && Site->getNumArgs()
                           ? Site->getArg(0)
                           : Site->getCallee();
  const auto *Member =
      Called ? dyn_cast<MemberExpr>(stripForwarding(U, Called)) : nullptr;
  const auto *Field = dyn_cast_or_null<FieldDecl>(Call.Through);
  const auto Object = Member && Field && Member->getMemberDecl() == Field
                          ? ownObject(F, Member->getBase())
                          : std::nullopt;
  return Object ? memberNumber(*Object, Field) : 0;
}

bool CallResolver::mayRun(const ResolvedCall &R, int64_t Known,
                          const FunctionDecl *Body) {
  if (R.Call->By == CallFact::Dispatch::Virtual)
    return Exact.runs(Known, *R.Call, Body);
  // That there is one says nothing of which.
  return Known == 1 || U.places().callable(Body) == static_cast<Symbol>(Known);
}

/// May call all that anybody stores in \p Place.
void CallResolver::addHeld(const ValueDecl *Place, ResolvedCall &Out) {
  for (const FunctionDecl *F : U.storedCallables().in(Place))
    addCallable(F, Out);
  Out.Next.push_back(Successor::to(Is::Stored, Hop::RunsCallable, Place));
}

/// A call through a member may call what its object was made with.
void CallResolver::resolveStored(const FunctionFacts &Facts,
                                 const CallFact &Call, ResolvedCall &Out) {
  Out.On = calledMember(U, Facts.Function, Call);
  addHeld(Call.Through, Out);
}

/// std::invoke(hook_), std::for_each(begin, end, hook_): what the model of the
/// callee runs at once, and a place holds.
void CallResolver::addStoredArguments(const CallFact &Call,
                                      const FunctionModel &M,
                                      ResolvedCall &Out) {
  for (unsigned I = 0; I != Call.Args.size(); ++I) {
    const Expr *Arg = Call.Args[I];
    CallableArgument Whole;
    Whole.Arg = I;
    const CallableModel *C = Arg ? callableModel(U, M, Call, Whole) : nullptr;
    if (!C || C->Use != CallableUse::Inline || Arg->getType().isNull() ||
        !U.storedCallables().holdsCallables(Arg->getType()) ||
        llvm::any_of(Call.Callables, [&](const CallableArgument &Known) {
          return Known.Arg == I;
        }))
      continue;
    for (const ValueDecl *Place : holdersOf(U, Arg))
      if (!isa<ParmVarDecl>(Place))
        addHeld(Place, Out);
  }
}

} // namespace nostall
