// RUN: %nostall-verify %s
// A type of another library that the program has made the type of its
// coroutines, by coroutine_traits and an operator co_await of its own.
#include <chrono>
#include <coroutine>
#include <future>
#include <string>
#include <thread>

template <class... Args> struct std::coroutine_traits<std::future<int>, Args...> {
  struct promise_type : std::promise<int> {
    std::future<int> get_return_object() { return this->get_future(); }
    std::suspend_never initial_suspend() const noexcept { return {}; }
    std::suspend_never final_suspend() const noexcept { return {}; }
    void return_value(int value) { this->set_value(value); }
    void unhandled_exception() { this->set_exception(std::current_exception()); }
  };
};
template <class T> struct future_awaiter {
  std::future<T> future;
  bool await_ready() const { return future.wait_for(std::chrono::seconds(0)) == std::future_status::ready; }
  void await_suspend(std::coroutine_handle<> h) {
    std::thread([this, h] {
      future.wait();
      h.resume();
    }).detach();
  }
  T await_resume() { return future.get(); }
};
template <class T> future_awaiter<T> operator co_await(std::future<T> future) { return {std::move(future)}; }
// Adapted, and no type of a coroutine.
struct duration_awaiter {
  bool await_ready() const { return false; }
  void await_suspend(std::coroutine_handle<>) {}
  void await_resume() {}
};
duration_awaiter operator co_await(std::chrono::milliseconds);

std::future<int> compute(int n);
std::future<std::string> read();
std::chrono::milliseconds elapsed();

std::future<int> forgets(int n) {
  compute(n);          // warning: task returned by 'compute'
  auto f = compute(n); // warning: task in variable 'f'
  read();
  elapsed();
  co_await elapsed();
  co_return co_await compute(n);
}
