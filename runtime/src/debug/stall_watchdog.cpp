//===- stall_watchdog.cpp - who holds the loop, seen from outside ---------===//

#include "nostall/stall_watchdog.h"
#include "debug/stack_question.h"
#include "loop/loop_impl.h"
#include "process/birthplace.h"
#include "nostall/error.h"

#include <array>
#include <atomic>
#include <condition_variable>
#include <cstdio>
#include <cstdlib>
#include <cxxabi.h>
#include <dlfcn.h>
#include <mutex>
#include <set>
#include <thread>
#include <unistd.h>
#include <utility>

namespace nostall {

namespace {

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

} // namespace

struct stall_watchdog::watcher final : detail::loop_watcher {
  using clock = std::chrono::steady_clock;
  detail::loop_impl& loop; ///< there as long as it is watched
  const options o;
  std::atomic<std::size_t> stalls{0};
  std::atomic<std::size_t> looks{0};
  const detail::birthplace made{};
  watcher* left_before = nullptr; ///< see ~stall_watchdog

  watcher(detail::loop_impl& l, options opts) : loop(l), o(std::move(opts)) {
    if (loop.watched)
      detail::throw_usage("nostall: this loop has a stall_watchdog already");
    detail::prepare_question();
    if (loop.running)
      loop.tid.store(gettid());
    thread_ = std::thread([this] { watch(); });
    loop.watched = this; // last, since a thread may not be to be had
  }
  ~watcher() { let_go(); }
  void let_go() noexcept override {
    if (over_)
      return;
    if (thread_.get_id() == std::this_thread::get_id())
      detail::die("nostall: a stall_watchdog was destroyed by its own on_stall, on the "
                  "watcher's thread; let the loop do it");
    loop.watched = nullptr;
    if (!made.here()) { // the thread is the parent's, and may have held the lock
      over_ = true;
      return;
    }
    {
      const std::lock_guard lock(mutex_);
      over_ = true;
    }
    wake_.notify_one();
    thread_.join();
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
      } else if (asked && !reported && (now - since) / 8 >= o.threshold) {
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
    detail::stack_answer a{};
    a.beat = beat;
    if (!detail::ask(loop, a) && loop.beat.load() != beat)
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
      call(r);
    else if (o.json_lines.empty())
      std::fputs(to_string(r).c_str(), stderr);
  }

  /// What it throws is written down: nobody else is there to be told.
  void call(const stall_report& r) noexcept {
    try {
      o.on_stall(r);
    } catch (...) {
      std::fputs(("nostall: on_stall of a stall_watchdog threw: " +
                  describe(std::current_exception()) + "\n")
                     .c_str(),
                 stderr);
    }
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
    : watcher_(std::make_unique<watcher>(detail::impl_of(detail::access::core(loop)), std::move(o))) {}
stall_watchdog::~stall_watchdog() {
  static watcher* left = nullptr;
  if (!watcher_->made.here()) { // its std::thread can be neither joined nor destroyed
    watcher_->let_go();
    watcher_->left_before = left;
    left = watcher_.release();
  }
}
std::size_t stall_watchdog::stalls() const noexcept { return watcher_->stalls; }
std::size_t stall_watchdog::looks() const noexcept { return watcher_->looks; }

} // namespace nostall
