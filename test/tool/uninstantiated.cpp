// A variable that a template which nobody uses makes of several things has no value that has a type: asking for the class of its object
// ended the check of the file.
// RUN: not %nostall --quiet --index=none --checks=-*,nostall-blocking-call %s -- -std=c++20 -I%source/test/Inputs > %t.txt 2> %t.err
// RUN: FileCheck %s --implicit-check-not=warning: < %t.txt
// RUN: not grep crashed %t.err
#include "co.h"
#include <memory>
#include <unistd.h>

struct shape {
  virtual ~shape() = default;
  virtual void draw() { fsync(1); }
};
struct quick : shape {
  void draw() override {}
};

template <class T> co::task<> never(T deleter) {
  std::shared_ptr<shape> shown(new quick, deleter);
// CHECK: :[[#@LINE+1]]:{{[0-9]+}}: warning: call to 'shape::draw' blocks the event loop
  shown->draw();
  co_return;
}
