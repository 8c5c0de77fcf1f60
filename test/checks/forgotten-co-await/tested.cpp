// RUN: %nostall-verify %s
// A task that can be tested for whether there is one is tested for its result.
#include <coroutine>
#include <exception>
#include <utility>

namespace {

template <class T> struct Task {
  struct promise_type {
    T value{};
    Task get_return_object() { return Task(std::coroutine_handle<promise_type>::from_promise(*this)); }
    std::suspend_always initial_suspend() noexcept { return {}; }
    std::suspend_always final_suspend() noexcept { return {}; }
    void return_value(T t) { value = t; }
    void unhandled_exception() { std::terminate(); }
  };
  std::coroutine_handle<promise_type> handle;
  Task() = default;
  explicit Task(std::coroutine_handle<promise_type> h) : handle(h) {}
  Task(Task &&o) noexcept : handle(std::exchange(o.handle, {})) {}
  Task &operator=(Task &&o) noexcept {
    std::swap(handle, o.handle);
    return *this;
  }
  ~Task() {
    if (handle)
      handle.destroy();
  }
  explicit operator bool() const { return bool(handle); }
  bool await_ready() { return false; }
  void await_suspend(std::coroutine_handle<>) { handle.resume(); }
  T await_resume() { return handle.promise().value; }
};
Task<bool> accepts();
Task<const char *> name();

Task<int> tests(bool b) {
  if (accepts()) // warning: task returned by 'accepts' is never awaited // fix: if (co_await accepts())
    co_return 1;
  if (!accepts()) // warning: task returned by 'accepts' is never awaited // fix: if (!co_await accepts())
    co_return 2;
  while (b && accepts()) // warning: task returned by 'accepts' is never awaited // fix: while (b && co_await accepts())
    b = false;
  if (name()) // warning: task returned by 'name' is never awaited
    co_return 3;
  Task<bool> later;
  if (b)
    later = accepts();
  if (later)
    co_await std::move(later);
  if (auto t = accepts(); t)
    co_await std::move(t);
  if (co_await accepts())
    co_return 4;
  co_return 0;
}

} // namespace
