// The exceptions and the reports that the default handler writes.

#include "support.h"

#include <nostall/outcome.h>
#include <nostall/task_function.h>

namespace {

TEST(Error, GroupsNameTheirMembers) {
  exception_group g({std::make_exception_ptr(std::runtime_error("a")),
                     std::make_exception_ptr(42)});
  EXPECT_STREQ(g.what(),
               "2 tasks failed: a; an exception that is no std::exception");
}

TEST(Error, DescribesNothing) { EXPECT_EQ(describe(nullptr), "no exception"); }

TEST(Error, CancellationIsToldApartWithoutAThrow) {
  try {
    throw cancelled_error();
  } catch (...) {
    EXPECT_TRUE(detail::handling_cancelled());
  }
  try {
    throw std::runtime_error("x");
  } catch (...) {
    EXPECT_FALSE(detail::handling_cancelled());
  }
  EXPECT_FALSE(detail::handling_cancelled());
}

TEST(Error, TheDefaultHandlerWritesOneLine) {
  testing::internal::CaptureStderr();
  {
    event_loop loop;
    loop.call_soon([] { throw std::runtime_error("oops"); });
    loop.run_once();
  }
  const std::string line = testing::internal::GetCapturedStderr();
  EXPECT_EQ(line.find("nostall: a callback threw an exception ("), 0u) << line;
  EXPECT_NE(line.find("): oops\n"), std::string::npos) << line;
}

TEST(Error, AFailingHandlerFallsBackToStderr) {
  testing::internal::CaptureStderr();
  {
    event_loop loop;
    loop.set_exception_handler(
        [](const exception_context&) { throw std::runtime_error("handler"); });
    loop.call_soon([] { throw std::runtime_error("oops"); });
    loop.run_once();
  }
  const std::string text = testing::internal::GetCapturedStderr();
  EXPECT_NE(text.find("oops"), std::string::npos);
  EXPECT_NE(text.find("the exception handler itself failed: handler"),
            std::string::npos);
}

TEST(Outcome, HoldsAValueOrAnException) {
  const outcome<int> v(3);
  EXPECT_TRUE(v.has_value());
  EXPECT_EQ(v.value(), 3);
  const outcome<void> e(std::make_exception_ptr(std::logic_error("x")));
  EXPECT_FALSE(e.has_value());
  EXPECT_THROW(e.value(), std::logic_error);
}

task<int> plus_one(int i) { co_return i + 1; }

TEST(TaskFunction, HoldsFunctionsAndLambdas) {
  world w;
  task_function<int(int)> f = plus_one;
  EXPECT_EQ(w.run(f(1)), 2);
  int base = 10;
  f = [&base](int i) -> task<int> { co_return base + i; };
  EXPECT_EQ(w.run(f(1)), 11);
  task_function<int(int)> empty;
  EXPECT_FALSE(empty);
  EXPECT_THROW((void)empty(1), usage_error);
}

TEST(Error, AMessageThatIsNone) {
  struct silent : std::exception {
    const char* what() const noexcept override { return nullptr; }
  };
  EXPECT_EQ(describe(std::make_exception_ptr(silent())), "an exception without a message");
}

} // namespace
