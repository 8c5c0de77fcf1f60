// Generic callables that only a skipped body of a library calls: where its signature tells with what, they are instantiated
// (LibraryCalls.h), and the unit is parsed once. There is a body in namespace std that does not compile, which nobody notices.
// RUN: rm -rf %t && mkdir %t && printf '#pragma GCC system_header\nnamespace std { inline void broken() { no_such_name(); } }\n' > %t/broken.h
// RUN: not %nostall --quiet --index=none --checks=-*,nostall-blocking-call %s -- -std=c++20 -I%source/test/Inputs -isystem %t > %t/out.txt 2>&1
// RUN: FileCheck %s --implicit-check-not=warning: --implicit-check-not=error: < %t/out.txt
#include "broken.h"
#include "co.h"
#include <algorithm>
#include <list>
#include <memory>
#include <unistd.h>
#include <vector>

struct job {
  int seconds = 0;
  void run() { sleep(seconds); }
};
struct by_running {
  template <class T> bool operator()(T &a, T &) const { return a.run(), true; }
};

co::task<> f(std::vector<job> &jobs, std::list<job> &list, job (&array)[3]) {
// CHECK: :[[#@LINE+1]]:{{[0-9]+}}: warning: call to 'std::for_each' blocks
  std::for_each(jobs.begin(), jobs.end(), [](auto &j) { j.run(); });
// CHECK: :[[#@LINE+1]]:{{[0-9]+}}: warning: call to 'std::sort' blocks
  std::sort(jobs.begin(), jobs.end(), [](auto &a, auto &&b) { a.run(); return &a < &b; });
// CHECK: :[[#@LINE+1]]:{{[0-9]+}}: warning: call to 'std::sort' blocks
  std::sort(array, array + 3, by_running{});
// CHECK: :[[#@LINE+1]]:{{[0-9]+}}: warning: call to 'std::erase_if' blocks
  std::erase_if(list, [](auto &j) { j.run(); return true; });
  std::sort(jobs.begin(), jobs.end(), [](const auto &a, const auto &b) { return a.seconds < b.seconds; });
// CHECK: :[[#@LINE+1]]:{{[0-9]+}}: warning: destruction of 'guard' blocks
  std::shared_ptr<void> guard(nullptr, [](auto) { sleep(1); });
  co_await std::suspend_never{};
}
