// RUN: %nostall-verify %s
// An await_transform that takes what a concept or a trait lets in. The types are
// awaited nowhere: what their promise asks of them is read off the template.
// After libunifex 0.4 (senders by member types) and QCoro 0.11 (awaiter_type).
#include "co.h"
#include <coroutine>
#include <type_traits>
#include <utility>

template <class Own> struct promise_of {
  Own get_return_object();
  std::suspend_always initial_suspend() noexcept { return {}; }
  std::suspend_always final_suspend() noexcept { return {}; }
  void return_void() {}
  void unhandled_exception() {}
};
template <class S> struct runs_sender {
  S sender;
  bool await_ready() { return false; }
  void await_suspend(std::coroutine_handle<> h) { sender.connect(h); }
  void await_resume() {}
};

//===--- by a concept in the body ----------------------------------------------------

namespace in_the_body {
template <class T>
concept has_tag = requires { typename std::remove_cvref_t<T>::is_sender; };
template <class T>
concept sender = has_tag<T> && requires(T &t) { t.connect(1); };
struct task {
  struct promise_type : promise_of<task> {
    template <class A> decltype(auto) await_transform(A &&a) {
      if constexpr (sender<A>)
        return runs_sender<std::remove_cvref_t<A>>{static_cast<A &&>(a)};
      else
        return static_cast<A &&>(a);
    }
  };
};
struct base {
  using is_sender = void;
  template <class R> void connect(R &&);
};
struct schedule_sender : base {};
template <class S, class F> struct then_sender : base {
  S sender;
  F f;
};
struct tagged_only {
  using is_sender = void;
};
schedule_sender schedule();
tagged_only tagged();
int number();
template <class S, class F> then_sender<S, F> then(S, F);
template <class S, class F> then_sender<S, F> operator|(S, F);
void keep(then_sender<schedule_sender, int>);

task parent() {
  schedule(); // warning: awaitable returned by 'in_the_body::schedule'
  then(schedule(), 0); // warning: awaitable returned by 'in_the_body::then'
  auto composed = then(then(schedule(), 1), 2); // warning: awaitable in variable 'composed'
  schedule() | 1; // warning: awaitable returned by 'in_the_body::operator|'
  keep(then(schedule(), 1));
  auto kept = then(schedule(), 1);
  keep(std::move(kept));
  tagged();
  number();
  co_return;
}
} // namespace in_the_body

//===--- by a constraint -------------------------------------------------------------

namespace constrained {
template <class T>
concept sender = T::is_a_sender;
struct task {
  struct promise_type : promise_of<task> {
    template <class A>
      requires sender<std::remove_cvref_t<A>>
    auto await_transform(A &&a) {
      return runs_sender<std::remove_cvref_t<A>>{static_cast<A &&>(a)};
    }
    template <class A> A &&await_transform(co::task<A> &&a);
  };
};
template <class T> struct just_sender {
  static constexpr bool is_a_sender = true;
  template <class R> void connect(R &&);
};
template <class T> just_sender<T> just(T);
struct plain {};
plain make();
task parent() {
  just(1); // warning: awaitable returned by 'constrained::just'
  make();
  co_return;
}
} // namespace constrained

//===--- by a trait ------------------------------------------------------------------

namespace ui {
struct timer {
  void start();
};
template <class T> struct signal {};
struct other {};
signal<int> emit();
} // namespace ui

namespace trait {
using namespace ui;
template <class T> struct awaiter_type;
template <class T> using awaiter_type_t = typename awaiter_type<T>::type;
template <class T>
concept awaitable = requires(T t) { t.await_ready(); };
struct task {
  struct promise_type : promise_of<task> {
    template <class T, class Awaiter = awaiter_type_t<std::remove_cvref_t<T>>> auto await_transform(T &&value) {
      return Awaiter{value};
    }
    template <awaitable T> auto &&await_transform(T &&value) { return std::forward<T>(value); }
    template <awaitable T> auto &await_transform(T &value) { return value; }
  };
};
struct waits_for_timer {
  waits_for_timer(timer &);
  bool await_ready();
  void await_suspend(std::coroutine_handle<>);
  void await_resume();
};
template <class T> struct waits_for_signal {
  waits_for_signal(signal<T> &);
  bool await_ready();
  void await_suspend(std::coroutine_handle<>);
  T await_resume();
};
template <> struct awaiter_type<timer> {
  using type = waits_for_timer;
};
template <class T> struct awaiter_type<signal<T>> {
  using type = waits_for_signal<T>;
};
task parent(signal<int> &clicked, other &thing) {
  timer t;
  t.start();
  t; // warning: awaitable 't' is never awaited
  clicked; // warning: awaitable 'clicked' is never awaited
  (void)clicked;
  thing;
  emit(); // more than something to await
  co_return;
}
// A pointer that the promise awaits by a trait: named, and nothing else, it was meant to be awaited.
struct reply;
struct request {};
struct waits_for_reply {
  waits_for_reply(reply *);
  bool await_ready();
  void await_suspend(std::coroutine_handle<>);
  reply *await_resume();
};
template <> struct awaiter_type<reply *> {
  using type = waits_for_reply;
};
reply *ask();
struct client {
  reply *pending;
  task next(request *made) {
    reply *first = ask();
    co_await first;
    first; // warning: awaitable 'first' is never awaited
    pending; // warning: awaitable 'pending' is never awaited
    (void)first;
    ask();
    made;
  }
};
} // namespace trait

//===--- no handle can be given to it ------------------------------------------------

struct stand_in {
  bool await_ready();
  void await_suspend();
  void await_resume();
};
struct made_into {
  stand_in operator co_await();
};
stand_in guess();
void tests_a_trait() {
  guess();
  [[maybe_unused]] stand_in x = guess();
}
