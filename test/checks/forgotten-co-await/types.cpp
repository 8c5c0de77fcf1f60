// RUN: %nostall-verify %s
// What is a task, what may be dropped, and when a coroutine begins, all read
// off the types.
#include <coroutine>
#include <exception>
#include <memory>
#include <nostall/annotations.h>
#include <utility>

using std::coroutine_handle;
using std::suspend_always;
using std::suspend_never;

struct awaiter_members {
  bool await_ready() const noexcept;
  void await_suspend(coroutine_handle<>) const noexcept;
  void await_resume() const noexcept;
};
template <class Self, class Initial> struct promise_base {
  Self get_return_object();
  Initial initial_suspend() noexcept;
  suspend_always final_suspend() noexcept;
  void return_void();
  void unhandled_exception();
};

//===--- awaitable by members, by operator, by free operator -----------------------

struct by_members : awaiter_members {};
struct by_operator {
  awaiter_members operator co_await() const;
};
struct by_free_operator {};
awaiter_members operator co_await(by_free_operator);
template <class T> struct by_free_template {};
template <class T> awaiter_members operator co_await(by_free_template<T> &&);
namespace lib {
struct by_free_reference {};
awaiter_members operator co_await(const by_free_reference &);
inline namespace v1 {
struct by_free_in_inline {};
awaiter_members operator co_await(by_free_in_inline);
} // namespace v1
struct not_awaitable {};
} // namespace lib
// Found in the namespace of a base, as seastar's without_preemption_check is.
namespace lib::inner {
struct by_free_of_base : by_free_reference {};
template <class T> struct by_free_for_derived;
} // namespace lib::inner
namespace lib {
template <class T> struct base_of_awaited {};
template <class T> awaiter_members operator co_await(inner::by_free_for_derived<T>);
namespace inner {
template <class T> struct by_free_for_derived : base_of_awaited<T> {};
struct beside_no_operator {};
} // namespace inner
} // namespace lib
struct only_two {
  bool await_ready();
  void await_resume();
};
class hidden_members {
  bool await_ready();
  void await_suspend(coroutine_handle<>);
  void await_resume();
};
enum class code { ok };
awaiter_members operator co_await(code);

template <class T> T make();
void awaitables() {
  make<by_members>();        // warning: awaitable returned by 'make'
  make<lib::inner::by_free_of_base>(); // warning: awaitable returned by 'make'
  make<lib::inner::by_free_for_derived<int>>(); // warning: awaitable returned by 'make'
  make<lib::inner::beside_no_operator>();
  make<by_operator>();       // warning: awaitable
  make<by_free_operator>();  // warning: awaitable
  make<by_free_template<int>>(); // warning: awaitable
  make<lib::by_free_reference>(); // warning: awaitable
  make<lib::by_free_in_inline>(); // warning: awaitable
  make<lib::not_awaitable>();
  make<only_two>();
  make<int>();
  make<code>();
  make<std::unique_ptr<by_members>>();
  make<by_members &>();
  make<by_members *>();
  make<suspend_always>(); // warning: awaitable
  make<coroutine_handle<>>();
  new by_members;
  by_members{}; // warning: awaitable made here
  by_members(); // warning: awaitable made here
}

//===--- when it begins -------------------------------------------------------------

struct lazy : awaiter_members {
  struct promise_type : promise_base<lazy, suspend_always> {};
};
struct eager : awaiter_members {
  struct promise_type : promise_base<eager, suspend_never> {};
};
struct lazy_nested : awaiter_members {
  struct promise_type : promise_base<lazy_nested, suspend_always> {};
};
struct eager_nested : awaiter_members {
  struct promise_type : promise_base<eager_nested, suspend_never> {};
};
struct custom_lazy_awaiter {
  bool await_ready() const noexcept { return false; }
  void await_suspend(coroutine_handle<>) noexcept;
  void await_resume() noexcept;
};
struct custom_eager_awaiter {
  constexpr bool await_ready() const noexcept { return true; }
  void await_suspend(coroutine_handle<>) noexcept;
  void await_resume() noexcept;
};
struct inherited_awaiter : suspend_always {};
struct custom_lazy : awaiter_members {
  struct promise_type : promise_base<custom_lazy, custom_lazy_awaiter> {};
};
struct custom_eager : awaiter_members {
  struct promise_type : promise_base<custom_eager, custom_eager_awaiter> {};
};
struct inherits_lazy : awaiter_members {
  struct promise_type : promise_base<inherits_lazy, inherited_awaiter> {};
};
struct auto_lazy : awaiter_members {
  struct promise_type : promise_base<auto_lazy, suspend_never> {
    auto initial_suspend() noexcept { return suspend_always(); }
  };
};
struct auto_local : awaiter_members {
  struct promise_type : promise_base<auto_local, suspend_never> {
    auto initial_suspend() noexcept {
      struct start {
        bool await_ready() noexcept { return false; }
        void await_suspend(coroutine_handle<>) noexcept {}
        void await_resume() noexcept {}
      };
      return start{};
    }
  };
};
struct decides_at_run_time {
  bool flag;
  bool await_ready() const noexcept { return flag; }
  void await_suspend(coroutine_handle<>) noexcept;
  void await_resume() noexcept;
};
struct unknown_start : awaiter_members {
  struct promise_type : promise_base<unknown_start, decides_at_run_time> {};
};
template <class T> struct generic_promise {
  suspend_always initial_suspend() noexcept { return {}; }
};
template <class T = void> struct generic_lazy : awaiter_members {
  struct promise_type : generic_promise<T> {
    generic_lazy get_return_object();
    suspend_always final_suspend() noexcept;
    void return_void();
    void unhandled_exception();
  };
};
template <class T> struct generic_alias;
template <class T> struct alias_promise {
  generic_alias<T> get_return_object();
  auto initial_suspend() noexcept { return suspend_never{}; }
  suspend_always final_suspend() noexcept;
  void return_void();
  void unhandled_exception();
};
template <class T> struct generic_alias : awaiter_members {
  using promise_type = alias_promise<T>;
};
struct by_traits : awaiter_members {};
template <class... Args> struct std::coroutine_traits<by_traits, Args...> {
  struct promise_type : promise_base<by_traits, suspend_always> {};
};
template <class T> struct generic_by_traits : awaiter_members {};
template <class T, class... Args>
struct std::coroutine_traits<generic_by_traits<T>, Args...> {
  struct promise_type {
    generic_by_traits<T> get_return_object();
    suspend_never initial_suspend() noexcept { return {}; }
    suspend_always final_suspend() noexcept;
    void return_void();
    void unhandled_exception();
  };
};

// None of these is defined here: the types say it.
lazy lazy_();
eager eager_();
lazy_nested lazy_nested_();
eager_nested eager_nested_();
custom_lazy custom_lazy_();
custom_eager custom_eager_();
inherits_lazy inherits_lazy_();
auto_lazy auto_lazy_();
auto_local auto_local_();
unknown_start unknown_start_();
generic_lazy<> generic_lazy_();
generic_lazy<int> generic_lazy_int();
generic_alias<int> generic_alias_();
by_traits by_traits_();
generic_by_traits<int> generic_by_traits_();
void starts() {
  lazy_();          // warning: so the coroutine never runs
  eager_();         // warning: so it runs, but
  lazy_nested_();   // warning: so the coroutine never runs
  eager_nested_();  // warning: so it runs, but
  custom_lazy_();   // warning: so the coroutine never runs
  custom_eager_();  // warning: so it runs, but
  inherits_lazy_(); // warning: so the coroutine never runs
  auto_lazy_();     // warning: so the coroutine never runs
  auto_local_();    // warning: so the coroutine never runs
  unknown_start_(); // warning: so nothing waits for it, and its result
  generic_lazy_();  // warning: so the coroutine never runs
  generic_lazy_int(); // warning: so the coroutine never runs
  generic_alias_(); // warning: so it runs, but
  by_traits_();     // warning: so the coroutine never runs
  generic_by_traits_(); // warning: so it runs, but
}

//===--- detached, generators, droppable -----------------------------------------------

struct fire_and_forget {
  using promise_type = promise_base<fire_and_forget, suspend_never>;
};
struct resumed_by_hand {
  using promise_type = promise_base<resumed_by_hand, suspend_always>;
  void resume();
};
struct NOSTALL_DROPPABLE handle : awaiter_members {
  using promise_type = promise_base<handle, suspend_never>;
};
template <class T> struct NOSTALL_DROPPABLE generic_handle : awaiter_members {};
struct NOSTALL_DROPPABLE Base : awaiter_members {};
fire_and_forget fire();
resumed_by_hand by_hand();
handle start();
generic_handle<int> start_int();
NOSTALL_DROPPABLE lazy may_be_dropped();
NOSTALL_SPAWNS lazy spawns(lazy);
struct Group {
  NOSTALL_DROPPABLE lazy add(lazy);
  template <class T> NOSTALL_DROPPABLE lazy add_generic(T);
};
void droppable(Group g) {
  fire();
  by_hand();
  start();
  start_int();
  may_be_dropped();
  spawns(lazy_());
  g.add(lazy_());
  g.add_generic(1);
  auto a = start();
  auto b = may_be_dropped();
}

//===--- a type of the promise's own ------------------------------------------------------

namespace own {
struct yield_t {};
struct delay {
  int ms;
};
struct task {
  struct promise_type : promise_base<task, suspend_always> {
    awaiter_members await_transform(yield_t);
    awaiter_members await_transform(delay);
    awaiter_members await_transform(int);
    template <class T> awaiter_members await_transform(T *);
    awaiter_members await_transform(task);
  };
};
yield_t yield();
delay wait(int);
task nested();
int number();
task uses() {
  yield(); // warning: awaitable returned by 'own::yield'
  wait(1); // warning: awaitable returned by 'own::wait'
  nested(); // warning: 'own::nested'
  number();
  auto d = wait(1); // warning: awaitable in variable 'd'
  co_await yield();
  co_await wait(1);
  co_await nested();
}
void elsewhere() {
  yield();
  wait(1);
}
} // namespace own

//===--- operators that make a new awaitable --------------------------------------------------

struct race {
  awaiter_members operator co_await() const;
};
race operator||(lazy, lazy);
race operator&&(lazy, lazy);
race operator|(lazy, int);
lazy operator<<(lazy, int);
lazy combine() {
  lazy_() || lazy_(); // warning: awaitable returned by 'operator||'
  lazy_() && lazy_(); // warning: awaitable returned by 'operator&&'
  lazy_() | 1; // warning: awaitable returned by 'operator|'
  lazy_() << 1 << 2; // warning: task returned by 'operator<<'
  co_await (lazy_() || lazy_());
}

//===--- the result of co_await ----------------------------------------------------------------

struct gives_task : awaiter_members {
  lazy await_resume() const noexcept;
};
gives_task later();
lazy twice() {
  co_await later(); // warning: task made here is never awaited
  co_await co_await later();
}
