// RUN: %nostall --quiet %s -- -std=c++20 -I%source/test/Inputs 2>&1 | FileCheck %s --allow-empty
// CHECK-NOT: warning:
// A private owner that nothing fills has nothing to destroy, also where only a library's body would need the destructor.
#include "co.h"
#include <memory>
#include <thread>

namespace never_filled {

struct LoopThread {
  ~LoopThread() { worker.join(); }
  std::thread worker;
};
class Listeners {
public:
  ~Listeners() = default;
  void listen() { port_ = 80; }

private:
  int port_ = 0;
  std::unique_ptr<LoopThread> thread_;
};
co::task<> stops(std::unique_ptr<Listeners> &listeners) {
  listeners.reset();
  co_return;
}

} // namespace never_filled
