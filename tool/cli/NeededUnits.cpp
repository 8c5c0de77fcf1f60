//===- NeededUnits.cpp - of a program, what a question needs --------------===//

#include "NeededUnits.h"
#include "llvm/ADT/DenseMap.h"
#include "llvm/ADT/DenseSet.h"
#include "llvm/ADT/StringExtras.h"
#include "llvm/Support/MemoryBuffer.h"
#include "llvm/Support/Path.h"
#include <deque>

using namespace llvm;

namespace nostall {

/// The identifier by which sources mention \p Function: "fetch" for
/// "db::fetch", "Log" for "Log::~Log", "operator" for any operator.
static StringRef identifierOf(StringRef Function) {
  StringRef Last = Function.rsplit("::").second;
  if (Last.empty())
    Last = Function;
  Last.consume_front("~");
  return Last.take_while([](char C) { return isAlnum(C) || C == '_'; });
}

namespace {
/// A breadth-first search over calls, through all graphs.
class Search {
public:
  explicit Search(ArrayRef<const CallGraph *> Graphs) {
    for (const CallGraph *G : Graphs)
      for (uint32_t I = 0; I != G->Nodes.size(); ++I) {
        const CallGraph::Node &N = G->Nodes[I];
        if (N.Id)
          Bodies.try_emplace(N.Id, At{G, I});
        for (CallGraph::Symbol Of : N.Overridden)
          Overriders[Of].push_back({G, I});
      }
  }

  std::vector<std::string> openFrom(const CallGraph &From) {
    for (uint32_t I = 0; I != From.Nodes.size(); ++I)
      visit({&From, I});
    while (!Work.empty()) {
      auto [G, I] = Work.front();
      Work.pop_front();
      for (const CallGraph::Edge &E : G->Nodes[I].Edges)
        follow(*G, E);
    }
    return std::move(Open);
  }

private:
  using At = std::pair<const CallGraph *, uint32_t>;

  void visit(At Node) {
    if (Seen.insert(Node).second)
      Work.push_back(Node);
  }

  void follow(const CallGraph &G, const CallGraph::Edge &E) {
    using To = CallGraph::Edge::To;
    for (const CallGraph::Callable &C : E.Callables)
      if (C.Kind == CallGraph::Callable::Is::Node)
        visit({&G, C.Target});
      else if (auto It = Bodies.find(C.Of); It != Bodies.end())
        visit(It->second);
    switch (E.Kind) {
    case To::Node:
      return visit({&G, E.Target});
    case To::Symbol:
      if (auto It = Bodies.find(E.Of); It != Bodies.end())
        return visit(It->second);
      break;
    case To::Overriders:
      for (At Node : Overriders.lookup(E.Of))
        visit(Node);
      break;
    case To::Primitive:
    case To::Parameter:
    case To::Stored: // who stores something there has no name to look for
      return;
    }
    if (Named.insert(G.text(E.Callee)).second)
      Open.push_back(G.text(E.Callee));
  }

  DenseMap<CallGraph::Symbol, At> Bodies;
  DenseMap<CallGraph::Symbol, std::vector<At>> Overriders;
  DenseSet<At> Seen;
  std::deque<At> Work;
  StringSet<> Named;
  std::vector<std::string> Open;
};
} // namespace

std::vector<std::string> openFunctions(const CallGraph &From,
                                       ArrayRef<const CallGraph *> Graphs) {
  return Search(Graphs).openFrom(From);
}

/// Whether \p Name stands in \p Text as a word of its own.
static bool mentions(StringRef Text, StringRef Name) {
  auto IsPartOfWord = [&](size_t At) {
    return At < Text.size() && (isAlnum(Text[At]) || Text[At] == '_');
  };
  for (size_t At = Text.find(Name); At != StringRef::npos;
       At = Text.find(Name, At + 1))
    if (!IsPartOfWord(At + Name.size()) && (At == 0 || !IsPartOfWord(At - 1)))
      return true;
  return false;
}

/// How far \p File is from \p Other, in folders.
static size_t distance(StringRef File, StringRef Other) {
  SmallVector<StringRef, 16> A, B;
  sys::path::parent_path(File).split(A, '/');
  sys::path::parent_path(Other).split(B, '/');
  size_t Same = 0;
  while (Same < A.size() && Same < B.size() && A[Same] == B[Same])
    ++Same;
  return A.size() + B.size() - 2 * Same;
}

NeededUnits::NeededUnits(ProgramGraphs &Program, const Job &Of)
    : Program(Program), Candidates(Program.programOf(Of)) {
  if (!Of.Origin.empty())
    return;
  Left = MaxGuessed;
  stable_sort(Candidates, [&](const Job &A, const Job &B) {
    return distance(A.File, Of.File) < distance(B.File, Of.File);
  });
}

/// Whether any source was read by that.
bool NeededUnits::readThoseThatMention(const StringSet<> &Names) {
  Jobs Needed;
  erase_if(Candidates, [&](Job &J) {
    if (Needed.List.size() == Left)
      return false;
    auto Text = MemoryBuffer::getFile(J.File);
    if (!Text || none_of(Names, [&](const auto &Name) {
          return mentions((*Text)->getBuffer(), Name.getKey());
        }))
      return false;
    Needed.List.push_back(std::move(J));
    return true;
  });
  if (Needed.List.empty())
    return false;
  Left -= Needed.List.size();
  Program.read(std::move(Needed), /*Complain=*/false);
  return true;
}

void NeededUnits::read(const CallGraph &From, StringRef Function) {
  std::vector<std::string> Wanted{Function.str()};
  while (true) {
    append_range(Wanted, openFunctions(From, Program.graphs()));
    StringSet<> New;
    for (const std::string &Name : Wanted)
      if (StringRef Identifier = identifierOf(Name);
          !Identifier.empty() && Asked.insert(Identifier).second)
        New.insert(Identifier);
    Wanted.clear();
    if (New.empty() || !readThoseThatMention(New))
      return;
    // Who awaits a coroutine decides where it runs: up that way, too.
    for (const CallGraph *G : Program.graphs())
      for (const CallGraph::CoroutineUse &Use : G->Uses)
        for (const CallGraph::Node &N : G->Nodes)
          if (Use.By && N.Id == Use.By)
            Wanted.push_back(G->text(N.Name));
  }
}

} // namespace nostall
