//===- doctest/fake.h - an assertion like doctest's -------------------------===//
//
// doctest is one header, whose implementation one file of the program includes:
// nostall reads it as the program's own. This is written after doctest.h 2.4.
//
//===----------------------------------------------------------------------===//

#ifndef NOSTALL_TEST_DOCTEST_H
#define NOSTALL_TEST_DOCTEST_H

#include <fstream>

namespace doctest::detail {

inline bool isDebuggerActive() {
  std::ifstream in("/proc/self/status");
  return in.good();
}

struct ResultBuilder {
  explicit ResultBuilder(const char *expression);
  void setResult(bool value) { failed = !value; }
  bool log() { return failed && isDebuggerActive(); }
  void react() const;
  bool failed = false;
};

} // namespace doctest::detail

#define CHECK(...)                                                             \
  [&] {                                                                        \
    doctest::detail::ResultBuilder DOCTEST_RB(#__VA_ARGS__);                   \
    DOCTEST_RB.setResult(__VA_ARGS__);                                         \
    if (DOCTEST_RB.log())                                                      \
      __builtin_debugtrap();                                                   \
    DOCTEST_RB.react();                                                        \
    return !DOCTEST_RB.failed;                                                 \
  }()

#endif
