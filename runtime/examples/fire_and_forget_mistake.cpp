// fire_and_forget.cpp with the classic mistake: the task is fired into nowhere. It is
// destroyed at the end of the statement, before it ran.

#include <nostall/nostall.h>

#include <cstdio>
#include <string>

using namespace std::chrono_literals;

nostall::task<void> log_visit(std::string page) {
  co_await nostall::sleep(2ms);
  std::printf("logged %s\n", page.c_str());
}

nostall::task<void> serve() {
  auto logging = log_visit("/start"); // warning: [nostall-forgotten-co-await]
  co_await nostall::sleep(10ms);
  std::printf("served\n");
}

int main() { nostall::run(serve()); }
