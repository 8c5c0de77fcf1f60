// RUN: %nostall-verify %s
// A lazy generator runs where it is iterated, and not where it is made.
#include "co.h"
#include <fstream>
#include <string>
#include <utility>

co::generator<std::string> lines(std::string path) {
  std::ifstream in(path);
  std::string line;
  while (std::getline(in, line))
    co_yield line;
}
void keep(co::generator<std::string> &&later);
static int count(co::generator<std::string> all) {
  int n = 0;
  for (const std::string &line : all)
    n += line.empty();
  return n;
}

co::task<> only_made(std::string path) {
  auto later = lines(path);
  lines(path);
  co_return;
}
co::task<> handed_on(std::string path) {
  keep(lines(path));
  co_return;
}
co::generator<std::string> returned(std::string path) { return lines(path); }
co::task<> iterated(std::string path) {
  for (const std::string &line : lines(path)) // warning: blocks the event loop
    (void)line;
  auto kept = lines(path); // warning: blocks the event loop
  for (const std::string &line : kept)
    (void)line;
  count(lines(path)); // warning: blocks the event loop
  co_return;
}
