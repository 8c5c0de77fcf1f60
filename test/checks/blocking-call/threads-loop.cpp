// RUN: %nostall-verify %s
// A loop that only threads of the program's own run is a pool for who comes from elsewhere.
#include <boost/asio.hpp>
#include <coroutine>
#include <thread>
#include <vector>
namespace asio = boost::asio;
using namespace std::chrono_literals;

class ThreadsOfItsOwn {
  asio::io_context context_;
  std::vector<std::thread> threads_;

public:
  explicit ThreadsOfItsOwn(int number) {
    for (int i = 0; i < number; ++i)
      threads_.emplace_back([this] { context_.run(); });
  }
  asio::io_context &context() { return context_; }
};
struct on_threads {
  ThreadsOfItsOwn &threads;
  bool await_ready() const noexcept { return false; }
  void await_suspend(std::coroutine_handle<> h) {
    asio::post(threads.context(), [h] { h.resume(); });
  }
  void await_resume() const noexcept {}
};
struct by_hand {
  struct promise_type {
    by_hand get_return_object() { return {}; }
    std::suspend_always initial_suspend() { return {}; }
    std::suspend_never final_suspend() noexcept { return {}; }
    void return_void() {}
    void unhandled_exception() {}
  };
};
by_hand hops(on_threads threads) {
  std::this_thread::sleep_for(1s); // warning: call to 'std::this_thread::sleep_for' blocks
  co_await threads;
  std::this_thread::sleep_for(1s);
}
