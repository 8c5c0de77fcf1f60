//===- run.cpp - SIGINT while a main task runs ----------------------------===//

#include "nostall/run.h"
#include "loop/loop_impl.h"

#include <csignal>
#include <unistd.h>

namespace nostall {

bool runner::interrupt_guard::wanted() noexcept {
  struct sigaction now {};
  return getpid() == gettid() && sigaction(SIGINT, nullptr, &now) == 0 &&
         !(now.sa_flags & SA_SIGINFO) && now.sa_handler == SIG_DFL;
}

void runner::interrupt_guard::claim(detail::callback_node* n) {
  detail::impl_of(loop_.core()).signals.watch(SIGINT, n, true);
}

runner::interrupt_guard::~interrupt_guard() {
  if (active_)
    loop_.remove_signal_handler(SIGINT);
}

} // namespace nostall
