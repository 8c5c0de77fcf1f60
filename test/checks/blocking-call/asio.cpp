// RUN: %nostall-verify %s
// Boost.Asio: which executors are the loop, what runs there, and what waits.
#include <boost/asio.hpp>
#include <chrono>
#include <iostream>
#include <thread>
#include <unistd.h>

namespace asio = boost::asio;
using asio::ip::tcp;
using namespace std::chrono_literals;

int slow() { return sleep(1); }

//===--- handed to an executor ----------------------------------------------------------

void posts(asio::io_context &io, asio::thread_pool &pool, asio::any_io_executor any) {
  asio::post(io, [] { sleep(1); }); // warning: call to 'sleep' blocks
  asio::dispatch(io, [] { sleep(1); }); // warning: call to 'sleep' blocks
  asio::defer(io, [] { sleep(1); }); // warning: call to 'sleep' blocks
  asio::post(io.get_executor(), [] { sleep(1); }); // warning: call to 'sleep' blocks
  asio::post(asio::make_strand(io), [] { sleep(1); }); // warning: call to 'sleep' blocks
  auto strand = asio::make_strand(io.get_executor());
  asio::post(strand, [] { sleep(1); }); // warning: call to 'sleep' blocks
  io.post([] { sleep(1); }); // warning: call to 'sleep' blocks
  asio::io_context own;
  asio::post(own, [] { sleep(1); }); // warning: call to 'sleep' blocks

  asio::post(pool, [] { sleep(1); });
  asio::post(pool.get_executor(), [] { sleep(1); });
  asio::dispatch(pool, [] { sleep(1); });
  asio::post(asio::make_strand(pool), [] { sleep(1); });
  asio::post(asio::system_executor(), [] { sleep(1); });
  asio::post(any, [] { sleep(1); });
  asio::any_io_executor from_pool = pool.get_executor();
  asio::post(from_pool, [] { sleep(1); });
  asio::any_io_executor from_io = io.get_executor();
  asio::post(from_io, [] { sleep(1); }); // warning: call to 'sleep' blocks
}

struct Session : std::enable_shared_from_this<Session> {
  tcp::socket socket_;
  asio::steady_timer timer_;
  char data_[64];
  void read() {
    auto self = shared_from_this();
    socket_.async_read_some(asio::buffer(data_), [this, self](boost::system::error_code ec, std::size_t) {
      sleep(1); // warning: call to 'sleep' blocks
      if (!ec)
        write();
      std::thread([] { sleep(1); }).detach();
    });
  }
  void write() {
    asio::async_write(socket_, asio::buffer(data_), [this](boost::system::error_code, std::size_t) {
      read();
      slow(); // warning: it reaches 'sleep'
    });
    timer_.async_wait([](boost::system::error_code) { sleep(1); }); // warning: call to 'sleep' blocks
    timer_.async_wait([this](auto) { handle(); }); // warning: call to 'Session::handle' blocks the event loop: it reaches 'sleep'
    timer_.async_wait(std::bind(&Session::handle, this));
  }
  void handle() { sleep(1); } // warning: call to 'sleep' blocks
};

//===--- coroutines ------------------------------------------------------------------------

asio::awaitable<void> on_loop() {
  sleep(1); // warning: call to 'sleep' blocks
  co_return;
}
asio::awaitable<void> on_pool() {
  sleep(1);
  co_return;
}
asio::awaitable<void> on_both() {
  sleep(1); // warning: call to 'sleep' blocks
  co_return;
}
asio::awaitable<void> on_pool_and_awaited() {
  sleep(1); // warning: call to 'sleep' blocks
  co_return;
}
void spawns(asio::io_context &io, asio::thread_pool &pool) {
  asio::co_spawn(io, on_loop(), asio::detached);
  asio::co_spawn(pool, on_pool(), asio::detached);
  asio::co_spawn(io, on_both(), asio::detached);
  asio::co_spawn(pool, on_both(), asio::detached);
  asio::co_spawn(pool, on_pool_and_awaited(), asio::detached);
  asio::co_spawn(io, []() -> asio::awaitable<void> {
    sleep(1); // warning: call to 'sleep' blocks
    co_await on_pool_and_awaited();
  }, asio::detached);
  asio::co_spawn(pool, []() -> asio::awaitable<void> {
    sleep(1);
    co_return;
  }, asio::detached);
}
asio::awaitable<int> offloads(asio::thread_pool &pool) {
  co_return co_await asio::co_spawn(pool, []() -> asio::awaitable<int> { co_return slow(); }, asio::use_awaitable);
}
asio::awaitable<void> switches(asio::thread_pool &pool, asio::io_context &io) {
  sleep(1); // warning: call to 'sleep' blocks
  co_await asio::post(asio::bind_executor(pool, asio::use_awaitable));
  sleep(1);
  co_await asio::post(asio::bind_executor(io, asio::use_awaitable));
  sleep(1); // warning: call to 'sleep' blocks
}

//===--- synchronous operations --------------------------------------------------------------

asio::awaitable<void> synchronous(tcp::socket socket, tcp::acceptor acceptor, tcp::resolver resolver,
                                  asio::steady_timer timer, asio::io_context &io,
                                  asio::thread_pool &pool) {
  char data[64];
  boost::system::error_code ec;
  socket.read_some(asio::buffer(data)); // warning: 'boost::asio::basic_stream_socket::read_some' blocks the event loop (net-io)
  socket.write_some(asio::buffer(data), ec); // warning: (net-io)
  asio::read(socket, asio::buffer(data)); // warning: call to 'boost::asio::read' blocks the event loop (net-io)
  asio::write(socket, asio::buffer(data), ec); // warning: (net-io)
  tcp::socket peer = acceptor.accept(); // warning: (net-io)
  auto found = resolver.resolve("host", "80"); // warning: (dns)
  asio::connect(socket, found); // warning: (net-io)
  timer.wait(); // warning: call to 'boost::asio::basic_waitable_timer::wait' blocks the event loop (sleep)
  io.run(); // warning: call to 'boost::asio::io_context::run' deadlocks the event loop (sync-run)
  io.run_one(); // warning: deadlocks
  io.poll();
  pool.join(); // warning: call to 'boost::asio::thread_pool::join' blocks the event loop (wait)
  socket.shutdown(tcp::socket::shutdown_both);
  socket.close();
  timer.expires_after(1s);
  timer.cancel();
  co_await timer.async_wait(asio::use_awaitable);
  co_await socket.async_read_some(asio::buffer(data), asio::use_awaitable);
}
asio::awaitable<void> nonblocking(tcp::socket socket) {
  char data[64];
  boost::system::error_code ec;
  socket.non_blocking(true);
  socket.read_some(asio::buffer(data), ec);
  co_return;
}
asio::awaitable<void> nonblocking_tested(tcp::socket &socket) {
  char data[64];
  boost::system::error_code ec;
  socket.read_some(asio::buffer(data), ec);
  if (ec == asio::error::would_block)
    co_return;
}
asio::awaitable<void> made_blocking(tcp::socket socket) {
  char data[64];
  socket.non_blocking(false);
  socket.read_some(asio::buffer(data)); // warning: (net-io)
  co_return;
}

int main() {
  asio::io_context io;
  asio::thread_pool pool;
  tcp::socket socket(io);
  char data[1];
  asio::read(socket, asio::buffer(data));
  posts(io, pool, io.get_executor());
  spawns(io, pool);
  io.run();
  pool.join();
}

//===--- executors of I/O objects ---------------------------------------------------------

class Peer {
  tcp::socket socket_;
  asio::steady_timer timer_;
  asio::strand<tcp::socket::executor_type> strand_;
  asio::strand<asio::any_io_executor> on_pool_;

public:
  Peer(tcp::socket s, asio::thread_pool &pool)
      : socket_(std::move(s)), timer_(socket_.get_executor()), strand_(asio::make_strand(socket_.get_executor())),
        on_pool_(asio::make_strand(pool.get_executor())) {}
  void posts() {
    asio::post(socket_.get_executor(), [] { sleep(1); }); // warning: call to 'sleep' blocks
    asio::dispatch(timer_.get_executor(), [] { sleep(1); }); // warning: call to 'sleep' blocks
    asio::post(strand_, [] { sleep(1); }); // warning: call to 'sleep' blocks
    asio::post(on_pool_, [] { sleep(1); });
  }
};

// use_awaitable is for coroutines of any_io_executor.
using Executor = asio::io_context::executor_type;
asio::awaitable<void> usual(asio::steady_timer &timer) {
  timer.wait(); // warning: use 'co_await timer.async_wait(
  co_return;
}
asio::awaitable<void, Executor> of_one_executor(asio::steady_timer &timer) {
  timer.wait(); // warning: (sleep); await an asynchronous sleep
  co_return;
}

// What a template hands on for its user is the user's.
template <class F> void later(asio::io_context &io, F f) {
  asio::post(io, [f = std::move(f)]() mutable { f(1); });
}
void uses(asio::io_context &io) {
  later(io, [](int) { std::this_thread::sleep_for(1s); }); // warning: call to 'std::this_thread::sleep_for' blocks
  later(io, [](int seconds) { (void)seconds; });
}

// An executor of any kind may be one of a pool.
asio::awaitable<void> rests() {
  std::this_thread::sleep_for(std::chrono::duration<double>(0.5)); // warning: std::chrono::duration_cast<std::chrono::nanoseconds>(std::chrono::duration<double>(0.5))
  co_return;
}
struct on_any {
  asio::any_io_executor executor;
  bool await_ready() const noexcept { return false; }
  void await_suspend(std::coroutine_handle<> h) {
    asio::post(executor, [h] { h.resume(); });
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
by_hand hops(on_any any) {
  std::this_thread::sleep_for(1s); // warning: call to 'std::this_thread::sleep_for' blocks
  co_await any;
  std::this_thread::sleep_for(1s);
}
