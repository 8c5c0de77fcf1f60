//===- Interrupt.cpp - Ctrl-C, and what it leaves -------------------------===//

#include "Interrupt.h"
#include <cstdint>
#include <ctime>
#include <unistd.h>

namespace nostall {

static volatile std::sig_atomic_t Caught = 0;

/// The exit code that shells give to a process which a signal has ended.
static constexpr int SignalBase = 128;

/// Two signals within this time are one wish.
static constexpr int64_t OneWishMs = 500;
static volatile int64_t CaughtAtMs = 0;

static int64_t nowMs() {
  timespec Now = {};
  clock_gettime(CLOCK_MONOTONIC, &Now);
  return Now.tv_sec * int64_t(1000) + Now.tv_nsec / 1000000;
}

static void onSignal(int Signal) {
  if (Caught && nowMs() - CaughtAtMs >= OneWishMs)
    _exit(SignalBase + Signal);
  if (!Caught)
    CaughtAtMs = nowMs();
  Caught = Signal;
}

Interrupt::Interrupt() {
  struct sigaction Action = {};
  Action.sa_handler = onSignal;
  sigemptyset(&Action.sa_mask);
  Action.sa_flags = SA_RESTART;
  // Who started us may have said that Ctrl-C is not for us (nohup, `&`).
  auto Install = [&](int Signal, struct sigaction &Before) {
    sigaction(Signal, nullptr, &Before);
    if (Before.sa_handler != SIG_IGN)
      sigaction(Signal, &Action, nullptr);
  };
  Install(SIGINT, BeforeInt);
  Install(SIGTERM, BeforeTerm);
}

Interrupt::~Interrupt() {
  // One that came is on its way to an exit code; the next ends us at once.
  if (Caught)
    return;
  sigaction(SIGINT, &BeforeInt, nullptr);
  sigaction(SIGTERM, &BeforeTerm, nullptr);
}

int Interrupt::caught() { return Caught; }

} // namespace nostall
