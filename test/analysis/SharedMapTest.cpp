//===- SharedMapTest.cpp - against std::map -------------------------------===//

#include "analysis/flow/SharedMap.h"
#include "gtest/gtest.h"
#include <map>
#include <random>

using namespace nostall;

namespace {

using Shared = SharedMap<unsigned, int>;
using Plain = std::map<unsigned, int>;

Plain entries(const Shared &Map) {
  Plain Found;
  unsigned Last = 0;
  Map.forEach([&](unsigned Key, int Value) {
    EXPECT_TRUE(Found.empty() || Last < Key) << "in the order of the keys";
    Found[Last = Key] = Value;
  });
  return Found;
}

struct Both {
  Shared Mine;
  Plain Theirs;
};

Both random(std::mt19937 &Random, Both Map = {}) {
  for (unsigned Steps = Random() % 40; Steps; --Steps) {
    const unsigned Key = Random() % 60;
    if (Random() % 3) {
      const int Value = Random() % 4;
      Map.Mine.set(Key, Value);
      Map.Theirs[Key] = Value;
    } else {
      Map.Mine.erase(Key);
      Map.Theirs.erase(Key);
    }
  }
  return Map;
}

} // namespace

TEST(SharedMap, IsAsStdMapIs) {
  std::mt19937 Random(1);
  for (unsigned Round = 0; Round != 500; ++Round) {
    const Both Before = random(Random);
    const Both A = random(Random, Before), B = random(Random, Before);
    ASSERT_EQ(entries(A.Mine), A.Theirs);
    EXPECT_EQ(entries(Before.Mine), Before.Theirs) << "copies are apart";
    EXPECT_EQ(A.Mine == B.Mine, A.Theirs == B.Theirs);
    EXPECT_EQ(A.Mine.empty(), A.Theirs.empty());
    for (unsigned Key = 0; Key != 60; ++Key) {
      const int *Value = A.Mine.find(Key);
      auto It = A.Theirs.find(Key);
      ASSERT_EQ(Value != nullptr, It != A.Theirs.end());
      if (Value) {
        EXPECT_EQ(*Value, It->second);
      }
    }
    Both Joined = A;
    Joined.Mine.join(
        B.Mine, [](int Mine, int Theirs) { return std::max(Mine, Theirs); });
    for (const auto &[Key, Value] : B.Theirs) {
      auto [It, IsNew] = Joined.Theirs.try_emplace(Key, Value);
      It->second = std::max(It->second, Value);
    }
    ASSERT_EQ(entries(Joined.Mine), Joined.Theirs);
  }
}

TEST(SharedMap, IsTheSameHoweverItWasMade) {
  Shared Up, Down;
  for (int Key = 0; Key != 1000; ++Key) {
    Up.set(Key, Key);
    Down.set(1999 - Key, 1999 - Key);
  }
  for (int Key = 1000; Key != 2000; ++Key) {
    Up.set(Key, Key);
    Down.set(1999 - Key, 1999 - Key);
  }
  Down.set(5000, 1);
  EXPECT_FALSE(Up == Down);
  Down.erase(5000);
  EXPECT_TRUE(Up == Down);
}
