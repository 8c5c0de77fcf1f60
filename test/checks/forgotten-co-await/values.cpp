// RUN: %nostall-verify %s --checks=-*,nostall-forgotten-co-await,nostall-blocking-call
// A value that co_await opens, or passes on, is not a task: nothing waits for
// it. What tells is what its awaiter does with the coroutine's handle.
#include <coroutine>
#include <exception>
#include <nostall/annotations.h>
#include <utility>

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
event make_event();
stored make_stored();
in_a_node make_node();
void drops() {
  make_event();  // warning: awaitable returned by 'waits::make_event'
  make_stored(); // warning: awaitable returned by 'waits::make_stored'
  make_node();   // warning: awaitable returned by 'waits::make_node'
}
} // namespace waits

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
