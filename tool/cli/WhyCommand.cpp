//===- WhyCommand.cpp - nostall why FUNCTION ------------------------------===//
//
// How a function blocks: a shortest chain to every operation that it reaches.
// Or, where it is not known to block, what the analysis went by.
//
// The graphs of all units answer first. Only if they know no chain is a unit
// parsed: one that has the function's body, or that names it.
//
//===----------------------------------------------------------------------===//

#include "ProgramGraphs.h"
#include "analysis/explain/Explain.h"
#include "analysis/link/Linker.h"
#include "analysis/link/Summariser.h"
#include "analysis/source/Bodies.h"
#include "analysis/words/Wording.h"
#include "llvm/ADT/StringSet.h"

using namespace llvm;
using clang::FunctionDecl;

namespace nostall {

cl::SubCommand &whyCommand() {
  static cl::SubCommand Made("why",
                             "Tell how a function blocks, or why it is not "
                             "known to");
  return Made;
}

static cl::opt<std::string> Function(cl::Positional, cl::Required,
                                     cl::desc("FUNCTION"),
                                     OptionOf{whyCommand});

static cl::list<std::string>
    Names(cl::Positional, cl::desc("[FILE|DIR|GLOB...]"), OptionOf{whyCommand});

/// Whether \p Name, as displayed, is what the user means.
static bool isMeant(StringRef Name) {
  StringRef Wanted = Function;
  return Name == Wanted || (Name.consume_back(Wanted) && Name.ends_with("::"));
}

static std::string at(const CallGraph &G, const CallGraph::Place &At) {
  return G.text(At.File) + ":" + std::to_string(At.Line) + ":" +
         std::to_string(At.Column);
}

static void printChain(const Linker::Verdict &V, raw_ostream &Out) {
  Out << "\n"
      << traitsOf(V.What).Name << ": '" << V.Unit->text(V.Blocks->Name)
      << "'\n";
  for (size_t I = 0; I != V.Steps.size(); ++I) {
    if (I == MaxHopsShown / 2 && V.Steps.size() > MaxHopsShown) {
      const size_t Skipped = V.Steps.size() - MaxHopsShown;
      Out << "  " << Skipped << " more calls lie between\n";
      I += Skipped;
    }
    const Linker::Step &S = V.Steps[I];
    Out << "  " << at(*S.Unit, S.At) << ": " << quotedName(S.Caller) << ' '
        << hopText(S.How, S.Unit->text(S.Callee), S.Next) << '\n';
  }
  Out << "  known by " << V.Unit->text(V.Blocks->Source) << '\n';
}

/// By category; within one, the shortest first. Whether there are any.
static bool printChains(StringRef Name, std::vector<Linker::Verdict> Chains,
                        raw_ostream &Out) {
  if (Chains.empty())
    return false;
  stable_sort(Chains, [](const Linker::Verdict &A, const Linker::Verdict &B) {
    return std::make_pair(A.What, A.Steps.size()) <
           std::make_pair(B.What, B.Steps.size());
  });
  Out << quotedName(Name) << " blocks in " << Chains.size()
      << (Chains.size() == 1 ? " way:\n" : " ways:\n");
  for (const Linker::Verdict &V : Chains)
    printChain(V, Out);
  return true;
}

static std::vector<Linker::Verdict>
chainsOf(const Linker &Program, ArrayRef<Linker::FunctionId> Functions) {
  std::vector<Linker::Verdict> Chains;
  DenseSet<const CallGraph::Primitive *> Known;
  for (Linker::FunctionId F : Functions)
    for (Linker::Verdict &V : Program.chains(F))
      if (Known.insert(V.Blocks).second)
        Chains.push_back(std::move(V));
  return Chains;
}

/// Says which functions are meant, if that is not clear.
static bool isAmbiguous(const StringSet<> &Meant) {
  if (Meant.size() < 2 || Meant.contains(Function.getValue()))
    return false;
  std::vector<StringRef> Sorted(Meant.keys().begin(), Meant.keys().end());
  llvm::sort(Sorted);
  complain("'" + Function + "' may be any of these; give the whole name:");
  for (StringRef Name : Sorted)
    errs() << "  " << Name << '\n';
  return true;
}

//===--- without a chain --------------------------------------------------===//

/// The functions of \p U that are meant, and called or have a body.
static SmallVector<const FunctionDecl *, 0> meantIn(Unit &U) {
  SetVector<const FunctionDecl *> Found;
  auto Look = [&](const FunctionDecl *F) {
    if (F && isMeant(displayName(F)))
      Found.insert(F->getCanonicalDecl());
  };
  for (const FunctionDecl *F : U.functions()) {
    Look(F);
    for (const CallFact &Call : U.facts(F).Calls)
      Look(Call.Callee);
  }
  return Found.takeVector();
}

/// What \p F in \p U comes to with the other units of \p Program.
static void explain(Unit &U, const FunctionDecl *F,
                    const ProgramGraphs &Program, raw_ostream &Out) {
  const std::string Name = displayName(F);
  const FunctionDecl *Body = definitionOf(F);
  std::vector<std::string> Said = knownOf(U, F);
  if (Body && (Said.empty() || coroutineBody(Body))) {
    U.summarise();
    const unsigned Node = U.summariser()->add(Body);
    const CallGraph Own = U.summariser()->finish();
    const Linker Linked(Program.graphs(&Own));
    if (printChains(Name, chainsOf(Linked, Linked.functionOf(0, Node)), Out)) {
      for (const std::string &Sentence : Said)
        Out << '\n' << Sentence << '\n';
      return;
    }
    append_range(Said, silentCalls(U, Body));
    for (const FunctionDecl *External : U.effects().summary(Body).Externals)
      Said.push_back(
          "it reaches '" + displayName(External) + "', which " +
          (Linked.hasBody(Summariser::symbolOf(External))
               ? "another unit has the body of: that is not known to block"
               : "no unit has a body of that may block; nothing is assumed of "
                 "it"));
  } else if (Said.empty()) {
    Said.push_back("no unit that was read has a body of it that may block");
  }
  Out << quotedName(Name)
      << (blocksByItself(U, F) ? " blocks by itself"
                               : " is not known to block");
  Out << (Said.size() == 1 ? ": " + Said.front() + "\n" : ":\n");
  if (Said.size() > 1)
    for (const std::string &Sentence : Said)
      Out << "  " << Sentence << '\n';
}

/// The units to look into: those that have the body, then those whose source
/// names the function.
static std::vector<const Job *> unitsToAsk(const ProgramGraphs &Program) {
  std::vector<const Job *> First, Then;
  StringSet<> Seen;
  StringRef Last = Function;
  if (size_t Colons = Last.rfind("::"); Colons != StringRef::npos)
    Last = Last.drop_front(Colons + 2);
  Last.consume_front("~");
  SourceTexts Texts;
  for (const ProgramReport::Unit &U : Program.units()) {
    if (U.Report.Parse.Outcome != ParseResult::Parsed ||
        !Seen.insert(U.Of->File).second)
      continue;
    const CallGraph &G = U.Report.Calls;
    if (any_of(G.Nodes, [&](const CallGraph::Node &N) {
          return isMeant(G.text(N.Name));
        }))
      First.push_back(U.Of);
    else if (Texts.text(U.Of->File).contains(Last))
      Then.push_back(U.Of);
  }
  append_range(First, Then);
  return First;
}

static int complainUnknown(ArrayRef<StringRef> Known) {
  std::vector<std::pair<unsigned, StringRef>> Near;
  for (StringRef Name : Known) {
    unsigned Distance = Name.edit_distance(Function, true, 4);
    if (size_t Colons = Name.rfind("::"); Colons != StringRef::npos)
      Distance = std::min(
          Distance,
          Name.drop_front(Colons + 2).edit_distance(Function, true, 4));
    if (Distance <= 3)
      Near.push_back({Distance, Name});
  }
  llvm::sort(Near);
  std::string Text = "no function '" + Function + "' is known in these units";
  for (size_t I = 0; I != std::min<size_t>(Near.size(), 5); ++I)
    Text += (I ? ", '" : "; is it '") + Near[I].second.str() + "'";
  Text += Near.empty() ? "; name a file that calls it after the function" : "?";
  return wrongUse(Text);
}

int runWhy(FlagsAfterDashes Flags) {
  auto Program = ProgramGraphs::fromOptions(std::move(Flags));
  if (!Program)
    return wrongUse(toString(Program.takeError()));
  if (Names.empty())
    Names.push_back(".");
  Jobs Work = Program->jobs(Names);
  if (Work.List.empty())
    return ExitWrongUse;
  Program->read(std::move(Work));

  std::vector<StringRef> KnownNames;
  {
    const Linker Linked(Program->graphs());
    KnownNames = Linked.names();
    std::vector<Linker::FunctionId> Found = Linked.named(Function);
    StringSet<> Meant;
    for (Linker::FunctionId F : Found)
      Meant.insert(Linked.nameOf(F));
    if (isAmbiguous(Meant))
      return ExitWrongUse;
    if (Meant.contains(Function.getValue()))
      erase_if(Found, [&](Linker::FunctionId F) {
        return Linked.nameOf(F) != Function.getValue();
      });
    // What is known of a coroutine here are single calls of its body.
    if (!Found.empty() && printChains(Linked.nameOf(Found.front()),
                                      chainsOf(Linked, Found), outs()))
      return ExitClean;
  }

  // A declaration in one unit may have its body in the next.
  std::string Declared;
  for (const Job *J : unitsToAsk(*Program)) {
    bool Done = false, Ambiguous = false;
    Program->inspect(*J, [&](Unit &U) {
      auto Found = meantIn(U);
      StringSet<> Meant;
      for (const FunctionDecl *F : Found)
        Meant.insert(displayName(F));
      if ((Ambiguous = isAmbiguous(Meant)))
        return;
      for (const FunctionDecl *F : Found) {
        if (Meant.contains(Function.getValue()) &&
            displayName(F) != Function.getValue())
          continue;
        std::string Text;
        raw_string_ostream Out(Text);
        explain(U, F, *Program, Out);
        const bool Settles = definitionOf(F) || !knownOf(U, F).empty();
        if (Settles)
          outs() << Text;
        else
          Declared = Text;
        Done |= Settles;
      }
    });
    if (Ambiguous)
      return ExitWrongUse;
    if (Done)
      return ExitClean;
  }
  if (Declared.empty())
    return complainUnknown(KnownNames);
  outs() << Declared;
  return ExitClean;
}

} // namespace nostall
