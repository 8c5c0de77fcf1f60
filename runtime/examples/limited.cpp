// Many fetches, few at a time: a semaphore lets three in, the others wait in line
// without holding up the loop.

#include <nostall/nostall.h>

#include <algorithm>
#include <cstdio>
#include <vector>

using namespace std::chrono_literals;

struct crawler {
  nostall::async_semaphore slots{3};
  int busy = 0;
  int most = 0;

  nostall::task<int> fetch(int page) {
    auto slot = co_await slots.permit(); // given back at the end of the scope
    most = std::max(most, ++busy);
    co_await nostall::sleep(2ms);
    --busy;
    co_return page;
  }
};

nostall::task<void> amain() {
  crawler c;
  std::vector<nostall::task<int>> pages;
  for (int page = 0; page < 10; ++page)
    pages.push_back(c.fetch(page));
  auto got = co_await nostall::gather(std::move(pages));
  std::printf("%zu pages, never more than %d at a time\n", got.size(), c.most);
}

int main() { nostall::run(amain()); }
