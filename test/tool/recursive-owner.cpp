// A class that owns others of itself, whose destructor only a skipped body of a library would have made. (As "owners" is held in
// test/checks, with headers that are precompiled, nothing is skipped.)
// RUN: not %nostall --quiet --index=none --checks=-*,nostall-blocking-call %s -- -std=c++20 -I%source/test/Inputs > %t.txt 2> %t.err
// RUN: FileCheck %s --implicit-check-not=warning: < %t.txt
// RUN: not grep crashed %t.err
#include "co.h"
#include <map>
#include <memory>
#include <string>
#include <unistd.h>
#include <vector>

struct node {
  std::string name;
  std::vector<node> children;
  std::map<std::string, node> named;
};
struct worker {
  ~worker() { sleep(1); }
};
struct busy {
  std::vector<busy> others;
  std::unique_ptr<worker> own;
};

co::task<> trees() {
  auto quiet = std::make_unique<node>();
// CHECK: :[[#@LINE+1]]:{{[0-9]+}}: warning: destruction of 'works' blocks the event loop
  auto works = std::make_unique<busy>();
  co_await std::suspend_never{};
}
