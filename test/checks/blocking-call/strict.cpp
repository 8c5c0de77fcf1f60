// RUN: %nostall-verify %s "--config={CheckOptions: {nostall-blocking-call.Strict: true}}"
// With Strict, locks and the console count.
#include "co.h"
#include <cstdio>
#include <iostream>
#include <mutex>
#include <string>
#include <unistd.h>

co::task<> console(std::string line, FILE *file) {
  std::cout << 1; // warning: (console-io)
  std::cout << "text"; // warning: (console-io)
  std::cerr << "text" << line << 1; // warning: (console-io)
  std::cin >> line; // warning: (input)
  std::getline(std::cin, line); // warning: (input)
  printf("text"); // warning: (console-io)
  fprintf(stderr, "text"); // warning: (console-io)
  fprintf(file, "text"); // warning: (file-io)
  puts("text"); // warning: (console-io)
  co_return;
}
co::task<> locks(std::mutex &m) {
  m.lock(); // warning: (lock)
  m.unlock();
  (void)m.try_lock();
  std::lock_guard a(m); // warning: (lock)
  std::unique_lock b(m); // warning: (lock)
  std::unique_lock c(m, std::defer_lock);
  std::unique_lock d(m, std::try_to_lock);
  std::scoped_lock e(m); // warning: (lock)
  co_return;
}
void logs() { std::cout << 1; }
co::task<> by_helper() {
  logs(); // warning: (console-io)
  sleep(1); // warning: (sleep)
  co_return;
}
