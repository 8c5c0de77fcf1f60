//===- debug.cpp - tasks that were made and never ran ---------------------===//
//
// In debug mode each new coroutine is noted with the place of its definition,
// until it is awaited, spawned or dropped. A drop before that is a mistake: the
// report names the coroutine.
//
//===----------------------------------------------------------------------===//

#include "loop/loop_impl.h"
#include "nostall/detail/task/promise.h"
#include "nostall/detail/loop/used_on.h"
#include "nostall/detail/sync/static_mutex.h"

#include <cstdlib>
#include <cstdint>
#include <mutex>
#include <unordered_map>

namespace nostall::detail {

namespace {
static_mutex notes_mutex;
std::unordered_map<void*, std::source_location>& notes() {
  static auto* const map = new std::unordered_map<void*, std::source_location>;
  return *map; // tasks may be static objects
}
} // namespace

bool debug_by_environment() noexcept {
  const char* env = std::getenv("NOSTALL_DEBUG");
  return env && *env && *env != '0';
}
std::atomic<unsigned> in_debug_mode{debug_by_environment() ? 1u : 0u};

void note_created(void* frame, std::source_location where) noexcept {
  const std::lock_guard lock(notes_mutex);
  notes().insert_or_assign(frame, where);
}

void forget_created(void* frame) noexcept {
  const std::lock_guard lock(notes_mutex);
  notes().erase(frame);
}

void report_never_awaited(void* frame) noexcept {
  std::source_location where;
  {
    const std::lock_guard lock(notes_mutex);
    const auto it = notes().find(frame);
    if (it == notes().end())
      return; // made before debug mode was switched on
    where = it->second;
    notes().erase(it);
  }
  exception_context c{report_kind::never_awaited,
                      "coroutine '" + std::string(where.function_name()) +
                          "' was never awaited: it did not run",
                      nullptr, {}, where};
  if (loop_core* l = this_thread.loop)
    l->reports()->report(c);
  else
    default_exception_handler(c);
}

namespace {
// By number, since a new loop may stand where an old one stood.
struct living_loops {
  static_mutex mutex;
  std::uint64_t last = 0;
  std::unordered_map<std::uint64_t, loop_impl*> by_number;
};
living_loops& loops() {
  static auto* const l = new living_loops; // loops may be static objects
  return *l;
}
/// The newest loop that this thread has made; it may be gone.
constinit thread_local std::uint64_t made_here = 0;
/// Of an object that was made beside a loop, and not inside of one.
constexpr std::uint64_t loosely = std::uint64_t(1) << 63;
} // namespace

std::uint64_t enter_loop(loop_impl& l) {
  const std::lock_guard lock(loops().mutex);
  loops().by_number.emplace(++loops().last, &l);
  return made_here = loops().last;
}
void leave_loop(std::uint64_t number) noexcept {
  const std::lock_guard lock(loops().mutex);
  loops().by_number.erase(number);
}

void used_on::bind() noexcept {
  if (this_thread.loop)
    loop_.store(impl_of(*this_thread.loop).number);
  else if (made_here)
    loop_.store(made_here | loosely);
}

void used_on::check_slow(const char* who) {
  const std::lock_guard lock(loops().mutex);
  const std::uint64_t number = loop_.load();
  const auto home = loops().by_number.find(number & ~loosely);
  if (home == loops().by_number.end() || (number & loosely && this_thread.loop))
    return bind();
  check_thread(*home->second, who);
}

} // namespace nostall::detail
