//===- ProgressTest.cpp - what is shown while a run goes on ---------------===//
//
// Time is an argument here: none passes.
//
//===----------------------------------------------------------------------===//

#include "tool/project/Progress.h"
#include "tool/project/Estimate.h"
#include "gtest/gtest.h"

using namespace nostall;
using namespace std::chrono_literals;

namespace {

using Order = std::vector<size_t>;
const ProgressLine::Time Start{};

TEST(ProgressLine, OnATerminalOneLineIsWrittenOverAndGoneInTheEnd) {
  std::string Text;
  llvm::raw_string_ostream Out(Text);
  {
    ProgressLine Line(Out, 80, Start);
    Line.show({1, 40, "a.cpp", 12}, Start);
    EXPECT_EQ(Text, "\r[1/40] a.cpp  about 12 s left\x1b[K");
    Text.clear();
    Line.show({1, 40, "a.cpp", 12}, Start + 1s);
    EXPECT_EQ(Text, ""); // it stands there already
    Line.show({2, 40, "b.cpp", std::nullopt}, Start + 2s);
    EXPECT_EQ(Text, "\r[2/40] b.cpp\x1b[K");
    Text.clear();
  }
  EXPECT_EQ(Text, "\r\x1b[K");
}

TEST(ProgressLine, ALineFitsTheTerminal) {
  std::string Text;
  llvm::raw_string_ostream Out(Text);
  ProgressLine Line(Out, 40, Start);
  Line.show({1, 40, "/a/folder/that/is/very/long/server.cpp", 300}, Start);
  EXPECT_EQ(Text, "\r[1/40] .../server.cpp  about 5 min left\x1b[K");
  Text.clear();
  Line.show({1, 40, "a\x1b[2Jb.cpp", {}}, Start);
  EXPECT_EQ(Text, "\r[1/40] a?[2Jb.cpp\x1b[K");
  Line.erase();
  Text.clear();
  ProgressLine Narrow(Out, 5, Start);
  Narrow.show({1, 40, "a.cpp", {}}, Start);
  EXPECT_EQ(Text, "\r[1/4\x1b[K");
}

TEST(ProgressLine, ElsewhereALineEveryTenSeconds) {
  std::string Text;
  llvm::raw_string_ostream Out(Text);
  ProgressLine Line(Out, 0, Start);
  Line.show({1, 40, "a.cpp", 30}, Start + 9s);
  EXPECT_EQ(Text, "");
  Line.show({10, 40, "a.cpp", 30}, Start + 10s);
  Line.show({11, 40, "a.cpp", 29}, Start + 19s);
  Line.show({20, 40, "a.cpp", {}}, Start + 20s);
  EXPECT_EQ(Text, "nostall: 10 of 40 files read, about 30 s left\n"
                  "nostall: 20 of 40 files read\n");
}

TEST(Estimate, TheHeaviestIsWhatTookLongest) {
  Estimate E(4, 1);
  E.add(100'000, 500);
  E.add(1'000, 9000); // small, and includes the world
  E.add(200'000, std::nullopt);
  E.add(1'000, std::nullopt);
  EXPECT_EQ(E.heaviestFirst(), (Order{2, 1, 0, 3}));
}

TEST(Estimate, UnknownUnitsAreOrderedBySize) {
  Estimate E(3, 1);
  E.add(10, std::nullopt);
  E.add(30, std::nullopt);
  E.add(20, std::nullopt);
  EXPECT_EQ(E.heaviestFirst(), (Order{1, 2, 0}));
  EXPECT_EQ(E.secondsLeft({}), std::nullopt); // nothing is known
  E.done(1, 10'000);
  EXPECT_NE(E.secondsLeft({}), std::nullopt);
}

TEST(Estimate, WhatIsLeftIsSharedByWorkers) {
  Estimate E(4, 2);
  for (int I = 0; I != 4; ++I)
    E.add(1'000, 10'000);
  E.heaviestFirst();
  EXPECT_EQ(E.secondsLeft({}), 20u);
  EXPECT_EQ(E.secondsLeft({{0, 4'000}, {1, 4'000}}), 16u);
  // This machine is twice as fast as the one before.
  E.done(0, 5'000);
  E.done(1, 5'000);
  EXPECT_EQ(E.secondsLeft({}), 5u);
  // One of them alone takes this long, whoever helps.
  E.done(2, 5'000);
  EXPECT_EQ(E.secondsLeft({}), 5u);
}

TEST(Estimate, NobodyKnowsWhenAnEndlessUnitEnds) {
  Estimate E(2, 2);
  E.add(1'000, 1'000);
  E.add(1'000, 1'000);
  E.heaviestFirst();
  EXPECT_EQ(E.secondsLeft({{0, 60'000}}), std::nullopt);
}

} // namespace
