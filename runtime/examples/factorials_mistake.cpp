// factorials.cpp with the classic mistake: the coroutine computes by itself. Nothing else
// runs until it is done, however many tasks there are.

#include <nostall/nostall.h>

#include <cstdint>
#include <cstdio>
#include <vector>

NOSTALL_CPU_BOUND std::uint64_t factorial_modulo(std::uint64_t n) {
  std::uint64_t f = 1;
  for (std::uint64_t i = 2; i <= n; ++i)
    f = f * i % 1'000'000'007;
  return f;
}

nostall::task<std::uint64_t> compute(std::uint64_t n) {
  co_return factorial_modulo(n); // warning: [nostall-blocking-call]
}

nostall::task<void> amain() {
  std::vector<nostall::task<std::uint64_t>> all;
  for (std::uint64_t n = 1; n <= 10; ++n)
    all.push_back(compute(100'000 * n));
  for (const std::uint64_t f : co_await nostall::gather(std::move(all)))
    std::printf("%llu\n", static_cast<unsigned long long>(f));
}

int main() { nostall::run(amain()); }
