//===- async_condition.cpp - waiting for a state behind a mutex -----------===//

#include "nostall/async_condition.h"
#include "nostall/shield.h"

#include <exception>
#include <string>

namespace nostall {

namespace {
class notified : detail::grantee {
public:
  explicit notified(detail::line& l) noexcept : line_(l) {}
  // Destroyed between notification and resumption: the next one gets it.
  ~notified() {
    if (granted)
      detail::grant_next(line_);
  }
  bool await_ready() const noexcept { return false; }
  bool await_suspend(std::coroutine_handle<> h) {
    line_.check("async_condition::wait()");
    return detail::stand_in_line(*this, line_, h, "async_condition::wait()",
                                 [] { return false; });
  }
  void await_resume() {
    detail::finish_wait(*this);
    granted = false;
  }

private:
  detail::line& line_;
};
} // namespace

async_condition::async_condition()
    : own_(std::make_shared<async_mutex>()), mutex_(*own_) {}
async_condition::async_condition(async_mutex& m) noexcept : mutex_(m) {}

void async_condition::require_lock(const char* who) const {
  if (!mutex_.locked())
    throw usage_error("nostall: async_condition::" + std::string(who) +
                      " needs the condition's mutex to be held");
}

/// The mutex is not held while this lives, but for `back`. It may go meanwhile.
struct async_condition::given_up : detail::bound<async_mutex> {
  bool back = false;
  explicit given_up(async_mutex& m) : bound(m) { m.release(); }
  ~given_up() {
    if (owner() && !back)
      owner()->expect_void_release();
  }
};

task<void> async_condition::wait() {
  require_lock("wait()");
  // The condition may go meanwhile.
  const auto kept = own_;
  given_up meanwhile(mutex_);
  std::exception_ptr error;
  try {
    co_await notified(line_);
  } catch (...) {
    error = std::current_exception();
  }
  if (async_mutex* const m = meanwhile.owner()) {
    const detail::shield_scope whatever_comes(
        detail::current_task_core("async_condition::wait()"));
    co_await m->acquire();
    meanwhile.back = true;
  } else if (!error) {
    throw usage_error("nostall: the mutex of a condition was destroyed before a task that "
                      "was notified had it back");
  }
  if (error)
    std::rethrow_exception(error);
}

void async_condition::notify(std::size_t n) {
  line_.check("async_condition::notify");
  require_lock("notify()");
  while (n-- > 0 && detail::grant_next(line_)) {
  }
}

void async_condition::notify_all() {
  line_.check("async_condition::notify_all");
  require_lock("notify_all()");
  while (detail::grant_next(line_)) {
  }
}

} // namespace nostall
