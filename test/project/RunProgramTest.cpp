#include "tool/project/RunProgram.h"
#include <chrono>
#include <gtest/gtest.h>

using namespace nostall;

namespace {

std::string said(llvm::Expected<std::string> Answer) {
  return Answer ? *Answer : "error: " + toString(Answer.takeError());
}

TEST(RunProgram, GivesStandardErrorAlone) {
  EXPECT_EQ(said(runProgram({"/bin/sh", "-c",
                             "echo out; echo err >&2; pwd >&2; "
                             "echo $LC_ALL >&2; cat >&2"},
                            "/usr", 60)),
            "err\n/usr\nC\n");
}

TEST(RunProgram, FailsWithTheLastLine) {
  EXPECT_EQ(
      said(runProgram({"/bin/sh", "-c", "echo one >&2; echo two >&2; exit 3"},
                      "/", 60)),
      "error: it fails: two");
}

TEST(RunProgram, SaysThatItCannotStart) {
  EXPECT_EQ(said(runProgram({"/nowhere/g++"}, "/", 60)),
            "error: it cannot be started: No such file or directory");
  EXPECT_EQ(said(runProgram({"/bin/true"}, "/nowhere", 60)),
            "error: it cannot be started: No such file or directory");
}

/// What it started holds the pipe, and ends with it.
TEST(RunProgram, EndsWhatDoesNotEnd) {
  const auto Start = std::chrono::steady_clock::now();
  EXPECT_EQ(
      said(runProgram({"/bin/sh", "-c", "tail -f /dev/null & wait"}, "/", 0)),
      "error: it does not end");
  EXPECT_LT(std::chrono::steady_clock::now() - Start, std::chrono::minutes(1));
}

/// One that writes for ever is no compiler.
TEST(RunProgram, EndsWhatWritesForEver) {
  EXPECT_EQ(said(runProgram({"/bin/sh", "-c", "exec yes >&2"}, "/", 60)),
            "error: it does not end");
}

} // namespace
