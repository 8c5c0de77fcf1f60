//===- ReportArchive.cpp - a unit's report as bytes -----------------------===//

#include "ReportArchive.h"
#include "Archive.h"

namespace nostall {

// The structured bindings name every member: a member that is added and
// forgotten here does not compile.

template <class A> static void describe(A &Ar, Span &V) {
  auto &[File, Offset, Length] = V;
  Ar(File, Offset, Length);
}
template <class A> static void describe(A &Ar, Edit &V) {
  auto &[Where, Text] = V;
  Ar(Where, Text);
}
template <class A> static void describe(A &Ar, FindingMessage &V) {
  auto &[Text, File, Offset, Line, Column, EndLine, EndColumn, Ranges, Edits] =
      V;
  Ar(Text, File, Offset, Line, Column, EndLine, EndColumn, Ranges, Edits);
}
template <class A> static void describe(A &Ar, Finding &V) {
  auto &[Check, Severity, WarningAsError, Main, Notes, BuildDirectory] = V;
  Ar(Check, Severity, WarningAsError, Main, Notes, BuildDirectory);
}
template <class A> static void describe(A &Ar, NamedSuppression &V) {
  auto &[File, Offset, Glob, Keyword, Used, OpenCalls] = V;
  Ar(File, Offset, Glob, Keyword, Used, OpenCalls);
}
template <class A> static void describe(A &Ar, ParseResult &V) {
  auto &[Outcome, Problem, IgnoredFlags, InChecks] = V;
  Ar(Outcome, Problem, IgnoredFlags, InChecks);
}
template <class A> static void describe(A &Ar, CallGraph::Place &V) {
  auto &[File, Offset, Line, Column] = V;
  Ar(File, Offset, Line, Column);
}
template <class A> static void describe(A &Ar, CallGraph::Primitive &V) {
  auto &[Kind, UnlessWouldBlockTested, Name, Source, Remedy, At] = V;
  Ar(Kind, UnlessWouldBlockTested, Name, Source, Remedy, At);
}
template <class A> static void describe(A &Ar, CallGraph::Callable &V) {
  auto &[Arg, Kind, Target, Of] = V;
  Ar(Arg, Kind, Target, Of);
}
template <class A> static void describe(A &Ar, ParamTest &V) {
  auto &[Param, Is, Value, OrNext, OfEntry] = V;
  (void)OfEntry; // of facts alone
  Ar(Param, Is, Value, OrNext);
}
template <class A> static void describe(A &Ar, PassedValue &V) {
  auto &[Param, IsOwnParam, Value, IsPlace, UnlessAll] = V;
  Ar(Param, IsOwnParam, Value, IsPlace, UnlessAll);
}
template <class A> static void describe(A &Ar, CallGraph::MemberPart &V) {
  auto &[Name, Of] = V;
  Ar(Name, Of);
}
template <class A> static void describe(A &Ar, CallGraph::MadeObject &V) {
  auto &[Object, By, Given, Parts, Called, Callee] = V;
  Ar(Object, By, Given, Parts, Called, Callee);
}
template <class A> static void describe(A &Ar, CallGraph::Edge &V) {
  auto &[How, Kind, Target, Of, Maker, On, Callee, At, Callables, Descriptor,
         When, Passed, Objects] = V;
  Ar(How, Kind, Target, Of, Maker, On, Callee, At, Callables, Descriptor, When,
     Passed, Objects);
}
template <class A> static void describe(A &Ar, CallGraph::Node &V) {
  auto &[Id, Name, TestsWouldBlock, Judges, Overridden, Edges] = V;
  Ar(Id, Name, TestsWouldBlock, Judges, Overridden, Edges);
}
template <class A> static void describe(A &Ar, CallGraph::Premise &V) {
  auto &[Coroutine, Through, Kept] = V;
  Ar(Coroutine, Through, Kept);
}
template <class A> static void describe(A &Ar, CallGraph::Move &V) {
  auto &[By, ToLoop] = V;
  Ar(By, ToLoop);
}
template <class A> static void describe(A &Ar, CallGraph::OpenCall &V) {
  auto &[Caller, Call, Enabled, Assumes, IsEventLoop] = V;
  Ar(Caller, Call, Enabled, Assumes, IsEventLoop);
}
template <class A> static void describe(A &Ar, CallGraph::Assumption &V) {
  auto &[Check, At, Of] = V;
  Ar(Check, At, Of);
}
template <class A> static void describe(A &Ar, CallGraph::Doubt &V) {
  auto &[Check, At, Caller, Enabled] = V;
  Ar(Check, At, Caller, Enabled);
}
template <class A> static void describe(A &Ar, CallGraph::DescriptorFlow &V) {
  auto &[To, From, Gives, When, Passed] = V;
  Ar(To, From, Gives, When, Passed);
}
template <class A> static void describe(A &Ar, CallGraph::Store &V) {
  auto &[In, What] = V;
  Ar(In, What);
}
template <class A> static void describe(A &Ar, CallGraph::CoroutineUse &V) {
  auto &[Of, Where, By, File, Under] = V;
  Ar(Of, Where, By, File, Under);
}
template <class A> static void describe(A &Ar, CallGraph::Factory &V) {
  auto &[Of, Methods] = V;
  Ar(Of, Methods);
}
template <class A> static void describe(A &Ar, CallGraph::MemberUse &V) {
  auto &[Of, Anything, Changes, Fills, ReadsChanged, ReadsAfter, Elsewhere,
         Gives, Parts] = V;
  Ar(Of, Anything, Changes, Fills, ReadsChanged, ReadsAfter, Elsewhere, Gives,
     Parts);
}
template <class A> static void describe(A &Ar, CallGraph::LockUse &V) {
  auto &[Of, Object, Takes] = V;
  Ar(Of, Object, Takes);
}
template <class A> static void describe(A &Ar, CallGraph::LockRule &V) {
  auto &[Then, If, Unless] = V;
  Ar(Then, If, Unless);
}
template <class A> static void describe(A &Ar, CallGraph::LockCall &V) {
  auto &[At, Takes, GiveBack] = V;
  Ar(At, Takes, GiveBack);
}
template <class A> static void describe(A &Ar, CallGraph::LockDoubt &V) {
  auto &[Check, Lock, At, By] = V;
  Ar(Check, Lock, At, By);
}
template <class A> static void describe(A &Ar, CallGraph::JudgeList &V) {
  auto &[Of] = V;
  Ar(Of);
}
template <class A> static void describe(A &Ar, CallGraph &V) {
  auto &[Strings, Main, Primitives, Nodes, Open, Assumptions, Doubts, Uses,
         Descriptors, Stores, TellWouldBlock, Judges, Harmless, Factories,
         MemberUses, Moves, Keep, Locks, LockRules, LockDoubts] = V;
  Ar(Strings, Main, Primitives, Nodes, Open, Assumptions, Doubts, Uses,
     Descriptors, Stores, TellWouldBlock, Judges, Harmless, Factories,
     MemberUses, Moves, Keep, Locks, LockRules, LockDoubts);
}
namespace {
struct AllButCalls {
  UnitReport &Of;
};
} // namespace
template <class A> static void describe(A &Ar, AllButCalls &V) {
  auto &[Parse, AnyCheckOn, IsCxx, UnknownOptions, Findings, Suppressed,
         Suppressions, Open, Calls] = V.Of;
  Ar(Parse, AnyCheckOn, IsCxx, UnknownOptions, Findings, Suppressed,
     Suppressions, Open);
}
template <class A> static void describe(A &Ar, UnitReport &V) {
  AllButCalls Rest{V};
  Ar(Rest, V.Calls);
}

namespace {
/// Comes by every text of a value.
class TextVisitor {
public:
  explicit TextVisitor(llvm::function_ref<void(std::string &)> Visit)
      : Visit(Visit) {}
  template <class... T> void operator()(T &...Values) { (visit(Values), ...); }

private:
  void visit(std::string &S) { Visit(S); }
  template <class T> void visit(std::vector<T> &V) {
    if constexpr (std::is_class_v<T>)
      for (T &Item : V)
        visit(Item);
  }
  template <class T> void visit(T &V) {
    if constexpr (std::is_class_v<T>)
      describe(*this, V);
  }

  llvm::function_ref<void(std::string &)> Visit;
};
} // namespace

/// Whether all numbers in \p G that name something name something there is.
static bool isSound(const CallGraph &G) {
  auto HasText = [&](CallGraph::Text T) { return T < G.Strings.size(); };
  // The two largest numbers are DenseMap's own.
  auto IsSymbol = [](CallGraph::Symbol Id) { return Id < ~uint64_t(1); };
  auto IsPremise = [&](const CallGraph::Premise &Of) {
    return IsSymbol(Of.Coroutine) && llvm::all_of(Of.Through, IsSymbol) &&
           llvm::all_of(Of.Kept, IsSymbol);
  };
  auto IsTest = [](const ParamTest &T) {
    return T.Is <= ParamTest::Relation::Last;
  };
  auto IsPassed = [&](const PassedValue &P) {
    return llvm::all_of(P.UnlessAll, IsTest);
  };
  auto IsCallable = [&](const CallGraph::Callable &C) {
    return C.Kind <= CallGraph::Callable::Is::Place && IsSymbol(C.Of) &&
           (C.Kind != CallGraph::Callable::Is::Node ||
            C.Target < G.Nodes.size());
  };
  if (!HasText(G.Main.File))
    return false;
  for (const CallGraph::Primitive &P : G.Primitives)
    if (!HasText(P.Name) || !HasText(P.Source) || !HasText(P.Remedy) ||
        !HasText(P.At.File) || static_cast<unsigned>(P.What) >= NumEffects)
      return false;
  for (const CallGraph::Node &N : G.Nodes) {
    if (!HasText(N.Name) || !IsSymbol(N.Id) ||
        !llvm::all_of(N.Overridden, IsSymbol))
      return false;
    for (const CallGraph::Edge &E : N.Edges) {
      if (!HasText(E.Callee) || !HasText(E.At.File) || !IsSymbol(E.Of) ||
          !IsSymbol(E.Maker) || E.How > Hop::DropsResult ||
          E.Kind > CallGraph::Edge::To::Stored ||
          (E.Kind == CallGraph::Edge::To::Node && E.Target >= G.Nodes.size()) ||
          (E.Kind == CallGraph::Edge::To::Primitive &&
           E.Target >= G.Primitives.size()))
        return false;
      for (const CallGraph::Callable &C : E.Callables)
        if (!IsCallable(C))
          return false;
      for (const CallGraph::MadeObject &O : E.Objects)
        if (O.Object > LastObject || !IsSymbol(O.By) || !IsSymbol(O.Callee) ||
            !llvm::all_of(O.Called, IsSymbol))
          return false;
      if (!llvm::all_of(E.Passed, IsPassed) ||
          llvm::any_of(E.Objects, [&](const CallGraph::MadeObject &O) {
            return !llvm::all_of(O.Given, IsPassed);
          }))
        return false;
      if (!llvm::all_of(E.When, IsTest) ||
          !llvm::all_of(E.Descriptor, IsSymbol))
        return false;
    }
  }
  for (const CallGraph::OpenCall &O : G.Open)
    if (O.Caller >= G.Nodes.size() || !HasText(O.Call) || !IsPremise(O.Assumes))
      return false;
  for (const CallGraph::Assumption &A : G.Assumptions)
    if (!HasText(A.Check) || !HasText(A.At.File) || !IsPremise(A.Of))
      return false;
  for (const CallGraph::Doubt &D : G.Doubts)
    if (!HasText(D.Check) || !HasText(D.At.File) || D.Caller >= G.Nodes.size())
      return false;
  for (const CallGraph::DescriptorFlow &D : G.Descriptors)
    if (!IsSymbol(D.To) || !IsSymbol(D.From) || !llvm::all_of(D.When, IsTest))
      return false;
  for (const CallGraph::Store &S : G.Stores)
    if (!IsSymbol(S.In) || !IsCallable(S.What))
      return false;
  for (const CallGraph::JudgeList &List : G.Judges)
    if (!llvm::all_of(List.Of, IsSymbol))
      return false;
  for (const CallGraph::Node &N : G.Nodes)
    if (N.Judges > G.Judges.size())
      return false;
  if (!llvm::all_of(G.TellWouldBlock, IsSymbol) ||
      !llvm::all_of(G.Keep, IsSymbol))
    return false;
  for (const CallGraph::Move &M : G.Moves)
    if (!IsSymbol(M.By))
      return false;
  for (const CallGraph::Factory &F : G.Factories)
    if (!IsSymbol(F.Of) || !llvm::all_of(F.Methods, IsCallable))
      return false;
  for (const CallGraph::MemberUse &Use : G.MemberUses)
    if (!IsSymbol(Use.Of) || !llvm::all_of(Use.Elsewhere, IsSymbol))
      return false;
  for (const CallGraph::LockDoubt &D : G.LockDoubts)
    if (!HasText(D.Check) || !HasText(D.Lock) || !HasText(D.At.File) ||
        !llvm::all_of(D.By, [&](const CallGraph::LockCall &Call) {
          return HasText(Call.At.File);
        }))
      return false;
  for (const CallGraph::CoroutineUse &Use : G.Uses)
    if (!HasText(Use.File) || !IsSymbol(Use.Of) || !IsSymbol(Use.By) ||
        Use.Where > CallGraph::CoroutineUse::Runs::Otherwise ||
        !IsPremise(Use.Under))
      return false;
  return true;
}

// describe() takes what it may change, to serve both ways.

std::string packReport(const UnitReport &Report) {
  Writer Write;
  Write(const_cast<UnitReport &>(Report));
  return Write.take();
}

std::string packCalls(const CallGraph &Calls) {
  Writer Write;
  Write(const_cast<CallGraph &>(Calls));
  return Write.take();
}

std::string packAllButCalls(const UnitReport &Report) {
  Writer Write;
  AllButCalls Rest{const_cast<UnitReport &>(Report)};
  Write(Rest);
  return Write.take();
}

static std::optional<UnitReport> ifSound(UnitReport Report) {
  if (!isSound(Report.Calls) || Report.Open.size() != Report.Calls.Open.size())
    return std::nullopt;
  return Report;
}

std::optional<UnitReport> unpackReport(llvm::StringRef Bytes) {
  UnitReport Report;
  Reader Read(Bytes);
  Read(Report);
  return Read.succeeded() ? ifSound(std::move(Report)) : std::nullopt;
}

std::optional<CallGraph> unpackCalls(llvm::StringRef Bytes) {
  CallGraph Calls;
  Reader Read(Bytes);
  Read(Calls);
  if (!Read.succeeded() || !isSound(Calls))
    return std::nullopt;
  return Calls;
}

std::optional<UnitReport> unpackReport(llvm::StringRef Rest,
                                       llvm::StringRef Calls) {
  UnitReport Report;
  AllButCalls Into{Report};
  Reader ReadRest(Rest), ReadCalls(Calls);
  ReadRest(Into);
  ReadCalls(Report.Calls);
  return ReadRest.succeeded() && ReadCalls.succeeded()
             ? ifSound(std::move(Report))
             : std::nullopt;
}

void changeTexts(UnitReport &Report,
                 llvm::function_ref<void(std::string &)> Change) {
  TextVisitor Visit(Change);
  Visit(Report);
}

} // namespace nostall
