//===- co.h - a small coroutine library for the linter's tests ------------===//
//
// Every kind of coroutine type that the linter tells apart, written as people
// write them, in a library that no model knows: whatever the linter says of
// these types it has read off the types.
//
//   co::task<T>             lazy, move-only
//   co::eager<T>            runs at once, can be awaited
//   co::detached            runs at once, nothing to await
//   co::generator<T>        yields, cannot await
//   co::async_generator<T>  yields, its steps are awaited
//   co::operation<T>        an awaitable that is no coroutine
//   co::event               awaitable by a free operator co_await, copyable
//
//===----------------------------------------------------------------------===//

#ifndef NOSTALL_TEST_CO_H
#define NOSTALL_TEST_CO_H

#include <coroutine>

namespace co {

template <class T> struct value_promise {
  T value{};
  void return_value(T v) { value = static_cast<T &&>(v); }
};
template <> struct value_promise<void> {
  void return_void() {}
};

struct final_awaiter {
  bool await_ready() const noexcept { return false; }
  void await_suspend(std::coroutine_handle<>) const noexcept {}
  void await_resume() const noexcept {}
};

template <class T = void> class task {
public:
  struct promise_type : value_promise<T> {
    task get_return_object() {
      return task(std::coroutine_handle<promise_type>::from_promise(*this));
    }
    std::suspend_always initial_suspend() const noexcept { return {}; }
    final_awaiter final_suspend() const noexcept { return {}; }
    void unhandled_exception() {}
  };
  struct awaiter {
    std::coroutine_handle<promise_type> handle;
    bool await_ready() const noexcept { return false; }
    std::coroutine_handle<> await_suspend(std::coroutine_handle<>) noexcept {
      return handle;
    }
    T await_resume() {
      if constexpr (!__is_same(T, void))
        return static_cast<T &&>(handle.promise().value);
    }
  };

  task(task &&other) noexcept : handle_(other.handle_) { other.handle_ = {}; }
  task &operator=(task &&other) noexcept {
    handle_ = other.handle_;
    other.handle_ = {};
    return *this;
  }
  ~task() {
    if (handle_)
      handle_.destroy();
  }
  awaiter operator co_await() && noexcept { return {handle_}; }
  bool done() const { return handle_.done(); }
  explicit operator bool() const noexcept { return bool(handle_); }
  void start() { handle_.resume(); }

private:
  explicit task(std::coroutine_handle<promise_type> handle) : handle_(handle) {}
  std::coroutine_handle<promise_type> handle_;
};

template <class T = void> class eager {
public:
  struct promise_type : value_promise<T> {
    eager get_return_object() { return {}; }
    std::suspend_never initial_suspend() const noexcept { return {}; }
    std::suspend_never final_suspend() const noexcept { return {}; }
    void unhandled_exception() {}
  };
  bool await_ready() const noexcept { return true; }
  void await_suspend(std::coroutine_handle<>) const noexcept {}
  T await_resume() const { return T(); }
};

struct detached {
  struct promise_type {
    detached get_return_object() { return {}; }
    std::suspend_never initial_suspend() const noexcept { return {}; }
    std::suspend_never final_suspend() const noexcept { return {}; }
    void return_void() {}
    void unhandled_exception() {}
  };
};

template <class T> class generator {
public:
  struct promise_type {
    const T *value = nullptr;
    generator get_return_object() {
      return generator(std::coroutine_handle<promise_type>::from_promise(*this));
    }
    std::suspend_always initial_suspend() const noexcept { return {}; }
    std::suspend_always final_suspend() const noexcept { return {}; }
    std::suspend_always yield_value(const T &v) {
      value = &v;
      return {};
    }
    void await_transform() = delete;
    void return_void() {}
    void unhandled_exception() {}
  };
  struct sentinel {};
  struct iterator {
    std::coroutine_handle<promise_type> handle;
    iterator &operator++() {
      handle.resume();
      return *this;
    }
    const T &operator*() const { return *handle.promise().value; }
    bool operator!=(sentinel) const { return !handle.done(); }
  };
  generator(generator &&other) : handle_(other.handle_) { other.handle_ = {}; }
  ~generator() {
    if (handle_)
      handle_.destroy();
  }
  iterator begin() {
    handle_.resume();
    return {handle_};
  }
  sentinel end() { return {}; }

private:
  explicit generator(std::coroutine_handle<promise_type> h) : handle_(h) {}
  std::coroutine_handle<promise_type> handle_;
};

template <class T> class async_generator {
public:
  struct promise_type {
    async_generator get_return_object() { return {}; }
    std::suspend_always initial_suspend() const noexcept { return {}; }
    std::suspend_always final_suspend() const noexcept { return {}; }
    std::suspend_always yield_value(T) { return {}; }
    void return_void() {}
    void unhandled_exception() {}
  };
  struct step {
    bool await_ready() const noexcept { return false; }
    void await_suspend(std::coroutine_handle<>) noexcept {}
    const T *await_resume() { return nullptr; }
  };
  step next() { return {}; }
};

template <class T = void> struct operation {
  bool await_ready() const noexcept { return false; }
  void await_suspend(std::coroutine_handle<>) noexcept {}
  T await_resume() { return T(); }
};

struct event {
  void set();
  bool is_set() const;
};
inline operation<> operator co_await(const event &) { return {}; }

operation<> sleep(int ms);
operation<int> read(int fd);
task<> save(int value);
task<int> load();
template <class... Tasks> task<> all(Tasks... tasks);

} // namespace co

#endif
