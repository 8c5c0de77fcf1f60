// A co_await has its operand twice in Clang's tree: forty coroutines, each awaited where it is written in another, took 2^40 steps.
// (Forty co_awaits in the arguments of each other take Clang as many.)
// RUN: not %nostall --quiet --index=none --unit-timeout=60 %s -- -std=c++20 -I%source/test/Inputs > %t.txt 2> %t.err
// RUN: FileCheck %s --implicit-check-not=warning: < %t.txt
// RUN: not grep "not checked" %t.err
#include "co.h"

extern "C" unsigned sleep(unsigned);

#define CALLS_2(x) co_await next(co_await next(x))
#define CALLS_8(x) CALLS_2(CALLS_2(CALLS_2(CALLS_2(x))))
#define LAMBDAS_2(x) co_await [&]() -> co::task<> { co_await [&]() -> co::task<> { x; }(); }()
#define LAMBDAS_8(x) LAMBDAS_2(LAMBDAS_2(LAMBDAS_2(LAMBDAS_2(x))))
#define LAMBDAS_40(x) LAMBDAS_8(LAMBDAS_8(LAMBDAS_8(LAMBDAS_8(LAMBDAS_8(x)))))

co::task<int> next(int n);

co::task<int> calls() {
// CHECK: :[[#@LINE+1]]:{{[0-9]+}}: warning: call to 'sleep' blocks the event loop
  co_return CALLS_8(sleep(1));
}

co::task<> lambdas() {
// CHECK: :[[#@LINE+1]]:{{[0-9]+}}: warning: call to 'sleep' blocks the event loop
  LAMBDAS_40(sleep(1); co_await std::suspend_never{});
}
