// What an outside project does with the installed runtime.

#include <nostall/nostall.h>

#include <cstdio>

nostall::task<int> amain() {
  co_await nostall::sleep(std::chrono::milliseconds(1));
  co_return 42;
}

int main() {
  const int answer = nostall::run(amain());
  std::printf("%d\n", answer);
  return answer == 42 ? 0 : 1;
}
