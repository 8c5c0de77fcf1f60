//===- stack_question.cpp - asking a thread where it is -------------------===//

#include "debug/stack_question.h"
#include "nostall/detail/sync/static_mutex.h"

#include <atomic>
#include <cerrno>
#include <csignal>
#include <ctime>
#include <mutex>
#include <sys/syscall.h>
#include <unistd.h>
#include <unwind.h>

namespace nostall::detail {

namespace {

static_mutex one_question;
std::atomic<stack_answer*> slot{nullptr};
int question = 0; // 0: not chosen; under the mutex

std::uintptr_t program_counter([[maybe_unused]] const void* context) noexcept {
#if defined(__x86_64__)
  return static_cast<std::uintptr_t>(
      static_cast<const ucontext_t*>(context)->uc_mcontext.gregs[REG_RIP]);
#elif defined(__aarch64__)
  return static_cast<const ucontext_t*>(context)->uc_mcontext.pc;
#else
  return 0;
#endif
}

_Unwind_Reason_Code note_frame(_Unwind_Context* context, void* to) {
  stack_answer& a = *static_cast<stack_answer*>(to);
  const std::uintptr_t loop =
      reinterpret_cast<std::uintptr_t>(&loop_impl::run_watched);
  const std::uintptr_t at = _Unwind_GetIP(context);
  const std::uintptr_t function = _Unwind_GetRegionStart(context);
  if (function == loop || a.count == stack_answer::most_frames)
    return _URC_END_OF_STACK;
  if (at == a.interrupted)
    a.count = 0; // so far, it was the handler
  if (at != 0) {
    a.frames[a.count] = at;
    a.functions[a.count++] = function;
  }
  return _URC_NO_REASON;
}

void on_question(int, siginfo_t*, void* context) {
  const int saved = errno;
  if (stack_answer* a = slot.exchange(nullptr)) {
    if (this_thread.loop == a->loop && a->loop->beat.load() == a->beat) {
      a->held = true;
      a->interrupted = program_counter(context);
      if (const task_core* t = this_thread.current) {
        a->where = t->where;
        if (t->extras)
          t->extras->name.copy(a->name, sizeof a->name - 1);
      }
      _Unwind_Backtrace(&note_frame, a);
    }
    sem_post(&a->given);
  }
  errno = saved;
}

bool is_ours(int signal) noexcept {
  struct sigaction now {};
  return signal != 0 && sigaction(signal, nullptr, &now) == 0 &&
         (now.sa_flags & SA_SIGINFO) && now.sa_sigaction == on_question;
}

// It stays ours: a question that was not answered in time may be answered at any later
// one, and without a handler it would end the program.
void choose_signal() noexcept {
  if (is_ours(question))
    return;
  question = 0;
  // The last one tells a worker process that its parent has gone.
  for (int s = SIGRTMAX - 1; s >= SIGRTMIN; --s) {
    struct sigaction now {};
    if (sigaction(s, nullptr, &now) != 0 || (now.sa_flags & SA_SIGINFO) ||
        now.sa_handler != SIG_DFL)
      continue;
    struct sigaction action {};
    action.sa_sigaction = on_question;
    action.sa_flags = SA_RESTART | SA_SIGINFO | SA_ONSTACK;
    sigemptyset(&action.sa_mask);
    if (sigaction(s, &action, nullptr) == 0) {
      question = s;
      return;
    }
  }
}

} // namespace

void prepare_question() noexcept {
  const std::lock_guard one_at_a_time(one_question);
  choose_signal();
}

bool ask(const loop_impl& l, stack_answer& a) {
  const std::lock_guard one_at_a_time(one_question);
  choose_signal();
  if (question == 0)
    return false;
  a.loop = &l;
  sem_init(&a.given, 0, 0);
  slot.store(&a);
  bool answered = false;
  if (syscall(SYS_tgkill, getpid(), l.tid.load(), question) == 0) {
    timespec until{};
    clock_gettime(CLOCK_REALTIME, &until);
    until.tv_sec += 10;
    while (!(answered = sem_timedwait(&a.given, &until) == 0) && errno == EINTR) {
    }
  }
  // Taken, and not given yet: the handler is at work.
  if (!answered && slot.exchange(nullptr) == nullptr)
    while (!(answered = sem_wait(&a.given) == 0)) {
    }
  sem_destroy(&a.given);
  return answered && a.held;
}

} // namespace nostall::detail
