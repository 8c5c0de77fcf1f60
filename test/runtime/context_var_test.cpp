// context_var: values follow tasks and callbacks.

#include "support.h"

#include <nostall/context_var.h>

#include <thread>

namespace {

context_var<std::string> who("who", "nobody");
context_var<int> bare("bare");

task<std::string> reads() {
  co_await yield_now();
  co_return who.get();
}

TEST(ContextVar, FallbackAndAbsence) {
  EXPECT_EQ(who.get(), "nobody");
  EXPECT_EQ(bare.find(), nullptr);
  try {
    bare.get();
    FAIL();
  } catch (const std::out_of_range& e) {
    EXPECT_NE(std::string(e.what()).find("bare"), std::string::npos);
  }
}

TEST(ContextVar, IsCopiedAtCreationAndThenOnesOwn) {
  world w;
  w.run([]() -> task<void> {
    who.set("parent");
    auto child = create_task([]() -> task<std::string> {
      co_await yield_now();
      std::string before = who.get();
      who.set("child");
      co_await yield_now();
      co_return before + "," + who.get();
    }());
    auto other = create_task(reads());
    who.set("parent later");
    EXPECT_EQ(co_await child, "parent,child");
    EXPECT_EQ(co_await other, "parent");
    EXPECT_EQ(who.get(), "parent later");
    EXPECT_EQ(co_await reads(), "parent later"); // awaited: the same task
  }());
  EXPECT_EQ(who.get(), "nobody");
}

TEST(ContextVar, CanBeReset) {
  world w;
  w.run([]() -> task<void> {
    auto t = who.set("a");
    auto u = who.set("b");
    who.reset(std::move(u));
    EXPECT_EQ(who.get(), "a");
    who.reset(std::move(t));
    EXPECT_EQ(who.get(), "nobody");
    co_return;
  }());
}

TEST(ContextVar, FollowsCallbacks) {
  world w;
  std::string soon, later;
  w.run([](std::string& s, std::string& l) -> task<void> {
    who.set("task");
    get_running_loop().call_soon([&] {
      s = who.get();
      who.set("callback");
    });
    get_running_loop().call_later(1ms, [&] { l = who.get(); });
    co_await sleep(2ms);
    EXPECT_EQ(who.get(), "task");
  }(soon, later));
  EXPECT_EQ(soon, "task");
  EXPECT_EQ(later, "task");
}

TEST(ContextVar, ThreadsHaveTheirOwn) {
  auto before = who.set("main");
  std::string seen;
  std::thread t([&] {
    seen = who.get();
    who.set("thread");
  });
  t.join();
  EXPECT_EQ(seen, "nobody");
  EXPECT_EQ(who.get(), "main");
  world w;
  EXPECT_EQ(w.run(reads()), "main");
  who.reset(std::move(before));
}

TEST(ContextVar, AnotherOneInItsPlaceIsAnother) {
  union place {
    context_var<int> number;
    context_var<std::string> text;
    place() {}
    ~place() {}
  } p;
  new (&p.number) context_var<int>("number");
  p.number.set(1);
  p.number.~context_var();
  new (&p.text) context_var<std::string>("text", "none");
  EXPECT_EQ(p.text.get(), "none");
  p.text.~context_var();
}

} // namespace
