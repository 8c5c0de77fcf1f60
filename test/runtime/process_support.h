//===- process_support.h - nothing may be left behind ---------------------===//
//
// A fixture that counts, before and after each test: child processes (zombies
// included), open descriptors, mappings of anonymous shared memory.
//
//===----------------------------------------------------------------------===//

#ifndef NOSTALL_TEST_RUNTIME_PROCESS_SUPPORT_H
#define NOSTALL_TEST_RUNTIME_PROCESS_SUPPORT_H

#include "support.h"

#include <chrono>
#include <iterator>
#include <nostall/nostall.h>
#include <nostall/processes.h>

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <string>
#include <unistd.h>

inline std::vector<pid_t> children() {
  std::vector<pid_t> found;
  for (const auto& t : std::filesystem::directory_iterator("/proc/self/task")) {
    std::ifstream in(t.path() / "children");
    for (pid_t p; in >> p;)
      found.push_back(p);
  }
  return found;
}

inline int open_descriptors() {
  int n = 0;
  for ([[maybe_unused]] const auto& e :
       std::filesystem::directory_iterator("/proc/self/fd"))
    ++n;
  return n;
}

inline int shared_mappings() {
  std::ifstream in("/proc/self/maps");
  int n = 0;
  for (std::string line; std::getline(in, line);)
    n += line.find("memfd:nostall") != line.npos;
  return n;
}

struct leaves_nothing : testing::Test {
  int descriptors = 0, mappings = 0;
  std::size_t processes = 0;
  void SetUp() override {
    descriptors = open_descriptors();
    mappings = shared_mappings();
    processes = children().size();
  }
  void TearDown() override {
    EXPECT_EQ(children().size(), processes);
    EXPECT_EQ(open_descriptors(), descriptors);
    EXPECT_EQ(shared_mappings(), mappings);
  }
};

/// Whether this is the only thread. One of a test before may be about to end; a
/// sanitizer's own stays.
inline bool alone() {
  const auto until = std::chrono::steady_clock::now() + std::chrono::seconds(1);
  const auto threads = [] {
    return std::distance(std::filesystem::directory_iterator("/proc/self/task"),
                         std::filesystem::directory_iterator());
  };
  while (threads() != 1)
    if (std::chrono::steady_clock::now() > until)
      return false;
  return true;
}

#endif
