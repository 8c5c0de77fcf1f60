//===- StoredWork.cpp - pools and loops by hand ---------------------------===//
//
//   void post(Job j) { jobs_.push_back(std::move(j)); }
//   void run() { for (;;) { wait(); jobs_.front()(); jobs_.pop_front(); } }
//
// Whoever runs `run` calls what `post` has stored: a worker, where a thread was
// made for it, or else a loop.
//
//===----------------------------------------------------------------------===//

#include "Contexts.h"
#include "analysis/Unit.h"
#include "analysis/facts/CallArguments.h"
#include "analysis/facts/StoredCallables.h"
#include "analysis/models/Models.h"
#include "analysis/source/Bodies.h"
#include "analysis/source/Expressions.h"
#include "analysis/source/HandleUse.h"
#include "clang/AST/DeclTemplate.h"
#include "clang/AST/StmtCXX.h"

using namespace clang;

namespace nostall {

/// What holds the handle that \p Call resumes by its name, or null.
static const ValueDecl *resumedBy(Unit &U, const CallFact &Call) {
  return Call.Object && isCoroutineHandle(Call.Object->getType()) &&
                 Call.Callee->getIdentifier() &&
                 Call.Callee->getName() == "resume"
             ? descriptorEntity(U, Call.Object)
             : nullptr;
}

/// What \p Call calls or resumes out of a variable or member: that; or null.
static const ValueDecl *takenFrom(Unit &U, const CallFact &Call) {
  return Call.Callee && Call.K != CallFact::Kind::Operator ? resumedBy(U, Call)
                                                           : Call.Through;
}

/// All that bodies on workers call or resume through a variable or member is on
/// a worker.
void Contexts::placeStored() {
  std::vector<const FunctionDecl *> Work;
  for (const FunctionDecl *F : U.functions())
    if (of(F).C == Context::Worker && !coroutineBody(F))
      Work.push_back(F);
  OnWorkers.clear();
  while (!Work.empty()) {
    const FunctionDecl *F = Work.back();
    Work.pop_back();
    if (!OnWorkers.insert(F->getCanonicalDecl()).second)
      continue;
    for (const CallFact &Call : U.facts(F).Calls) {
      const FunctionDecl *Body =
          Call.Callee ? definitionOf(Call.Callee) : nullptr;
      if (Body && !coroutineBody(Body) && !U.isInSystemHeader(Body) &&
          of(Body).C != Context::Loop)
        Work.push_back(Body);
      const ValueDecl *Through = takenFrom(U, Call);
      if (!Through)
        continue;
      for (const ValueDecl *Place : U.storedCallables().feeding(Through))
        CalledOnWorker.insert(Place);
      for (const FunctionDecl *Stored : U.storedCallables().in(Through)) {
        // Instances of one template have one placement, and a body each.
        Placement &P = Placements[placeKey(Stored)];
        if (P.C == Context::Unknown)
          P = {Context::Worker, Placement::Why::Called, F, Call.Loc};
        if (P.C != Context::Worker)
          continue;
        if (const FunctionDecl *Held = definitionOf(Stored))
          Work.push_back(Held);
      }
    }
  }
  // What somebody else takes out of the same place may run anywhere.
  for (const FunctionDecl *F : U.functions())
    if (!OnWorkers.contains(F->getCanonicalDecl()) && !coroutineBody(F))
      for (const CallFact &Call : U.facts(F).Calls)
        if (Call.Through &&
            (!Call.Callee || Call.K == CallFact::Kind::Operator))
          for (const FunctionDecl *Stored :
               U.storedCallables().in(Call.Through))
            if (Placement &P = Placements[placeKey(Stored)];
                P.W == Placement::Why::Called && !coroutineBody(Stored))
              P = {};
}

/// Whether \p F waits for something as an event loop does.
static bool waits(Unit &U, const FunctionDecl *F) {
  return llvm::any_of(U.facts(F).Calls, [&](const CallFact &Call) {
    const FunctionModel *M = Call.Callee ? U.model(Call.Callee) : nullptr;
    return M && M->Says == FunctionModel::Stance::Blocks &&
           (M->What == Effect::Wait || M->What == Effect::Sleep);
  });
}

/// Whether \p F has a loop that only a return, or a break, leaves.
static bool runsForEver(const FunctionDecl *F) {
  bool Does = false;
  forEachStatement(writtenBody(F), [&](const Stmt *S,
                                       llvm::ArrayRef<const Stmt *> Path) {
    const auto *For = dyn_cast<ForStmt>(S);
    const auto *While = dyn_cast<WhileStmt>(S);
    const auto *Always = While ? dyn_cast<CXXBoolLiteralExpr>(
                                     While->getCond()->IgnoreParenImpCasts())
                               : nullptr;
    Does |=
        ((For && !For->getCond()) || (Always && Always->getValue())) &&
        llvm::none_of(Path, [](const Stmt *Up) { return isa<LambdaExpr>(Up); });
  });
  return Does;
}

/// A queue of what waits to be run, and not the handle of somebody who waits.
static bool isContainer(Unit &U, const ValueDecl *Place) {
  const CXXRecordDecl *R =
      Place->getType().getNonReferenceType()->getAsCXXRecordDecl();
  return R && U.models().isOpaque(R) && !isCoroutineHandle(Place->getType()) &&
         isa<ClassTemplateSpecializationDecl>(R);
}

/// What a function that no worker calls takes, and that waits for more, or is
/// called by one that waits, is put there for a loop; so it is where it takes
/// things out of a container for ever.
void Contexts::findLoopsByHand() {
  auto IsOff = [&](const FunctionDecl *F) {
    return coroutineBody(F) || OnWorkers.contains(F->getCanonicalDecl());
  };
  llvm::DenseMap<const FunctionDecl *, llvm::SmallVector<const ValueDecl *, 1>>
      Takes;
  for (const FunctionDecl *F : U.functions())
    if (!IsOff(F))
      for (const CallFact &Call : U.facts(F).Calls)
        if (const ValueDecl *Through = takenFrom(U, Call))
          Takes[F->getCanonicalDecl()].push_back(Through);
  if (Takes.empty())
    return;
  for (const FunctionDecl *F : U.functions()) {
    if (IsOff(F) || !U.facts(F).Repeats)
      continue;
    const bool Waits = waits(U, F);
    if (!Waits && !runsForEver(F))
      continue;
    auto Add = [&](const FunctionDecl *By) {
      for (const ValueDecl *Through : Takes.lookup(By->getCanonicalDecl())) {
        const auto From = U.storedCallables().feeding(Through);
        if (Waits || llvm::any_of(From, [&](const ValueDecl *Place) {
              return isContainer(U, Place);
            }))
          for (const ValueDecl *Place : From)
            if (!CalledOnWorker.contains(Place))
              CalledOnLoop.insert(Place);
      }
    };
    Add(F);
    for (const CallFact &Call : U.facts(F).Calls)
      if (Call.Callee)
        Add(Call.Callee);
  }
}

bool Contexts::isCalledOnLoop(const FunctionDecl *F, unsigned Param) const {
  F = F->getCanonicalDecl();
  return Param < F->getNumParams() &&
         CalledOnLoop.contains(F->getParamDecl(Param));
}

bool Contexts::isCalledOnWorker(const FunctionDecl *F, unsigned Param) const {
  F = F->getCanonicalDecl();
  return Param < F->getNumParams() &&
         CalledOnWorker.contains(F->getParamDecl(Param));
}

} // namespace nostall
