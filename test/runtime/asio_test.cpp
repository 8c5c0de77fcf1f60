//===- asio_test.cpp - the completion token, with the real Boost.Asio -----===//

#include <boost/asio.hpp>

#include "support.h"

#include <nostall/asio.h>
#include <nostall/gather.h>
#include <nostall/timeout.h>

#include <array>
#include <string>
#include <thread>

namespace asio = boost::asio;

namespace {

/// An io_context on a thread of its own.
struct other_loop {
  asio::io_context context;
  asio::executor_work_guard<asio::io_context::executor_type> work =
      asio::make_work_guard(context);
  std::thread thread{[this] { context.run(); }};
  ~other_loop() {
    work.reset();
    thread.join();
  }
};

using unix_socket = asio::local::stream_protocol::socket;

TEST(Asio, GivesWhatTheHandlerWouldGet) {
  other_loop other;
  unix_socket a(other.context), b(other.context);
  asio::local::connect_pair(a, b);
  nostall::run([](unix_socket& a, unix_socket& b, asio::io_context& c) -> task<void> {
    const auto home = std::this_thread::get_id();
    asio::steady_timer t(c, 1ms);
    co_await t.async_wait(use_nostall);
    EXPECT_EQ(std::this_thread::get_id(), home);
    std::array<char, 5> got;
    auto [read, written] = co_await gather(
        asio::async_read(a, asio::buffer(got), use_nostall),
        asio::async_write(b, asio::buffer("hello", 5), use_nostall));
    EXPECT_EQ(read, 5u);
    EXPECT_EQ(written, 5u);
    EXPECT_EQ(std::string(got.data(), 5), "hello");
    EXPECT_EQ(std::this_thread::get_id(), home);
    co_await asio::async_write(b, asio::buffer("hi", 2), use_nostall);
    auto [no_error, n] = co_await a.async_read_some(asio::buffer(got), asio::as_tuple(use_nostall));
    EXPECT_FALSE(no_error);
    EXPECT_EQ(n, 2u);
    b.close();
    try { // once: Asio does not tell the end twice
      co_await a.async_read_some(asio::buffer(got), use_nostall);
      ADD_FAILURE();
    } catch (const boost::system::system_error& e) {
      EXPECT_EQ(e.code(), asio::error::eof);
    }
    co_await asio::post(c, use_nostall); // a handler without arguments
    EXPECT_EQ(std::this_thread::get_id(), home);
  }(a, b, other.context));
}

TEST(Asio, ACoroutineOfAsioIsAwaitedToo) {
  other_loop other;
  nostall::run([](asio::io_context& c) -> task<void> {
    auto body = []() -> asio::awaitable<int> {
      co_await asio::post(asio::use_awaitable);
      co_return 7;
    };
    EXPECT_EQ(co_await asio::co_spawn(c, body, use_nostall), 7);
    auto throws = []() -> asio::awaitable<int> {
      throw std::runtime_error("no");
      co_return 1;
    };
    EXPECT_THROW(co_await asio::co_spawn(c, throws, use_nostall), std::runtime_error);
  }(other.context));
}

TEST(Asio, ACancellationEndsTheOperation) {
  other_loop other;
  unix_socket a(other.context), b(other.context);
  asio::local::connect_pair(a, b);
  nostall::run([](unix_socket& a) -> task<void> {
    std::array<char, 5> got;
    EXPECT_THROW(co_await wait_for(a.async_read_some(asio::buffer(got),
                                                     use_nostall_on(a.get_executor())),
                                   5ms),
                 timeout_error);
    auto h = create_task(
        a.async_read_some(asio::buffer(got), use_nostall_on(a.get_executor())));
    co_await nostall::sleep(1ms);
    h.cancel();
    co_await h.join();
    EXPECT_TRUE(h.cancelled());
  }(a));
}

TEST(Asio, WithoutAnExecutorACancelledWaitLastsUntilTheEnd) {
  other_loop other;
  unix_socket a(other.context), b(other.context);
  asio::local::connect_pair(a, b);
  nostall::run([](unix_socket& a, unix_socket& b) -> task<void> {
    std::array<char, 5> got;
    auto h = create_task([](unix_socket& a, std::array<char, 5>& got) -> task<std::size_t> {
      const std::size_t n = co_await a.async_read_some(asio::buffer(got), use_nostall);
      co_return n;
    }(a, got));
    co_await nostall::sleep(1ms);
    h.cancel();
    co_await nostall::sleep(1ms);
    EXPECT_FALSE(h.done());
    co_await asio::async_write(b, asio::buffer("x", 1), use_nostall);
    EXPECT_EQ(co_await h, 1u);
  }(a, b));
}

} // namespace
