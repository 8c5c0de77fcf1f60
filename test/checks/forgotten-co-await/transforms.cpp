// RUN: %nostall-verify %s --checks=-*,nostall-forgotten-co-await,nostall-blocking-call
// Tasks that are awaitable through a promise's await_transform alone, written
// as libraries write it: a function of the type that the promise calls, a
// function object in between, a promise that takes anything.
#include "by_promise.h"
#include <exception>

extern "C" unsigned sleep(unsigned);

//===--- by a friend, through a function object (by_promise.h) -----------------

namespace friendly {
struct plain {
  friend plain co_other(executor, plain);
};
task<int> answer();
semi<int> later();
// std::move of <algorithm> calls a function of this name, and nobody awaits by it.
struct wraps {
  awaiter_of<int> base() const;
};
plain nothing();
wraps wrapped();
task<void> uses() {
  answer(); // warning: task returned by 'friendly::answer' is never awaited, so the coroutine never runs; add 'co_await' // fix: co_await answer();
  later();  // warning: awaitable returned by 'friendly::later' is never awaited // fix: co_await later();
  nothing();
  wrapped();
  auto kept = answer(); // warning: task in variable 'kept' // fix: co_await answer();
  co_await answer();
  co_await later();
}
task<void> blocks() {
  sleep(1); // warning: blocks
  co_return;
}
void elsewhere() {
  answer(); // warning: await it in a coroutine, or spawn it
  later();
}
} // namespace friendly

//===--- by a member that the promise calls (P2300's as_awaitable) --------------------

namespace members {
template <class Promise> struct with_senders {
  template <class S> decltype(auto) await_transform(S &&s) {
    return static_cast<S &&>(s).as_awaitable(static_cast<Promise &>(*this));
  }
};
struct job {
  struct promise_type : with_senders<promise_type> {
    job get_return_object();
    std::suspend_always initial_suspend() noexcept { return {}; }
    std::suspend_always final_suspend() noexcept { return {}; }
    void unhandled_exception();
    void return_void();
  };
  template <class P> awaiter_of<void> as_awaitable(P &) && { return {}; }
};
struct timer {
  template <class P> awaiter_of<void> as_awaitable(P &) && { return {}; }
};
struct not_for_it {
  void start();
};
job work();
timer after(int);
not_for_it other();
job uses() {
  work();   // warning: task returned by 'members::work' // fix: co_await work();
  after(1); // warning: awaitable returned by 'members::after' // fix: co_await after(1);
  other();
  co_await work();
  co_await after(1);
}
} // namespace members

//===--- a promise that hands on what it is given takes nothing new --------------------

namespace hands_on {
struct runs_by_itself {
  struct promise_type {
    runs_by_itself get_return_object();
    std::suspend_always initial_suspend() noexcept { return {}; }
    std::suspend_never final_suspend() noexcept { return {}; }
    void unhandled_exception();
    void return_void();
    template <class A> A &&await_transform(A &&a) {
      return static_cast<A &&>(a);
    }
  };
};
runs_by_itself make();
runs_by_itself uses(awaiter_of<int> a) {
  make();
  co_await a;
}
} // namespace hands_on

//===--- fire and forget, whatever it can await ----------------------------------------

namespace detached {
struct fire {
  struct promise_type {
    fire get_return_object();
    std::suspend_never initial_suspend() noexcept { return {}; }
    std::suspend_never final_suspend() noexcept { return {}; }
    void unhandled_exception();
    void return_void();
    template <class A> awaiter_of<void> await_transform(A &&) { return {}; }
  };
};
fire forget();
fire uses() {
  forget();
  co_await 1;
}
} // namespace detached

//===--- when it begins: what the pieces do ------------------------------------------------

namespace begins {
struct pool {
  void post(std::coroutine_handle<>);
};
pool &thePool();
struct posts {
  bool await_ready() const noexcept { return false; }
  void await_suspend(std::coroutine_handle<> h) { thePool().post(h); }
  void await_resume() const noexcept {}
};
struct stays {
  bool await_ready() const noexcept { return false; }
  void await_suspend(std::coroutine_handle<>) const noexcept {}
  void await_resume() const noexcept {}
};
struct stays_by_operator {
  stays operator co_await() const { return {}; }
};
template <class Self, class Initial> struct base {
  Self get_return_object() { return Self{}; }
  Initial initial_suspend() noexcept { return {}; }
  std::suspend_always final_suspend() noexcept { return {}; }
  void unhandled_exception();
  void return_void();
};
struct posted : awaiter_of<void> {
  struct promise_type : base<posted, posts> {};
};
struct lying : awaiter_of<void> {
  struct promise_type : base<lying, stays_by_operator> {};
};
struct resumed_when_made : awaiter_of<void> {
  struct promise_type : base<resumed_when_made, std::suspend_always> {
    resumed_when_made get_return_object() {
      return resumed_when_made(
          std::coroutine_handle<promise_type>::from_promise(*this));
    }
  };
  explicit resumed_when_made(std::coroutine_handle<promise_type> h) {
    h.resume();
  }
};
posted post();
lying lie();
resumed_when_made run();
void starts() {
  post(); // warning: so it runs, but
  lie();  // warning: so the coroutine never runs
  run();  // warning: so it runs, but
}
} // namespace begins

//===--- what a co_await gives -------------------------------------------------------------

namespace gives {
struct guard {
  bool await_ready();
  void await_suspend(std::coroutine_handle<>);
  void await_resume();
};
struct [[nodiscard]] must_use : guard {};
struct task : awaiter_of<void> {
  struct promise_type : begins::base<task, std::suspend_always> {};
};
task uses(awaiter_of<guard> a, awaiter_of<must_use> b, awaiter_of<task> c) {
  co_await a;
  co_await b; // warning: awaitable made here is never awaited
  co_await c; // warning: task made here is never awaited
}
} // namespace gives

//===--- a range that is its own iterator -----------------------------------------------------

namespace own_iterator {
struct pong;
struct ping {
  struct promise_type : begins::base<ping, std::suspend_always> {
    std::suspend_always yield_value(int);
  };
  pong next();
};
struct pong {
  struct promise_type : begins::base<pong, std::suspend_always> {
    std::suspend_always yield_value(int);
  };
  ping begin();
  pong &next();
};
ping pings() { co_yield 1; }
pong pongs() { co_yield 1; }
void uses() {
  pings();
  pongs();
}
} // namespace own_iterator
