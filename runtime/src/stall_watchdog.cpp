//===- stall_watchdog.cpp - who holds the loop, seen from outside ---------===//
//
// The loop's thread answers in a signal handler: it walks its own stack, up to the
// frame of the loop, into a slot that the watcher has lent it. One question at a time
// in a process; the handler touches nothing but the slot.
//
//===----------------------------------------------------------------------===//

#include "nostall/stall_watchdog.h"
#include "loop_impl.h"
#include "nostall/error.h"

#include <array>
#include <cerrno>
#include <condition_variable>
#include <csignal>
#include <cstdio>
#include <cstdlib>
#include <cxxabi.h>
#include <dlfcn.h>
#include <mutex>
#include <semaphore.h>
#include <set>
#include <sys/syscall.h>
#include <system_error>
#include <thread>
#include <unistd.h>
#include <unwind.h>
#include <utility>

namespace nostall {

namespace {

constexpr int question = SIGURG;
constexpr std::size_t most_frames = 64;

/// What the loop's thread is asked, and what it answers.
struct answer {
  const detail::loop_impl* loop;
  std::uint64_t beat;
  bool held = false; ///< it was that loop's thread, in that step
  std::uintptr_t interrupted = 0;
  std::uintptr_t frames[most_frames];
  std::uintptr_t functions[most_frames];
  std::size_t count = 0;
  std::source_location where;
  char name[64] = "";
  sem_t given;
};
std::mutex one_question;
std::atomic<answer*> slot{nullptr};

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
  answer& a = *static_cast<answer*>(to);
  const std::uintptr_t loop =
      reinterpret_cast<std::uintptr_t>(&detail::loop_impl::run_watched);
  const std::uintptr_t at = _Unwind_GetIP(context);
  const std::uintptr_t function = _Unwind_GetRegionStart(context);
  if (function == loop || a.count == most_frames)
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
  if (answer* a = slot.exchange(nullptr)) {
    if (detail::this_thread.loop == a->loop && a->loop->beat.load() == a->beat) {
      a->held = true;
      a->interrupted = program_counter(context);
      if (const detail::task_core* t = detail::this_thread.current) {
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

void install_handler() {
  static const bool done = [] {
    struct sigaction action {};
    action.sa_sigaction = on_question;
    action.sa_flags = SA_RESTART | SA_SIGINFO;
    sigemptyset(&action.sa_mask);
    sigaction(question, &action, nullptr);
    return true;
  }();
  static_cast<void>(done);
}

/// False if the step has ended, or the thread does not answer in ten seconds.
bool ask(const detail::loop_impl& l, answer& a) {
  const std::lock_guard one_at_a_time(one_question);
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

stall_frame frame_at(std::uintptr_t at) {
  stall_frame f;
  Dl_info info{};
  // The address after a call may belong to the next function.
  if (!dladdr(reinterpret_cast<void*>(at - 1), &info) || !info.dli_fname)
    return f;
  f.module = info.dli_fname;
  f.offset = at - reinterpret_cast<std::uintptr_t>(info.dli_fbase);
  if (info.dli_sname) {
    int status = 0;
    char* name = abi::__cxa_demangle(info.dli_sname, nullptr, nullptr, &status);
    f.function = status == 0 ? name : info.dli_sname;
    std::free(name);
  }
  return f;
}

void append_quoted(std::string& to, std::string_view text) {
  to += '"';
  for (const char c : text) {
    if (c == '"' || c == '\\') {
      to += '\\';
      to += c;
    } else if (static_cast<unsigned char>(c) < 0x20) {
      char code[8];
      std::snprintf(code, sizeof code, "\\u%04x", c);
      to += code;
    } else {
      to += c;
    }
  }
  to += '"';
}

} // namespace

std::string to_string(const stall_report& r) {
  std::string text =
      "nostall: " + (r.task_name.empty() ? "a callback" : "task '" + r.task_name + "'") +
      (r.ended ? " held the loop for " : " holds the loop, for ") +
      std::to_string(r.duration.count() / 1'000'000) + " ms";
  if (r.where.line() != 0)
    text += std::string(" (") + r.where.file_name() + ":" +
            std::to_string(r.where.line()) + ")";
  text += r.stack.empty() ? "; it did not answer where it is\n" : "; it was in\n";
  char offset[24];
  for (const stall_frame& f : r.stack) {
    std::snprintf(offset, sizeof offset, "+0x%zx", f.offset);
    text += "    " + (f.function.empty() ? "?" : f.function) + " (" + f.module + offset +
            ")\n";
  }
  return text;
}

std::string to_json(const stall_report& r) {
  std::string json = "{\"kind\":\"stall\",\"duration_ms\":" +
                     std::to_string(r.duration.count() / 1'000'000) +
                     ",\"ended\":" + (r.ended ? "true" : "false") + ",\"task\":";
  append_quoted(json, r.task_name);
  json += ",\"file\":";
  append_quoted(json, r.where.file_name());
  json += ",\"line\":" + std::to_string(r.where.line()) + ",\"stack\":[";
  const char* separator = "{\"function\":";
  for (const stall_frame& f : r.stack) {
    json += separator;
    append_quoted(json, f.function);
    json += ",\"module\":";
    append_quoted(json, f.module);
    json += ",\"offset\":" + std::to_string(f.offset) + "}";
    separator = ",{\"function\":";
  }
  return json + "]}";
}

struct stall_watchdog::watcher {
  using clock = std::chrono::steady_clock;
  detail::loop_impl& loop;
  const options o;
  std::atomic<std::size_t> stalls{0};
  std::atomic<std::size_t> looks{0};

  watcher(detail::loop_impl& l, options opts) : loop(l), o(std::move(opts)) {
    if (loop.watched)
      detail::throw_usage("nostall: this loop has a stall_watchdog already");
    install_handler();
    if (loop.running)
      loop.tid.store(gettid());
    loop.watched = true;
    thread_ = std::thread([this] { watch(); });
  }
  ~watcher() {
    {
      const std::lock_guard lock(mutex_);
      over_ = true;
    }
    wake_.notify_one();
    thread_.join();
    loop.watched = false;
  }

private:
  // One step that lasts, from its first look to its end or to the report.
  void watch() {
    std::uint64_t seen = 0;
    clock::time_point since{};
    bool asked = false, reported = false;
    stall_report report{};
    for (;;) {
      const std::uint64_t beat = loop.beat.load(std::memory_order_relaxed);
      const clock::time_point now = clock::now();
      if (beat != seen || beat % 2 == 0) {
        if (asked && !reported)
          give(report, since, true);
        seen = beat;
        since = now;
        asked = reported = false;
      } else if (!asked && now - since >= o.threshold) {
        asked = true;
        reported = !note(report, beat);
      } else if (asked && !reported && now - since >= 8 * o.threshold) {
        reported = true;
        give(report, since, false);
      }
      looks.fetch_add(1);
      std::unique_lock lock(mutex_);
      if (wake_.wait_for(lock, o.threshold / 4, [this] { return over_; })) {
        if (asked && !reported)
          give(report, since, false);
        return;
      }
    }
  }

  /// Asks where the loop is. False if the place was reported before, or the step is
  /// over.
  bool note(stall_report& r, std::uint64_t beat) {
    answer a{};
    a.beat = beat;
    if (!ask(loop, a) && loop.beat.load() != beat)
      return false;
    stalls.fetch_add(1);
    const std::size_t n = a.count;
    place here{};
    for (std::size_t i = 0; i < here.size() && i < n; ++i)
      here[i] = a.functions[n - 1 - i];
    if (n > 0 && !places_.insert(here).second)
      return false;
    r.where = a.where;
    r.task_name = a.name;
    if (r.task_name.empty() && a.where.line() != 0)
      r.task_name = std::string(a.where.function_name()) + ":" +
                    std::to_string(a.where.line());
    r.stack.clear();
    for (std::size_t i = 0; i < n; ++i)
      r.stack.push_back(frame_at(a.frames[i]));
    return true;
  }

  void give(stall_report& r, clock::time_point since, bool ended) {
    r.duration = clock::now() - since;
    r.ended = ended;
    if (!o.json_lines.empty())
      if (std::FILE* f = std::fopen(o.json_lines.c_str(), "a")) {
        std::fputs((to_json(r) + "\n").c_str(), f);
        std::fclose(f);
      }
    if (o.on_stall)
      o.on_stall(r);
    else if (o.json_lines.empty())
      std::fputs(to_string(r).c_str(), stderr);
  }

  /// The outermost functions: the library's own, the coroutine or callback, and what
  /// it called.
  using place = std::array<std::uintptr_t, 6>;
  std::set<place> places_;
  std::mutex mutex_;
  std::condition_variable wake_;
  bool over_ = false;
  std::thread thread_;
};

stall_watchdog::stall_watchdog(event_loop& loop) : stall_watchdog(loop, options{}) {}
stall_watchdog::stall_watchdog(event_loop& loop, options o)
    : watcher_(std::make_unique<watcher>(detail::impl_of(loop.core()), std::move(o))) {}
stall_watchdog::~stall_watchdog() = default;
std::size_t stall_watchdog::stalls() const noexcept { return watcher_->stalls; }
std::size_t stall_watchdog::looks() const noexcept { return watcher_->looks; }

} // namespace nostall
