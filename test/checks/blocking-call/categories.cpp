// RUN: %nostall-verify %s "--config={CheckOptions: {nostall-blocking-call.Categories: 'sleep; console-io'}}"
// Only the categories that were asked for; the first of those is named.
#include "co.h"
#include <cstdio>
#include <fstream>
#include <unistd.h>

void both() {
  sync();
  sleep(1);
  puts("text");
}
co::task<> f() {
  std::ifstream in("path");
  sync();
  sleep(1);     // warning: (sleep)
  puts("text"); // warning: (console-io)
  both();       // warning: it reaches 'sleep' (sleep) // note: 1 more blocking call is reached
  co_return;
}
