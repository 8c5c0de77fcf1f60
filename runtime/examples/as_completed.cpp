// Results as they come, not as they were asked for: as_completed gives one awaitable
// for each task, the first to end first. asyncio: `for next in as_completed(tasks)`.

#include <nostall/nostall.h>

#include <cstdio>
#include <vector>

using namespace std::chrono_literals;

nostall::task<int> mirror(int ms) {
  co_await nostall::sleep(std::chrono::milliseconds(ms));
  if (ms == 20)
    throw std::runtime_error("this mirror is down");
  co_return ms;
}

nostall::task<void> amain() {
  std::vector<nostall::task<int>> mirrors;
  for (int ms : {30, 10, 20})
    mirrors.push_back(mirror(ms));
  for (auto next : nostall::as_completed(std::move(mirrors))) {
    try {
      std::printf("answer after %d ms\n", co_await next);
    } catch (const std::runtime_error& e) {
      std::printf("%s\n", e.what());
    }
  }
}

int main() { nostall::run(amain()); }
