// RUN: %nostall-verify %s --checks=-*,nostall-forgotten-co-await,nostall-blocking-call,nostall-await-holding-lock
// A value that co_await opens, or passes on, is not a task: nothing waits for
// it. What tells is what its awaiter does with the coroutine's handle.
#include <coroutine>
#include <exception>
#include <mutex>
#include <nostall/annotations.h>
#include <utility>
#include <vector>

extern "C" unsigned sleep(unsigned);

//===--- opened by ending the coroutine: like folly::Expected -------------------------

namespace ends {
template <class T> class outcome {
public:
  struct promise_type {
    outcome *result = nullptr;
    outcome get_return_object();
    std::suspend_never initial_suspend() noexcept { return {}; }
    std::suspend_never final_suspend() noexcept { return {}; }
    void return_value(T);
    void unhandled_exception();
  };
  struct opener {
    outcome self;
    bool await_ready() const noexcept { return self.good(); }
    void await_suspend(std::coroutine_handle<promise_type> h) {
      *h.promise().result = std::move(self);
      h.destroy();
    }
    T await_resume() { return std::move(self).get(); }
  };
  opener operator co_await() && { return {std::move(*this)}; }
  bool good() const;
  T get() &&;
};
outcome<int> parse();
outcome<int> sum() {
  parse();
  auto first = parse();
  co_return co_await parse() + 1;
}
outcome<int> slow() {
  sleep(1); // by whoever calls it
  co_return co_await parse();
}
void plain() {
  parse();
  sum();
}
} // namespace ends

//===--- opened by leaving word in the promise ----------------------------------------

namespace leaves_word {
struct error {};
struct maybe {
  struct promise_type {
    error *failure = nullptr;
    maybe get_return_object();
    std::suspend_never initial_suspend() noexcept { return {}; }
    std::suspend_always final_suspend() noexcept { return {}; }
    void return_void();
    void unhandled_exception();
  };
  bool has;
  error why;
  bool await_ready() const noexcept { return has; }
  template <class P> void await_suspend(std::coroutine_handle<P> h) noexcept {
    h.promise().failure = &why;
  }
  void await_resume() const noexcept {}
};
maybe check();
maybe all() {
  check();
  co_await check();
}
} // namespace leaves_word

//===--- opened by a promise of the same kind -----------------------------------------

namespace by_transform {
template <class T> struct checked {
  struct promise_type {
    struct opener {
      checked c;
      bool await_ready() const noexcept { return c.fine; }
      bool await_suspend(std::coroutine_handle<promise_type> h) noexcept {
        h.destroy();
        return true;
      }
      T await_resume();
    };
    checked get_return_object();
    std::suspend_never initial_suspend() noexcept { return {}; }
    std::suspend_never final_suspend() noexcept { return {}; }
    void return_value(T);
    void unhandled_exception();
    template <class U> auto await_transform(checked<U> c) {
      return typename checked<U>::promise_type::opener{c};
    }
  };
  bool fine;
};
checked<int> get();
checked<int> use() {
  get();
  co_return co_await get();
}
} // namespace by_transform

//===--- declared only: the value can be had without waiting --------------------------

namespace declared {
template <class T> class optional_like {
public:
  struct promise_type {
    optional_like get_return_object();
    std::suspend_never initial_suspend() noexcept;
    std::suspend_never final_suspend() noexcept;
    void return_value(T);
    void unhandled_exception();
  };
  optional_like(T);
  explicit operator bool() const;
  T &operator*();
  bool await_ready() const;
  void await_suspend(std::coroutine_handle<promise_type>);
  T await_resume();
};
optional_like<int> find();
void search() { find(); }
} // namespace declared

//===--- these do wait: the handle is kept, whatever else is beside it ----------------

namespace waits {
struct list {
  void add(std::coroutine_handle<>);
};
struct event {
  list waiters;
  bool set;
  struct waiter {
    event &of;
    bool await_ready() const noexcept { return of.set; }
    void await_suspend(std::coroutine_handle<> h) { of.waiters.add(h); }
    void await_resume() const noexcept {}
  };
  waiter operator co_await() { return {*this}; }
  explicit operator bool() const;
  int operator*() const;
};
struct stored {
  std::coroutine_handle<> continuation;
  bool await_ready() const noexcept { return false; }
  bool await_suspend(std::coroutine_handle<> h) {
    continuation = h;
    return true;
  }
  void await_resume() const noexcept {}
};
struct node {
  std::coroutine_handle<> h;
};
struct in_a_node {
  node *head;
  bool await_ready() const noexcept { return head != nullptr; }
  void await_suspend(std::coroutine_handle<> h) { *head = node{h}; }
  void await_resume() const noexcept {}
};
struct all_of { // ready at the end, if nothing was in the way: like cobalt's join
  event *parts[2];
  int at = 0;
  bool await_ready() {
    while (at < 2)
      if (!parts[at++]->set)
        return false;
    return true;
  }
  template <class P> bool await_suspend(std::coroutine_handle<P> h) {
    parts[at]->waiters.add(h);
    return true;
  }
  void await_resume() {}
};
all_of both();
event make_event();
stored make_stored();
in_a_node make_node();
void drops() {
  both();        // warning: awaitable returned by 'waits::both'
  make_event();  // warning: awaitable returned by 'waits::make_event'
  make_stored(); // warning: awaitable returned by 'waits::make_stored'
  make_node();   // warning: awaitable returned by 'waits::make_node'
}
} // namespace waits

//===--- what is awaited for what it does: it is never ready, and gives nothing ---------

namespace acts {
struct job;
template <class T> struct ready {
  T value;
  bool await_ready() const noexcept { return true; }
  void await_suspend(std::coroutine_handle<>) const noexcept {}
  T await_resume() const { return value; }
};
template <> struct ready<void> {
  bool await_ready() const noexcept { return true; }
  void await_suspend(std::coroutine_handle<>) const noexcept {}
  void await_resume() const noexcept {}
};
struct forbid_signals {};
struct priority {};
struct ends_it { // like seastar's coroutine::exception, tmc's co_unlock_return
  bool await_ready() const noexcept { return false; }
  template <class P> void await_suspend(std::coroutine_handle<P> h) noexcept {
    h.promise().failed = true;
    h.destroy();
  }
  void await_resume() const noexcept {}
};
struct which_promise { // only asks
  void *found = nullptr;
  bool await_ready() const noexcept { return false; }
  template <class P> bool await_suspend(std::coroutine_handle<P> h) noexcept {
    found = &h.promise();
    return false;
  }
  void *await_resume() const noexcept { return found; }
};
struct at_exit { // a coroutine that is told when to run, like stdexec's at_coroutine_exit
  struct promise_type {
    at_exit get_return_object();
    std::suspend_always initial_suspend() noexcept { return {}; }
    std::suspend_never final_suspend() noexcept { return {}; }
    void return_void();
    void unhandled_exception();
  };
  std::coroutine_handle<promise_type> mine;
  int args = 0;
  bool await_ready() const noexcept { return false; }
  template <class P> bool await_suspend(std::coroutine_handle<P> h) noexcept {
    h.promise().last = mine;
    return false;
  }
  int &await_resume() noexcept { return args; }
};
struct job {
  struct promise_type {
    bool failed = false;
    std::coroutine_handle<> last;
    job get_return_object();
    std::suspend_always initial_suspend() noexcept { return {}; }
    std::suspend_always final_suspend() noexcept { return {}; }
    void return_void();
    void unhandled_exception();
    ready<void> await_transform(forbid_signals) { return {}; }
    ready<int> await_transform(priority) { return {1}; }
    template <class A> A &&await_transform(A &&a) { return static_cast<A &&>(a); }
  };
};
// A status that co_await passes on is a value, though it gives nothing.
struct status {
  int code;
  bool ok() const { return code == 0; }
  bool await_ready() const noexcept { return false; }
  template <class P> bool await_suspend(std::coroutine_handle<P> h) noexcept {
    if (ok())
      return false;
    h.promise().failed = true;
    h.destroy();
    return true;
  }
  void await_resume() const noexcept {}
};
status write_down();
at_exit clean_up() { co_return; }
ends_it unlock_and_return();
job uses(std::mutex &m) {
  unlock_and_return(); // warning: awaitable returned by 'acts::unlock_and_return'
  clean_up();          // warning: task returned by 'acts::clean_up'
  forbid_signals{};    // warning: awaitable made here
  which_promise{};
  priority{};
  write_down();
  // None of them waits.
  std::lock_guard guard(m);
  co_await clean_up();
  co_await forbid_signals{};
  co_await which_promise{};
  co_await priority{};
  co_await unlock_and_return();
}
} // namespace acts

//===--- another thing that is called promise_type -------------------------------------

namespace not_a_coroutines {
template <class T> struct promise {
  void set_value(T);
};
struct channel {
  using promise_type = promise<int>;
  bool await_ready();
  void await_suspend(std::coroutine_handle<>);
  void await_resume();
};
struct store {
  using promise_type = promise<int>;
};
channel open();
store make();
void uses() {
  open(); // warning: awaitable returned by 'not_a_coroutines::open'
  make();
}
} // namespace not_a_coroutines

//===--- a task in whose coroutine only values are opened is on the loop -----------------

struct task {
  struct promise_type {
    leaves_word::error *failure;
    task get_return_object();
    std::suspend_always initial_suspend() noexcept { return {}; }
    std::suspend_always final_suspend() noexcept { return {}; }
    void return_void();
    void unhandled_exception();
  };
  bool await_ready();
  void await_suspend(std::coroutine_handle<>);
  void await_resume();
};
task opens(leaves_word::maybe m) {
  sleep(1); // warning: blocks
  co_await m;
}

//===--- the awaiter leaves it to a helper ------------------------------------------------

namespace by_a_helper {
struct fault {
  int code;
};
template <class Promise>
void give_up(std::coroutine_handle<Promise> h, fault why) {
  h.promise().why = why;
  h.destroy();
}
struct opener {
  fault why;
  bool await_ready() const noexcept { return why.code == 0; }
  template <class Promise>
  void await_suspend(std::coroutine_handle<Promise> h) const {
    give_up(h, why);
  }
  void await_resume() const noexcept {}
};
struct verdict {
  struct promise_type {
    fault why;
    verdict get_return_object();
    std::suspend_never initial_suspend() noexcept { return {}; }
    std::suspend_never final_suspend() noexcept { return {}; }
    void return_value(fault);
    void unhandled_exception();
  };
  fault why;
  opener operator co_await() const { return {why}; }
};
verdict check(int);

std::vector<std::coroutine_handle<>> parked;
void park(std::coroutine_handle<> h) { parked.push_back(h); }
void park_it(std::coroutine_handle<> h) { park(h); }
struct event {
  bool await_ready() const noexcept { return false; }
  void await_suspend(std::coroutine_handle<> h) const { park_it(h); }
  void await_resume() const noexcept {}
};
event next();
verdict checks() {
  check(1);
  next(); // warning: awaitable returned by 'by_a_helper::next'
  co_await check(2);
  co_return fault{};
}
} // namespace by_a_helper

//===--- opened without a word: who owns the coroutine sees that it is not done ------

namespace says_nothing {
struct maybe {
  int v;
  bool ok() const;
};
struct job {
  struct promise_type {
    job get_return_object();
    std::suspend_always initial_suspend() noexcept { return {}; }
    std::suspend_always final_suspend() noexcept { return {}; }
    void return_void();
    void unhandled_exception();
    auto await_transform(maybe m) {
      struct opener {
        maybe m;
        bool await_ready() { return m.ok(); }
        void await_suspend(std::coroutine_handle<>) {}
        int await_resume() { return m.v; }
      };
      return opener{m};
    }
    job await_transform(job);
  };
  bool await_ready();
  void await_suspend(std::coroutine_handle<>);
  void await_resume();
};
maybe find(int);
job save();
job run() {
  find(1);
  auto first = find(2);
  co_await find(3);
  save(); // warning: add 'co_await'
}
} // namespace says_nothing

// Not a value to be opened: something that co_await does, and that must be done.
struct done_at_once {
  bool await_ready() const noexcept { return true; }
  void await_suspend(std::coroutine_handle<>) noexcept {}
  void await_resume() noexcept {}
};
[[nodiscard("await it")]] done_at_once fork(int);
done_at_once noted(int);
task forks() {
  co_await fork(1);
  fork(2); // warning: awaitable returned by 'fork' is never awaited
  noted(3);
}
