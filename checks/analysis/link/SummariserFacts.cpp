//===- SummariserFacts.cpp - what else other units ask of one -------------===//
//
// Besides calls: which classes a function's results are of, what calls are
// given to run, where coroutines go on, and what functions do to locks for
// their callers.
//
//===----------------------------------------------------------------------===//

#include "Summariser.h"
#include "analysis/Unit.h"
#include "analysis/contexts/Contexts.h"
#include "analysis/effects/Effects.h"
#include "analysis/locks/LockHelpers.h"
#include "analysis/source/Bodies.h"
#include "analysis/source/HandleUse.h"
#include "clang/AST/CXXInheritance.h"
#include "clang/AST/DeclTemplate.h"

using namespace clang;

namespace nostall {

/// A pointer or reference to a class with virtual methods, or an owner of one.
static bool returnsPolymorphic(QualType T) {
  T = T.getNonReferenceType();
  if (T->isPointerType())
    T = T->getPointeeType();
  const CXXRecordDecl *R = T->getAsCXXRecordDecl();
  if (const auto *Owner = dyn_cast_or_null<ClassTemplateSpecializationDecl>(R);
      Owner && Owner->getTemplateArgs().size() &&
      Owner->getTemplateArgs()[0].getKind() == TemplateArgument::Type)
    R = Owner->getTemplateArgs()[0].getAsType()->getAsCXXRecordDecl();
  return R && R->hasDefinition() && R->isPolymorphic();
}

/// What a virtual call on the results of this unit's functions may run.
void Summariser::noteFactories() {
  for (const FunctionDecl *F : U.functions()) {
    if (!returnsPolymorphic(F->getReturnType()) || !isNeededElsewhere(F))
      continue;
    const CallGraph::Symbol Id = symbolOf(F);
    const auto &Made = U.effects().resolver().exactClass().madeBy(F);
    if (!Id || !Made)
      continue;
    noteFactory(Id, *Made);
  }
}

/// The same of classes that calls pass on; whether there were new ones.
bool Summariser::noteClasses() {
  const auto &Asked = U.effects().resolver().exactClass().asked();
  const size_t Before = NotedClasses.size();
  for (const auto &[Id, Class] : Asked)
    if (NotedClasses.insert(Id).second)
      noteFactory(Id, Class);
  return NotedClasses.size() != Before;
}

void Summariser::noteFactory(CallGraph::Symbol Id,
                             llvm::ArrayRef<const CXXRecordDecl *> Made) {
  using Is = CallGraph::Callable::Is;
  CallGraph::Factory Of{Id, {}};
  CXXFinalOverriderMap Finals;
  for (const CXXRecordDecl *R : Made)
    R->getFinalOverriders(Finals);
  for (const auto &[Method, Overriders] : Finals)
    for (const auto &[Base, Last] : Overriders)
      for (const UniqueVirtualMethod &Runs : Last) {
        if (const FunctionDecl *Body = definitionOf(Runs.Method)) {
          if (matters(U.effects().summary(Body)))
            Of.Methods.push_back({0, Is::Node, nodeOf(Body), 0});
        } else if (CallGraph::Symbol There = symbolOf(Runs.Method)) {
          Of.Methods.push_back({0, Is::Symbol, 0, There});
        }
      }
  llvm::sort(Of.Methods);
  Of.Methods.erase(llvm::unique(Of.Methods), Of.Methods.end());
  G.Factories.push_back(std::move(Of));
}

/// What \p Call gives its callee to run.
std::vector<CallGraph::Callable>
Summariser::callablesOf(const FunctionFacts &Facts, const CallFact &Call) {
  using Is = CallGraph::Callable::Is;
  std::vector<CallGraph::Callable> Given;
  for (const CallableArgument &Arg : Call.Callables) {
    if (Arg.IsTask)
      continue;
    const unsigned Param = parameterFor(Call, Arg);
    if (Arg.Param && Arg.Param->getDeclContext() == Facts.Function)
      Given.push_back(
          {Param, Is::Param, Arg.Param->getFunctionScopeIndex(), 0});
    for (const FunctionDecl *Body : bodiesOf(U, Arg.Body, Call.Args))
      if (matters(U.effects().summary(Body)))
        Given.push_back({Param, Is::Node, nodeOf(Body), 0});
    if (isUnknownCallable(U, Arg.Body))
      if (CallGraph::Symbol Id = symbolOf(Arg.Body))
        Given.push_back({Param, Is::Symbol, 0, Id});
  }
  return Given;
}

CallGraph::Premise Summariser::suspendedBy(Unit &U, const FunctionFacts &Facts,
                                           const CallFact &Call) {
  CallGraph::Premise Of;
  for (const FunctionDecl *By : U.contexts().cameThrough(Facts, Call))
    if (CallGraph::Symbol Id = symbolOf(By))
      Of.Through.push_back(Id);
  for (const FunctionDecl *By : U.contexts().wasKeptBy(Facts, Call))
    Of.Kept.push_back(symbolOf(By));
  return Of;
}

CallGraph::Premise Summariser::premiseOf(Unit &U, const LoopCall &L) {
  CallGraph::Premise Of;
  const FunctionDecl *F = L.Facts->Function;
  const Placement &P = U.contexts().of(F);
  if (L.Handed || P.C != Context::Loop)
    return Of;
  Of = suspendedBy(U, *L.Facts, *L.Call);
  if (P.W == Placement::Why::Coroutine)
    Of.Coroutine = symbolOf(F);
  return Of;
}

void Summariser::assume(const LoopCall &L, llvm::StringRef Check) {
  if (CallGraph::Premise Of = premiseOf(U, L); !Of.isEmpty())
    G.Assumptions.push_back({text(Check), place(L.location()), std::move(Of)});
}

void Summariser::noteMoves() {
  for (const FunctionDecl *F : U.functions()) {
    const bool IsSuspend =
        F->getIdentifier() && F->getName() == "await_suspend";
    const bool TakesHandle =
        F->getNumParams() &&
        isCoroutineHandle(F->getParamDecl(0)->getType().getNonReferenceType());
    const CallGraph::Symbol Id =
        (IsSuspend || TakesHandle) && isNeededElsewhere(F) ? symbolOf(F) : 0;
    if (!Id)
      continue;
    const auto Where = U.contexts().movesTo(F);
    if (IsSuspend && Where)
      G.Moves.push_back({Id, *Where == Context::Loop});
    else if (!IsSuspend && Where.value_or(Context::Loop) == Context::Loop)
      G.Keep.push_back(Id);
  }
}

void Summariser::noteLocks() {
  // What a function of this unit alone does may hang on what it calls in
  // others.
  for (const FunctionDecl *F : U.functions())
    if (isNeededElsewhere(F) || U.lockHelpers().leansOnOthers(U, F))
      if (CallGraph::Symbol Id = U.places().callable(F))
        for (const LockAnswer &Answer : lockAnswersOf(U, F)) {
          const CallGraph::LockUse Use{Id, Answer.Object, Answer.Takes};
          if (!Answer.If) {
            G.Locks.push_back(Use);
            continue;
          }
          G.LockRules.push_back({Use, useOf(*Answer.If, Answer.Takes), {}});
          for (const LockQuestion &Q : Answer.Unless)
            G.LockRules.back().Unless.push_back(useOf(Q, false));
        }
  auto EachOnce = [](auto &Uses) {
    llvm::sort(Uses);
    Uses.erase(llvm::unique(Uses), Uses.end());
  };
  EachOnce(G.Locks);
  EachOnce(G.LockRules);
}

CallGraph::LockUse Summariser::useOf(const LockQuestion &Q, bool Takes) {
  return {U.places().callable(Q.Of), Q.Object, Takes};
}

void Summariser::doubt(const OpenLock &Lock, llvm::StringRef Check) {
  CallGraph::LockDoubt D{text(Check),
                         text(Lock.decl()->getNameAsString()),
                         place(Lock.Await->Loc),
                         {}};
  for (const OpenLock::Call &Call : Lock.By) {
    D.By.push_back({place(Call.At), useOf(Call.Takes, true), {}});
    for (const LockQuestion &Q : Call.GiveBack)
      D.By.back().GiveBack.push_back(useOf(Q, false));
  }
  G.LockDoubts.push_back(std::move(D));
}

} // namespace nostall
