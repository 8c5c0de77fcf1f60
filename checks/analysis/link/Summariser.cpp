//===- Summariser.cpp - a unit's calls, for other units -------------------===//

#include "Summariser.h"
#include "analysis/Unit.h"
#include "analysis/contexts/Contexts.h"
#include "analysis/effects/AwaitedFlow.h"
#include "analysis/effects/Descriptors.h"
#include "analysis/facts/CallArguments.h"
#include "analysis/facts/ConditionReader.h"
#include "analysis/facts/StoredCallables.h"
#include "analysis/source/Annotations.h"
#include "analysis/source/Awaitables.h"
#include "analysis/source/Bodies.h"
#include "analysis/words/Wording.h"
#include "clang/AST/ASTContext.h"
#include "clang/Basic/FileManager.h"
#include "clang/Basic/SourceManager.h"
#include "clang/Index/USRGeneration.h"
#include "llvm/ADT/SmallString.h"
#include "llvm/Support/Path.h"
#include "llvm/Support/xxhash.h"

using namespace clang;

namespace nostall {

CallGraph::Symbol Summariser::symbolOf(const FunctionDecl *F) {
  return Places::function(F);
}

CallGraph::Text Summariser::text(llvm::StringRef S) {
  if (S.empty())
    return 0;
  auto [It, IsNew] = Texts.try_emplace(S, G.Strings.size());
  if (IsNew)
    G.Strings.push_back(S.str());
  return It->second;
}

CallGraph::Place Summariser::place(SourceLocation Loc) {
  const SourceManager &SM = U.context().getSourceManager();
  CallGraph::Place At;
  if (Loc.isInvalid())
    return At;
  auto [File, Offset] = SM.getDecomposedLoc(SM.getFileLoc(Loc));
  auto [It, IsNew] = Files.try_emplace(File, 0);
  if (IsNew)
    if (OptionalFileEntryRef Entry = SM.getFileEntryRefForID(File)) {
      llvm::SmallString<256> Path(Entry->getName());
      SM.getFileManager().makeAbsolutePath(Path);
      llvm::sys::path::remove_dots(Path);
      It->second = text(Path);
    }
  At.File = Files[File];
  At.Offset = Offset;
  At.Line = SM.getLineNumber(File, Offset);
  At.Column = SM.getColumnNumber(File, Offset);
  return At;
}

unsigned Summariser::primitive(unsigned Index) {
  auto [It, IsNew] = Primitives.try_emplace(Index, G.Primitives.size());
  if (IsNew) {
    const Primitive &P = U.effects().primitive(Index);
    G.Primitives.push_back({P.What, P.Model && P.Model->UnlessWouldBlockTested,
                            text(displayName(P.Callee)), text(P.Source),
                            text(adviceOn(P)), place(P.Loc)});
  }
  return It->second;
}

bool Summariser::matters(const Summary &S) { return !S.isNothing(); }

unsigned Summariser::nodeOf(const FunctionDecl *F) {
  auto [It, IsNew] = Nodes.try_emplace(F->getCanonicalDecl(), G.Nodes.size());
  if (IsNew) {
    CallGraph::Node N;
    N.Id = symbolOf(F);
    N.Name = text(displayName(F));
    G.Nodes.push_back(std::move(N));
    ToFill.push_back(F);
  }
  return It->second;
}

/// By which places and functions other units may say that \p Call, which has to
/// do with a descriptor, does not wait.
std::vector<CallGraph::Symbol>
Summariser::whatSpares(const FunctionFacts &Facts, const CallFact &Call) {
  std::vector<CallGraph::Symbol> Spares;
  if (const Expr *Fd = descriptorOf(Call);
      Fd && !U.descriptors().isStillBlocking(Facts, Call, Fd))
    Spares = U.descriptors().placesOf(Fd);
  llvm::append_range(Spares, judgesIn(Facts));
  return Spares;
}

/// The functions without a body here that \p Facts calls and that may judge an
/// error, each once.
const std::vector<CallGraph::Symbol> &
Summariser::judgesIn(const FunctionFacts &Facts) {
  auto [It, IsNew] = Judges.try_emplace(Facts.Function);
  if (!IsNew)
    return It->second;
  llvm::SmallSetVector<const FunctionDecl *, 8> Found;
  for (const CallFact &Call : Facts.Calls)
    if (Call.Callee && !definitionOf(Call.Callee) &&
        mayBeElsewhere(U, Call.Callee) &&
        (!Call.Args.empty() || Call.Callee->getReturnType()->isBooleanType()))
      Found.insert(Call.Callee->getCanonicalDecl());
  for (const FunctionDecl *F : Found)
    if (CallGraph::Symbol Id = symbolOf(F))
      It->second.push_back(Id);
  return It->second;
}

/// The number of the list of these, from 1 on; 0 if there are none.
uint32_t Summariser::judgeList(const FunctionFacts &Facts) {
  const auto &Of = judgesIn(Facts);
  auto [It, IsNew] = JudgeLists.try_emplace(Facts.Function, 0);
  if (IsNew && !Of.empty()) {
    G.Judges.push_back({Of});
    It->second = G.Judges.size();
  }
  return It->second;
}

std::vector<CallGraph::Edge> Summariser::edgesOf(const FunctionFacts &Facts,
                                                 const ResolvedCall &R) {
  std::vector<CallGraph::Edge> Edges;
  const CallFact &Call = *R.Call;
  CallGraph::Edge Plain;
  Plain.Callee = text(Call.Callee ? displayName(Call.Callee) : "");
  Plain.At = place(Call.Loc);
  Plain.When = Call.When;
  Plain.On = R.On;
  std::vector<CallGraph::Callable> Callables;
  std::vector<PassedValue> Passed;
  std::vector<CallGraph::MadeObject> Objects;
  if (llvm::any_of(R.Next,
                   [](const Successor &S) { return S.TakesArguments; })) {
    Callables = callablesOf(Facts, Call);
    Passed = U.descriptors().passed(Facts, Call);
    Objects = objectsOf(Facts, Call);
  }
  for (const Successor &Next : R.Next) {
    CallGraph::Edge E = Plain;
    if (!aim(E, Facts, Call, Next))
      continue;
    llvm::append_range(E.When, Next.OnlyIf);
    // Asked of the object, and not of the place.
    if (llvm::any_of(Next.OnlyIf, [](const ParamTest &T) {
          return T.Value == BlockingDescriptor;
        }))
      E.Descriptor.clear();
    E.How = Next.How == Hop::Calls &&
                    isa_and_nonnull<CXXConstructorDecl>(Call.Callee)
                ? Hop::Constructs
                : Next.How;
    if (Next.TakesArguments) {
      E.Callables = Callables;
      E.Passed = Passed;
      E.Objects = Objects;
    }
    Edges.push_back(std::move(E));
  }
  return Edges;
}

/// Sets where \p E leads to; false if other units can make nothing of it.
bool Summariser::aim(CallGraph::Edge &E, const FunctionFacts &Facts,
                     const CallFact &Call, const Successor &Next) {
  using To = CallGraph::Edge::To;
  switch (Next.Kind) {
  case Successor::Is::Primitive: {
    E.Kind = To::Primitive;
    E.Target = primitive(Next.Prim);
    const CallGraph::Primitive &P = G.Primitives[E.Target];
    E.Callee = P.Name;
    if (P.UnlessWouldBlockTested)
      E.Descriptor = whatSpares(Facts, Call);
    return true;
  }
  case Successor::Is::Body:
    if (!matters(U.effects().summary(Next.function())))
      return false;
    E.Kind = To::Node;
    E.Target = nodeOf(Next.function());
    return true;
  case Successor::Is::External:
    E.Kind = To::Symbol;
    E.Of = symbolOf(Next.function());
    if (Next.How != Hop::RunsCallable)
      E.Callee = text(displayName(Next.function()));
    return E.Of;
  case Successor::Is::Overriders:
    E.Kind = To::Overriders;
    E.Of = symbolOf(Next.function());
    E.Maker = Next.Maker ? symbolOf(Next.Maker) : 0;
    return E.Of;
  case Successor::Is::Stored:
    E.Kind = To::Stored;
    E.Of = U.places().holder(Next.To);
    return E.Of;
  case Successor::Is::Parameter:
    E.Kind = To::Parameter;
    E.Target = Next.parameter()->getFunctionScopeIndex();
    return Next.parameter()->getDeclContext() == Facts.Function;
  }
  llvm_unreachable("covered switch");
}

/// What a coroutine does is reported in its own body, but for a generator's.
static bool isReportedItself(Unit &U, const FunctionDecl *F) {
  return coroutineBody(F) &&
         !U.awaitables().classifyCoroutine(F).runsInItsCaller();
}

void Summariser::fillNodes() {
  while (!ToFill.empty()) {
    const FunctionDecl *F = ToFill.back();
    ToFill.pop_back();
    const unsigned Number = Nodes[F->getCanonicalDecl()];
    const FunctionFacts &Facts = U.facts(F);
    std::vector<CallGraph::Edge> Edges;
    for (const ResolvedCall &R : U.effects().calls(F))
      llvm::append_range(Edges, edgesOf(Facts, R));
    CallGraph::Node &Out = G.Nodes[Number];
    Out.Edges = std::move(Edges);
    Out.TestsWouldBlock = U.effects().resolver().testsWouldBlock(Facts);
    if (const auto *Method = dyn_cast<CXXMethodDecl>(F);
        Method && Method->isVirtual() && !erasesType(Method) &&
        !isReportedItself(U, F)) {
      llvm::SmallVector<const CXXMethodDecl *, 4> Work(
          Method->begin_overridden_methods(), Method->end_overridden_methods());
      while (!Work.empty()) {
        const CXXMethodDecl *Base = Work.pop_back_val();
        if (CallGraph::Symbol Id = symbolOf(Base))
          Out.Overridden.push_back(Id);
        Work.append(Base->begin_overridden_methods(),
                    Base->end_overridden_methods());
      }
    }
  }
}

unsigned Summariser::nodeOfCall(const LoopCall &L) {
  CallResolver &Calls = U.effects().resolver();
  ResolvedCall R = L.Handed ? Calls.resolveHanded(*L.Call, *L.Handed)
                            : Calls.resolve(*L.Facts, *L.Call);
  const unsigned Caller = G.Nodes.size();
  G.Nodes.emplace_back();
  G.Nodes[Caller].Name = text(displayName(L.Facts->Function));
  G.Nodes[Caller].TestsWouldBlock = Calls.testsWouldBlock(*L.Facts);
  G.Nodes[Caller].Judges = judgeList(*L.Facts);
  // The caller's own parameters are nobody's business here.
  std::vector<CallGraph::Edge> Edges = edgesOf(*L.Facts, R);
  G.Nodes[Caller].Edges = std::move(Edges);
  return Caller;
}

static uint32_t bitsOf(llvm::function_ref<bool(Effect)> Enabled) {
  uint32_t Bits = 0;
  for (unsigned I = 0; I != NumEffects; ++I)
    if (Enabled(static_cast<Effect>(I)))
      Bits |= 1u << I;
  return Bits;
}

unsigned Summariser::open(const LoopCall &L,
                          llvm::function_ref<bool(Effect)> Enabled) {
  CallGraph::OpenCall Open;
  const bool IsDone = !L.Handed && U.awaitedFlows().has(U, *L.Facts, *L.Call);
  Open.Enabled = bitsOf(
      [&](Effect E) { return Enabled(E) && !(IsDone && endsWithWork(E)); });
  Open.Call = text(displayCall(L));
  Open.Assumes = premiseOf(U, L);
  Open.IsEventLoop = isOnEventLoop(U, L);
  Open.Caller = nodeOfCall(L);
  G.Open.push_back(Open);
  return G.Open.size() - 1;
}

bool Summariser::doubt(const LoopCall &L, llvm::StringRef Check,
                       llvm::function_ref<bool(Effect)> Enabled) {
  auto First = llvm::find_if(L.Does.Found, [&](const Summary::Entry &E) {
    return Enabled(Summary::categoryOf(E.Plane));
  });
  if (First == L.Does.Found.end() ||
      !(Summary::isIfWouldBlock(First->Plane) ||
        (!L.Handed && !objectsOf(*L.Facts, *L.Call).empty())))
    return false;
  G.Doubts.push_back(
      {text(Check), place(L.location()), nodeOfCall(L), bitsOf(Enabled)});
  return true;
}

/// What this unit does with the coroutines that \p Facts mentions.
void Summariser::noteUsesIn(const FunctionFacts &Facts) {
  using Use = CallGraph::CoroutineUse;
  auto SymbolOfCoroutine = [&](const FunctionDecl *F) -> CallGraph::Symbol {
    return F && !U.isInSystemHeader(F) &&
                   (coroutineBody(F) || mayBeCoroutineElsewhere(U, F))
               ? symbolOf(F)
               : 0;
  };
  auto Note = [&](CallGraph::Symbol Of, Use::Runs Where, CallGraph::Symbol By,
                  SourceLocation At) {
    G.Uses.push_back({Of, Where, By, place(At).File});
  };
  auto IsOff = [](Context C) {
    return C == Context::Worker || C == Context::Process;
  };
  // The calls that make the tasks which are handed on.
  llvm::SmallPtrSet<const Stmt *, 4> Handed;
  for (const CallFact &Call : Facts.Calls)
    for (const CallableArgument &Arg : Call.Callables) {
      CallGraph::Symbol Of = Call.Callee ? SymbolOfCoroutine(Arg.Body) : 0;
      if (!Of)
        continue;
      const CallableUse How = U.contexts().useOf(Call, Arg);
      if (How != CallableUse::Worker && How != CallableUse::Process) {
        if (!Arg.IsTask)
          Note(Of, Use::Runs::Otherwise, 0, Call.Loc);
        continue;
      }
      Note(Of, Use::Runs::OffLoop, 0, Call.Loc);
      if (Arg.Made)
        Handed.insert(Arg.Made);
    }
  const Placement &Here = U.contexts().of(Facts.Function);
  for (const CallFact &Call : Facts.Calls) {
    CallGraph::Symbol Of = SymbolOfCoroutine(Call.Callee);
    if (!Of || Handed.contains(Call.Site))
      continue;
    const CallGraph::Symbol By =
        Here.W == Placement::Why::Coroutine ? symbolOf(Facts.Function) : 0;
    if (!Call.Awaited)
      Note(Of, Use::Runs::Otherwise, 0, Call.Loc);
    else if (const Context C = U.contexts().at(Facts, Call);
             IsOff(C) || (C == Context::Unknown && Here.C == Context::Loop))
      Note(Of, Use::Runs::OffLoop, 0, Call.Loc);
    else
      Note(Of,
           C == Here.C && By ? Use::Runs::WithAwaiter : Use::Runs::Otherwise,
           C == Here.C ? By : 0, Call.Loc);
    if (Call.Awaited && Here.C == Context::Loop)
      G.Uses.back().Under = suspendedBy(U, Facts, Call);
  }
}

void Summariser::noteUses() {
  for (const FunctionDecl *F : U.functions())
    noteUsesIn(U.facts(F));
  llvm::sort(G.Uses);
  G.Uses.erase(llvm::unique(G.Uses), G.Uses.end());
}

/// Whether other units may have to ask this one for the body of \p F: not for
/// an inline function, whose body they have where they can call it, unless it
/// may be called by way of a method that it overrides.
bool Summariser::isNeededElsewhere(const FunctionDecl *F) {
  if (F->isDependentContext())
    return false;
  if (isReportedItself(U, F))
    return false;
  // The author has answered for it.
  if (auto Declared = declaredEffect(F);
      Declared && Declared->K != DeclaredEffect::Kind::Blocking)
    return false;
  if (const auto *Method = dyn_cast<CXXMethodDecl>(F))
    if (Method->isVirtual() && Method->size_overridden_methods() &&
        !erasesType(Method))
      return true; // even if nobody else can name its class
  if (!F->isExternallyVisible())
    return false;
  switch (F->getTemplateSpecializationKind()) {
  case TSK_ImplicitInstantiation:
    return false;
  case TSK_ExplicitInstantiationDefinition:
    return true;
  default:
    return !F->isInlined();
  }
}

/// The callables of this unit that other units may call through what holds
/// them.
void Summariser::noteStores() {
  using Is = CallGraph::Callable::Is;
  for (const StoredCallables::Store &S : U.storedCallables().stores()) {
    const CallGraph::Symbol In = U.places().holder(S.In);
    if (!In)
      continue;
    if (S.Place)
      G.Stores.push_back({In, {0, Is::Place, 0, U.places().holder(S.Place)}});
    for (const FunctionDecl *Body : bodiesOf(U, S.Callable))
      if (matters(U.effects().summary(Body)))
        G.Stores.push_back(
            {In, {0, Is::Node, nodeOf(Body), U.places().callable(Body)}});
    if (isUnknownCallable(U, S.Callable))
      if (CallGraph::Symbol Id = symbolOf(S.Callable))
        G.Stores.push_back({In, {0, Is::Symbol, 0, Id}});
  }
  llvm::sort(G.Stores);
  G.Stores.erase(llvm::unique(G.Stores), G.Stores.end());
}

CallGraph Summariser::finish() {
  for (const FunctionDecl *F : U.functions())
    if (isNeededElsewhere(F)) {
      if (matters(U.effects().summary(F)))
        nodeOf(F);
      else if (CallGraph::Symbol Id = symbolOf(F))
        G.Harmless.push_back(Id);
    }
  noteLocks();
  noteMoves();
  noteStores();
  noteFactories();
  fillNodes();
  while (noteClasses())
    fillNodes();
  noteMembers();
  noteUses();
  G.Descriptors = U.descriptors().flows();
  for (const NamedDecl *D : U.context().getTranslationUnitDecl()->lookup(
           &U.context().Idents.get("main")))
    if (const auto *F = dyn_cast<FunctionDecl>(D); F && F->isDefined())
      G.Main = place(F->getDefinition()->getLocation());
  for (const FunctionDecl *F : U.functions())
    if (!F->isDependentContext() && U.effects().resolver().tellsWouldBlock(F))
      if (CallGraph::Symbol Id = symbolOf(F))
        G.TellWouldBlock.push_back(Id);
  return std::move(G);
}

} // namespace nostall
