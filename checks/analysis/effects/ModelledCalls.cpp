//===- ModelledCalls.cpp - calls that a model says block ------------------===//
//
// The part of CallResolver that asks whether what a model says holds here: by
// the arguments, by what is known of the object or descriptor, and by what the
// callers will know.
//
//===----------------------------------------------------------------------===//

#include "CallResolver.h"
#include "Descriptors.h"
#include "ReadyFlow.h"
#include "SpecialValues.h"
#include "analysis/Unit.h"
#include "analysis/facts/CallArguments.h"
#include "analysis/facts/ConditionReader.h"
#include "analysis/facts/MemberPaths.h"
#include "analysis/source/Bodies.h"
#include "analysis/source/Expressions.h"
#include "analysis/source/Truth.h"

using namespace clang;

namespace nostall {

/// Runs when what was awaited is there: await_resume, but for one of an awaiter
/// that says that it is always ready, and waits here instead.
static bool isResumption(const FunctionDecl *F) {
  const auto *Resume = dyn_cast<CXXMethodDecl>(F);
  if (!Resume || !Resume->getIdentifier() ||
      Resume->getName() != "await_resume")
    return false;
  for (const CXXMethodDecl *Ready : Resume->getParent()->methods())
    if (Ready->getIdentifier() && Ready->getName() == "await_ready")
      if (const Expr *Answer = returnedBy(Ready))
        return constantCondition(F->getASTContext(), Answer) != true;
  return true;
}

bool CallResolver::testsWouldBlock(const FunctionFacts &Facts) {
  return testsWouldBlock(Facts, MaxTellingHelpers);
}

/// In its own body, or by a helper: `if (is_temporary(errno))`.
bool CallResolver::testsWouldBlock(const FunctionFacts &Facts,
                                   unsigned Helpers) {
  if (Facts.TestsWouldBlock || !Helpers)
    return Facts.TestsWouldBlock;
  const std::pair Key(Facts.Function, Helpers);
  auto [It, IsNew] = WouldBlockTests.try_emplace(Key, false);
  if (!IsNew)
    return It->second;
  bool Tests = llvm::any_of(Facts.Calls, [&](const CallFact &Call) {
    const FunctionDecl *Helper =
        Call.Callee ? definitionOf(Call.Callee) : nullptr;
    return Helper && tellsWouldBlock(Helper, Helpers - 1);
  });
  return WouldBlockTests[Key] = Tests;
}

bool CallResolver::tellsWouldBlock(const FunctionDecl *F) {
  return tellsWouldBlock(F, MaxTellingHelpers - 1);
}

/// Judges error codes, and does no such I/O itself. Where another judges them
/// for it, its answer is that one's.
bool CallResolver::tellsWouldBlock(const FunctionDecl *F, unsigned Helpers) {
  const QualType Answer = F->getReturnType();
  if ((F->param_empty() && !Answer->isBooleanType()) || U.isInSystemHeader(F))
    return false;
  const FunctionFacts &Of = U.facts(F);
  return testsWouldBlock(Of, Answer->isVoidType() ? 0 : Helpers) &&
         llvm::none_of(Of.Calls, [&](const CallFact &C) {
           const FunctionModel *M = C.Callee ? U.model(C.Callee) : nullptr;
           return M && M->UnlessWouldBlockTested;
         });
}

/// A file in memory, such as those of /proc.
static bool isInMemory(Unit &U, const CallFact &Call) {
  auto IsPath = [&](const Expr *E) { return E && namesMemoryFile(U, E); };
  return IsPath(Call.Object) || llvm::any_of(Call.Args, IsPath);
}

/// What \p Case asks of a stream or device that the function was given, or
/// keeps, it asks of those who give it, any of these: `std::getline(in, line)`.
static std::vector<ParamTest> askedOfCallers(const FunctionFacts &Facts,
                                             const CallFact &Call,
                                             const FunctionModel &Case) {
  std::vector<ParamTest> Any;
  for (const std::vector<ArgumentTest> &Group : Case.When) {
    if (Group.size() != 1)
      continue;
    const std::vector<std::string> &Names =
        Case.What == Effect::Input ? Group[0].Names : Group[0].TypeIs;
    const Expr *Arg =
        Names.empty() ? nullptr : modelArgument(Call, Group[0].Arg);
    if (const auto Number = Arg ? ownNumber(Facts.Function, Arg) : std::nullopt)
      for (const std::string &Name : Names)
        Any.push_back(
            {*Number, ParamTest::Relation::IsKnownAs, valueNamed(Name)});
  }
  return Any;
}

/// The number of the member of an object that the function has which \p Fd
/// names: its descriptor, or one of its descriptors.
static std::optional<uint32_t> ownDescriptor(Unit &U, const FunctionDecl *F,
                                             const Expr *Fd) {
  Fd = stripForwarding(U, Fd);
  if (const auto *Element = dyn_cast<ArraySubscriptExpr>(Fd))
    Fd = Element->getBase();
  const auto Part = ownPart(F, Fd);
  return Part && !Part->Path.empty()
             ? std::optional(memberNumber(Part->Object, Part->Path))
             : std::nullopt;
}

/// Adds what \p Call does by its model entry, arguments and state; whether that
/// is anything.
bool CallResolver::addModelled(const FunctionFacts &Facts, const CallFact &Call,
                               const FunctionModel &Entry, ResolvedCall &Out) {
  if (Entry.Says == FunctionModel::Stance::Blocks)
    Out.Why = Decision::Arguments;
  else
    Out.Why = Decision::Model;
  bool Any = false;
  for (const FunctionModel *Case = &Entry; Case; Case = Case->Otherwise.get()) {
    if (Case->Says != FunctionModel::Stance::Blocks ||
        holdAny(U, Case->Unless, Call))
      continue;
    const bool Holds = Case->When.empty() || holdAny(U, Case->When, Call);
    const auto Asked =
        Holds ? std::vector<ParamTest>() : askedOfCallers(Facts, Call, *Case);
    if (!Holds && Asked.empty())
      continue;
    Condition OnlyIf;
    Out.Why = judge(Facts, Call, *Case, OnlyIf);
    if (Out.Why != Decision::Model)
      return Any;
    Any = true;
    if (isSuppressed(Call.Loc)) {
      Out.Why = Decision::Suppressed;
      return Any;
    }
    const unsigned Prim = addPrimitive(
        {Case->What, Call.Callee, Call.Loc, sourceText(*Case), Case});
    auto Add = [&](Condition When) {
      Out.Next.push_back(
          Successor::primitive(directHop(Call), Prim, std::move(When)));
    };
    if (Holds) {
      Add(OnlyIf);
      return true;
    }
    for (const ParamTest &T : Asked) {
      Condition When = OnlyIf;
      When.push_back(T);
      Add(std::move(When));
    }
  }
  return Any;
}

/// What decides about \p Call where its arguments are such that \p M says that
/// it blocks; with Decision::Model, it does, \p OnlyIf this holds, too.
Decision CallResolver::judge(const FunctionFacts &Facts, const CallFact &Call,
                             const FunctionModel &M, Condition &OnlyIf) {
  if (M.UnlessWouldBlockTested) {
    if (testsWouldBlock(Facts))
      return Decision::WouldBlockTested;
    const Expr *Fd = descriptorOf(Call);
    if (Fd && U.descriptors().isNonblocking(Fd) &&
        !U.descriptors().isStillBlocking(Facts, Call, Fd)) {
      // Of some objects it may not be.
      const auto Own = ownDescriptor(U, Facts.Function, Fd);
      if (!Own)
        return Decision::NonblockingDescriptor;
      OnlyIf.push_back(
          {*Own, ParamTest::Relation::IsKnownAs, BlockingDescriptor});
    }
  }
  if (M.What == Effect::FileIO) {
    if (isInMemory(U, Call))
      return Decision::Arguments;
    auto UnlessInMemory = [&](const Expr *E) {
      if (const auto Own = E ? nameGiven(U, Facts.Function, E) : std::nullopt)
        OnlyIf.push_back({*Own, ParamTest::Relation::NotEqual, MemoryFile});
    };
    UnlessInMemory(Call.Object);
    llvm::for_each(Call.Args, UnlessInMemory);
  }
  if (isNeverFilled(Facts, Call)) // a thread that nobody starts
    return Decision::MovedFrom;
  if (M.UnlessReady &&
      (isResumption(Facts.Function) || isKnownReady(U, Facts, Call)))
    return Decision::KnownReady;
  return Decision::Model;
}

} // namespace nostall
