// RUN: %nostall-verify %s
// By default short waits, for a lock or for the console, do not count; what lies
// behind them in a chain does.
#include "co.h"
#include <cstdio>
#include <iostream>
#include <mutex>
#include <syslog.h>
#include <unistd.h>

co::task<> console(std::mutex &m, int n) {
  std::cout << n << std::endl;
  std::cerr << "text";
  printf("%d", n);
  fprintf(stderr, "text");
  syslog(0, "text");
  std::lock_guard guard(m);
  m.lock();
  co_return;
}
void logs_and_sleeps(std::mutex &m) {
  std::lock_guard guard(m);
  std::cout << 1;
  sleep(1);
}
co::task<> by_helper(std::mutex &m) {
  logs_and_sleeps(m); // warning: it reaches 'sleep' (sleep)
  co_return;
}

// A person is not quick.
co::task<> asks() {
  int answer = 0;
  std::cin >> answer; // warning: (input)
  getchar(); // warning: (input)
  fread(&answer, 1, 1, stdin); // warning: (input)
  co_return;
}
