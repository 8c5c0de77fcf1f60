// as_completed.cpp with the classic mistake: the loop counts the elements and awaits
// none. It ends at once, and the tasks are cancelled.

#include <nostall/nostall.h>

#include <cstdio>
#include <vector>

using namespace std::chrono_literals;

nostall::task<int> mirror(int ms) {
  co_await nostall::sleep(std::chrono::milliseconds(ms));
  co_return ms;
}

nostall::task<void> amain() {
  std::vector<nostall::task<int>> mirrors;
  for (int ms : {30, 10, 20})
    mirrors.push_back(mirror(ms));
  int answers = 0;
  for (auto next : nostall::as_completed(std::move(mirrors))) // warning: [nostall-forgotten-co-await]
    ++answers;
  std::printf("%d answers, they say\n", answers);
  co_return;
}

int main() { nostall::run(amain()); }
