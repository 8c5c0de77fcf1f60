//===- LinkerTest.cpp - chains through many units -------------------------===//
//
// Graphs built by hand: what the linker makes of long chains, cycles, several
// bodies of one function, callables that are handed on, and tests for EAGAIN.
//
//===----------------------------------------------------------------------===//

#include "analysis/link/Linker.h"
#include "gtest/gtest.h"

using namespace nostall;
using Edge = CallGraph::Edge;

namespace {

/// A unit in the making. Symbols are numbers from 1.
class UnitGraph {
public:
  CallGraph G;

  unsigned function(CallGraph::Symbol Id, const std::string &Name) {
    G.Nodes.emplace_back();
    G.Nodes.back().Id = Id;
    G.Nodes.back().Name = text(Name);
    return G.Nodes.size() - 1;
  }
  Edge &calls(unsigned From, CallGraph::Symbol Id) {
    Edge &E = edge(From, Edge::To::Symbol);
    E.Of = Id;
    return E;
  }
  Edge &callsNode(unsigned From, unsigned To) {
    Edge &E = edge(From, Edge::To::Node);
    E.Target = To;
    return E;
  }
  void callsOverriders(unsigned From, CallGraph::Symbol Base) {
    edge(From, Edge::To::Overriders).Of = Base;
  }
  void callsParameter(unsigned From, unsigned Number) {
    edge(From, Edge::To::Parameter).Target = Number;
  }
  void blocks(unsigned From, Effect Kind, const std::string &Name,
              bool UnlessWouldBlockTested = false) {
    CallGraph::Primitive P;
    P.What = Kind;
    P.Name = text(Name);
    P.UnlessWouldBlockTested = UnlessWouldBlockTested;
    G.Primitives.push_back(P);
    edge(From, Edge::To::Primitive).Target = G.Primitives.size() - 1;
  }
  /// An open call, whose edges are still to come.
  unsigned open() {
    CallGraph::OpenCall Call;
    Call.Caller = function(0, "serve");
    Call.Enabled = ~0u;
    G.Open.push_back(Call);
    return Call.Caller;
  }

  CallGraph::Text text(const std::string &S) {
    G.Strings.push_back(S);
    return G.Strings.size() - 1;
  }

private:
  Edge &edge(unsigned From, Edge::To Kind) {
    Edge E;
    E.Kind = Kind;
    G.Nodes[From].Edges.push_back(E);
    return G.Nodes[From].Edges.back();
  }
};

std::vector<std::string> callers(const Linker::Verdict &V) {
  std::vector<std::string> Names;
  for (const Linker::Step &S : V.Steps)
    Names.push_back(S.Caller.str());
  return Names;
}

TEST(Linker, NothingKnownNothingSaid) {
  UnitGraph A;
  A.calls(A.open(), 1);
  EXPECT_FALSE(Linker({&A.G}).settle(0, 0));

  UnitGraph B;
  B.function(1, "harmless");
  EXPECT_FALSE(Linker({&A.G, &B.G}).settle(0, 0));
}

TEST(Linker, TheShortestChainIsTold) {
  UnitGraph A, B;
  A.calls(A.open(), 1);
  unsigned F = B.function(1, "f"), G = B.function(2, "g");
  B.callsNode(F, G);
  B.blocks(F, Effect::Sleep, "sleep");
  B.blocks(G, Effect::Sleep, "usleep");
  auto V = Linker({&A.G, &B.G}).settle(0, 0);
  ASSERT_TRUE(V);
  EXPECT_EQ(callers(*V), (std::vector<std::string>{"serve", "f"}));
  EXPECT_EQ(B.G.text(V->Blocks->Name), "sleep");
  EXPECT_EQ(V->More, 1u);
}

TEST(Linker, AChainOfAHundredThousandUnits) {
  constexpr unsigned Length = 100000;
  std::vector<UnitGraph> Units(Length);
  std::vector<const CallGraph *> Graphs;
  Units[0].calls(Units[0].open(), 1);
  for (unsigned I = 1; I != Length; ++I) {
    unsigned F = Units[I].function(I, "f");
    if (I + 1 == Length)
      Units[I].blocks(F, Effect::Wait, "wait");
    else
      Units[I].calls(F, I + 1);
  }
  for (const UnitGraph &U : Units)
    Graphs.push_back(&U.G);
  auto V = Linker(Graphs).settle(0, 0);
  ASSERT_TRUE(V);
  EXPECT_EQ(V->Steps.size(), Length);
  EXPECT_EQ(V->What, Effect::Wait);
}

TEST(Linker, CyclesEnd) {
  UnitGraph A, B;
  A.calls(A.open(), 1);
  unsigned F = A.function(1, "f");
  A.calls(F, 2);
  unsigned G = B.function(2, "g");
  B.calls(G, 1);
  EXPECT_FALSE(Linker({&A.G, &B.G}).settle(0, 0));
  B.blocks(G, Effect::DB, "query");
  auto V = Linker({&A.G, &B.G}).settle(0, 0);
  ASSERT_TRUE(V);
  EXPECT_EQ(callers(*V), (std::vector<std::string>{"serve", "f", "g"}));
}

TEST(Linker, OfSeveralBodiesTheFirstIsTaken) {
  UnitGraph A, B, C;
  A.calls(A.open(), 1);
  B.blocks(B.function(1, "inline in b"), Effect::Sleep, "sleep");
  C.blocks(C.function(1, "inline in c"), Effect::Sleep, "sleep");
  EXPECT_EQ(Linker({&A.G, &B.G, &C.G}).settle(0, 0)->Steps[1].Caller,
            "inline in b");
  EXPECT_EQ(Linker({&A.G, &C.G, &B.G}).settle(0, 0)->Steps[1].Caller,
            "inline in c");
}

TEST(Linker, SeveralBodiesOfOneNameHaveToAgree) {
  // Two programs in one database: A calls 1, of which both B and C have one.
  UnitGraph A, B, C;
  A.calls(A.open(), 1);
  unsigned InB = B.function(1, "setup of b"), InC = C.function(1, "setup of c");
  B.blocks(InB, Effect::Sleep, "sleep");
  C.blocks(InC, Effect::FileIO, "fsync");
  C.G.Nodes[InC].Edges[0].At.Offset = 7;
  EXPECT_FALSE(Linker({&A.G, &B.G, &C.G}).settle(0, 0));
  EXPECT_FALSE(Linker({&C.G, &B.G, &A.G}).settle(2, 0));
  // Each calls its own.
  unsigned Call = C.open();
  C.callsNode(Call, InC);
  auto Own = Linker({&A.G, &B.G, &C.G}).settle(2, 0);
  ASSERT_TRUE(Own);
  EXPECT_EQ(Own->What, Effect::FileIO);
  // What both do, whichever is meant.
  C.blocks(InC, Effect::Sleep, "usleep");
  auto Both = Linker({&A.G, &B.G, &C.G}).settle(0, 0);
  ASSERT_TRUE(Both);
  EXPECT_EQ(Both->What, Effect::Sleep);
  EXPECT_EQ(Both->Steps[1].Caller, "setup of b");
}

TEST(Linker, ANameThatIsHarmlessInAnotherProgram) {
  UnitGraph A, B, C;
  A.calls(A.open(), 1);
  unsigned InB = B.function(1, "setup");
  B.blocks(InB, Effect::Sleep, "sleep");
  EXPECT_TRUE(Linker({&A.G, &B.G, &C.G}).settle(0, 0));
  C.G.Harmless = {1};
  EXPECT_FALSE(Linker({&A.G, &B.G, &C.G}).settle(0, 0));
  B.callsNode(B.open(), InB);
  EXPECT_TRUE(Linker({&A.G, &B.G, &C.G}).settle(1, 0));
}

TEST(Linker, ACallableUnderAConditionThatIsRuledOut) {
  // run(f, now): if (now) f();
  UnitGraph A, B;
  unsigned Call = A.open();
  unsigned Lambda = A.function(0, "lambda");
  A.blocks(Lambda, Effect::Sleep, "sleep");
  Edge &E = A.calls(Call, 1);
  E.Callables.push_back({0, CallGraph::Callable::Is::Node, Lambda, 0});
  E.Passed.push_back({1, false, 0});
  unsigned Run = B.function(1, "run");
  B.callsParameter(Run, 0);
  B.G.Nodes[Run].Edges[0].When = {{1, ParamTest::Relation::NotEqual, 0}};
  EXPECT_FALSE(Linker({&A.G, &B.G}).settle(0, 0));
  A.G.Nodes[Call].Edges[0].Passed[0].Value = 1;
  EXPECT_TRUE(Linker({&A.G, &B.G}).settle(0, 0));
}

TEST(Linker, OverridersInOtherUnits) {
  UnitGraph A, B;
  A.callsOverriders(A.open(), 1);
  unsigned Override = B.function(0, "override");
  B.G.Nodes[Override].Overridden = {1};
  B.blocks(Override, Effect::FileIO, "fsync");
  auto V = Linker({&A.G, &B.G}).settle(0, 0);
  ASSERT_TRUE(V);
  EXPECT_EQ(V->Steps[0].How, Hop::MayDispatch);
  EXPECT_EQ(V->Steps[0].Next, "override");
}

TEST(Linker, AChainStaysInOneProgram) {
  // Lib calls what two programs override, slowly each; a third asks Lib.
  UnitGraph Lib, First, Second, Third;
  for (UnitGraph *Own : {&First, &Second, &Third}) {
    Own->G.Main.File = Own->text("main.cpp");
    Own->G.Main.Offset = Own == &First ? 1 : Own == &Second ? 2 : 3;
  }
  Lib.callsOverriders(Lib.function(1, "run"), 2);
  for (UnitGraph *Own : {&First, &Second}) {
    unsigned Override = Own->function(0, "override");
    Own->G.Nodes[Override].Overridden = {2};
    Own->blocks(Override, Own == &First ? Effect::Sleep : Effect::FileIO,
                "slow");
    Own->calls(Own->open(), 1);
  }
  Third.calls(Third.open(), 1);
  Lib.calls(Lib.open(), 1);
  const std::vector<const CallGraph *> All = {&Lib.G, &First.G, &Second.G,
                                              &Third.G};
  EXPECT_EQ(Linker(All).settle(1, 0)->What, Effect::Sleep);
  EXPECT_EQ(Linker(All).settle(1, 0)->More, 0u);
  EXPECT_EQ(Linker(All).settle(2, 0)->What, Effect::FileIO);
  EXPECT_FALSE(Linker(All).settle(3, 0));
  ASSERT_TRUE(Linker(All).settle(0, 0)); // some program of it
  EXPECT_EQ(Linker(All).settle(0, 0)->More, 1u);
  // The same source twice is one program.
  Second.G.Main.Offset = 1;
  EXPECT_EQ(Linker(All).settle(1, 0)->More, 1u);
}

TEST(Linker, CallablesAreHandedOn) {
  // serve: outer(callable); outer(f): inner(f); inner(f): f();
  UnitGraph A, B, C;
  unsigned Call = A.open();
  unsigned Lambda = A.function(0, "lambda");
  A.blocks(Lambda, Effect::Sleep, "sleep");
  A.calls(Call, 1).Callables.push_back(
      {0, CallGraph::Callable::Is::Node, Lambda, 0});
  unsigned Outer = B.function(1, "outer");
  B.calls(Outer, 2).Callables.push_back(
      {1, CallGraph::Callable::Is::Param, 0, 0});
  unsigned Inner = C.function(2, "inner");
  EXPECT_FALSE(Linker({&A.G, &B.G, &C.G}).settle(0, 0));
  C.callsParameter(Inner, 0);
  EXPECT_FALSE(Linker({&A.G, &B.G, &C.G}).settle(0, 0))
      << "it calls another parameter";
  C.callsParameter(Inner, 1);
  auto V = Linker({&A.G, &B.G, &C.G}).settle(0, 0);
  ASSERT_TRUE(V);
  EXPECT_EQ(V->Steps[0].How, Hop::RunsCallable);
  EXPECT_EQ(callers(*V), (std::vector<std::string>{"serve", "lambda"}));
}

TEST(Linker, WhoTestsForWouldBlockIsNotBlocked) {
  UnitGraph A, B;
  unsigned Call = A.open();
  A.calls(Call, 1);
  B.blocks(B.function(1, "receive"), Effect::NetIO, "recv",
           /*UnlessWouldBlockTested=*/true);
  EXPECT_TRUE(Linker({&A.G, &B.G}).settle(0, 0));
  A.G.Nodes[Call].TestsWouldBlock = true;
  EXPECT_FALSE(Linker({&A.G, &B.G}).settle(0, 0));
}

TEST(Linker, OnlyEnabledCategoriesCount) {
  UnitGraph A, B;
  A.calls(A.open(), 1);
  unsigned F = B.function(1, "f");
  B.blocks(F, Effect::Lock, "lock");
  B.blocks(F, Effect::DB, "query");
  A.G.Open[0].Enabled = 1u << static_cast<unsigned>(Effect::DB);
  auto V = Linker({&A.G, &B.G}).settle(0, 0);
  ASSERT_TRUE(V);
  EXPECT_EQ(V->What, Effect::DB);
  EXPECT_EQ(V->More, 0u);
  A.G.Open[0].Enabled = 0;
  EXPECT_FALSE(Linker({&A.G, &B.G}).settle(0, 0));
}

TEST(Linker, ArgumentsRuleOutChains) {
  // serve: f(0); f(P) { if (P != 0) sleep(); g(P, 1); }
  // g(P, Q) { if (P > 0) read(); if (Q == 1) save(); }
  const ParamTest IsSet{0, ParamTest::Relation::NotEqual, 0};
  UnitGraph A, B;
  unsigned Call = A.open();
  A.calls(Call, 1).Passed.push_back({0, false, 0});
  unsigned F = B.function(1, "f"), G = B.function(2, "g");
  B.blocks(F, Effect::Sleep, "sleep");
  B.G.Nodes[F].Edges.back().When = {IsSet};
  B.callsNode(F, G).Passed = {{0, true, 0}, {1, false, 1}};
  B.blocks(G, Effect::NetIO, "read");
  B.G.Nodes[G].Edges.back().When = {{0, ParamTest::Relation::Greater, 0}};
  B.blocks(G, Effect::DB, "save");
  B.G.Nodes[G].Edges.back().When = {{1, ParamTest::Relation::Equal, 1}};

  auto V = Linker({&A.G, &B.G}).settle(0, 0);
  ASSERT_TRUE(V);
  EXPECT_EQ(V->What, Effect::DB);
  EXPECT_EQ(callers(*V), (std::vector<std::string>{"serve", "f", "g"}));
  EXPECT_EQ(V->More, 0u);

  // With another argument, the shortest chain is gone, and all count.
  A.G.Nodes[Call].Edges[0].Passed[0].Value = 1;
  V = Linker({&A.G, &B.G}).settle(0, 0);
  ASSERT_TRUE(V);
  EXPECT_EQ(V->What, Effect::Sleep);
  EXPECT_EQ(V->More, 2u);

  // Nothing is left.
  A.G.Nodes[Call].Edges[0].Passed[0].Value = 0;
  B.G.Nodes[F].Edges[1].Passed[1].Value = 2;
  EXPECT_FALSE(Linker({&A.G, &B.G}).settle(0, 0));
}

TEST(Linker, CoroutinesThatOnlyWorkersRun) {
  using Use = CallGraph::CoroutineUse;
  UnitGraph A, B;
  // 1 is handed to a worker and awaits 2; 3 too, and somebody else takes it;
  // 4 is awaited by 3 alone; 5 by itself.
  A.G.Uses = {{1, Use::Runs::OffLoop}, {3, Use::Runs::OffLoop}};
  B.G.Uses = {{2, Use::Runs::WithAwaiter, 1},
              {3, Use::Runs::Otherwise},
              {4, Use::Runs::WithAwaiter, 3},
              {1, Use::Runs::WithAwaiter, 2},
              {5, Use::Runs::WithAwaiter, 5}};
  const Linker Program({&A.G, &B.G});
  EXPECT_TRUE(Program.runsOffLoop(1));
  EXPECT_TRUE(Program.runsOffLoop(2));
  EXPECT_FALSE(Program.runsOffLoop(3));
  EXPECT_FALSE(Program.runsOffLoop(4));
  EXPECT_FALSE(Program.runsOffLoop(5));
  EXPECT_FALSE(Program.runsOffLoop(6));

  // An open call in such a coroutine is none.
  unsigned Call = A.open();
  A.blocks(Call, Effect::Sleep, "sleep");
  A.G.Open[0].Assumes.Coroutine = 2;
  EXPECT_FALSE(Linker({&A.G, &B.G}).settle(0, 0));
  EXPECT_TRUE(Linker({&A.G}).settle(0, 0));
}

} // namespace
