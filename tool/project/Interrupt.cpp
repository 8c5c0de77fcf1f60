//===- Interrupt.cpp - Ctrl-C, and what it leaves -------------------------===//

#include "Interrupt.h"
#include <unistd.h>

namespace nostall {

static volatile std::sig_atomic_t Caught = 0;

/// The exit code that shells give to a process which a signal has ended.
static constexpr int SignalBase = 128;

static void onSignal(int Signal) {
  if (Caught)
    _exit(SignalBase + Signal);
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
