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

TEST(RunProgram, FailsWithTheLineThatSaysWhy) {
  EXPECT_EQ(
      said(runProgram({"/bin/sh", "-c", "echo one >&2; echo two >&2; exit 3"},
                      "/", 60)),
      "error: it fails: two");
  EXPECT_EQ(said(runProgram({"/bin/sh", "-c",
                             "echo 'g++: fatal error: no cc1plus' >&2; "
                             "echo 'compilation terminated.' >&2; exit 1"},
                            "/", 60)),
            "error: it fails: g++: fatal error: no cc1plus");
  EXPECT_EQ(said(runProgram({"/bin/false"}, "/", 60)), "error: it fails: ");
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
