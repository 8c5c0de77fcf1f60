//===- catch2/fake.hpp - an assertion like Catch2's -------------------------===//
//
// Catch2 is compiled with the program as often as not: then nostall reads what a
// failed assertion does, which is written here after catch_amalgamated.cpp 3.8.
//
//===----------------------------------------------------------------------===//

#ifndef NOSTALL_TEST_CATCH2_H
#define NOSTALL_TEST_CATCH2_H

#include <fstream>

namespace Catch {

inline bool isDebuggerActive() {
  std::ifstream in("/proc/self/status");
  return in.good();
}

class AssertionHandler {
public:
  explicit AssertionHandler(const char *expression);
  ~AssertionHandler() {
    if (!completed)
      isDebuggerActive();
  }
  void handleExpr(bool value) { shouldDebugBreak = !value; }
  void complete() {
    completed = true;
    if (shouldDebugBreak)
      isDebuggerActive();
  }

private:
  bool completed = false, shouldDebugBreak = false;
};

} // namespace Catch

#define REQUIRE(...)                                                           \
  do {                                                                         \
    Catch::AssertionHandler catchAssertionHandler(#__VA_ARGS__);               \
    catchAssertionHandler.handleExpr(__VA_ARGS__);                             \
    catchAssertionHandler.complete();                                          \
  } while (false)

#endif
