// RUN: %nostall-verify %s
// The work itself, in the place of the await.
#include <nostall/nostall.h>

using namespace nostall;

int sum(int a, int b) { return a + b; }
int one() { return 1; }
void nothing(int) {}
int one_of_a_kind(int n) { return n; }
int &at(int *p) { return *p; }
int take(int &&n) { return n; }
#define TWICE(x) (2 * (x))

struct counter {
  int n = 0;
  int next() { return ++n; }
  int get() const { return n; }
  int operator()(int by) const { return n + by; }
  task<int> both(int a) {
    int x = co_await to_thread([&] { return n + a; }); // warning: neither // fix: int x = (n + a);
    int y = co_await to_thread([this] { return get(); }); // warning: neither // fix: int y = get();
    co_return x + y;
  }
};
struct changes {
  int n = 0;
  int operator()() { return ++n; }
};

task<int> all(int a, counter c, changes m, int *p) {
  int x = co_await to_thread(sum, a, 2);        // warning: neither // fix: int x = sum(a, 2);
  x += co_await to_thread(&sum, a, (1, 2));     // warning: neither // fix: x += sum(a, (1, 2));
  x += 2 * co_await to_thread([&] { return a + x; }); // warning: neither // fix: x += 2 * (a + x);
  x += co_await to_thread([&] { return sum(a, x); }); // warning: neither // fix: x += sum(a, x);
  x += co_await to_thread([a] { return a + 1; });     // warning: neither // fix: x += [a] { return a + 1; }();
  x += co_await to_thread([](int n) { return n + 1; }, a); // warning: neither // fix: x += [](int n) { return n + 1; }(a);
  x += (co_await to_thread(one)) * 2;           // warning: neither // fix: x += (one()) * 2;
  co_await to_thread(nothing, x);               // warning: neither // fix: nothing(x);
  co_await to_thread([&] { nothing(x); });      // warning: neither // fix: nothing(x);
  co_await to_thread([&] { x = 3; });           // warning: neither // fix: x = 3;
  x += co_await to_thread(c, 3);                // warning: neither // fix: x += c(3);
  if (co_await to_thread(one))                  // warning: neither // fix: if (one())
    ++x;

  // No fix: another meaning, or none that compiles.
  x += co_await to_thread(m);                   // warning: neither
  x += co_await to_thread(at, p);               // warning: neither
  x += co_await to_thread(take, a);             // warning: neither
  x += co_await to_thread([&] { return TWICE(a); }); // warning: neither // fix: x += [&] { return TWICE(a); }();
  x += co_await to_thread(TWICE(1) ? sum : sum, 1, 2);
  auto &&copy = co_await to_thread([&] { return x; }); // warning: neither // fix: auto &&copy = [&] { return x; }();
  co_await to_thread([] {});                    // warning: neither
  auto later = to_thread(one);                  // warning: neither
  x += co_await std::move(later);
  long wide = co_await to_thread([&]() -> long { return x; }); // warning: neither // fix: long wide = [&]() -> long { return x; }();
  co_return x + copy + static_cast<int>(wide);
}

// A coroutine stays one.
task<> only_await(int a) {
  co_await to_thread(nothing, a); // warning: neither
}
task<> two_awaits(int a) {
  co_await to_thread(nothing, a); // warning: neither // fix: nothing(a);
  co_await to_thread(nothing, a); // warning: neither
}

// The type of the parameter has chosen the overload; the argument would choose another.
int wide(int n) { return n; }
long wide(long n) { return n; }
task<int> in_pool(NOSTALL_RUNS_ON(worker) int (*work)(int), int n);
task<int> overloads(long n) {
  int x = co_await in_pool(wide, n);  // warning: neither
  x += co_await in_pool(&wide, n);    // warning: neither
  x += co_await in_pool(one_of_a_kind, n); // warning: neither // fix: x += one_of_a_kind(n);
  co_return x;
}
