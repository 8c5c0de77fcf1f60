// A downloader written twice: with threads, whose calls block, and with coroutines. The
// same forty pages of a server that takes 20 ms for each. What differs is the price:
// forty threads, or one. asyncio: `asyncio.to_thread(urlopen, ...)` and streams.

#include <nostall/nostall.h>

#include <arpa/inet.h>
#include <chrono>
#include <cstdio>
#include <fcntl.h>
#include <string>
#include <sys/socket.h>
#include <system_error>
#include <thread>
#include <unistd.h>
#include <vector>

using namespace std::chrono_literals;

constexpr int pages = 40;

struct socket_fd {
  int fd;
  explicit socket_fd(int f) : fd(f) {
    if (fd < 0)
      throw std::system_error(errno, std::generic_category(), "socket");
  }
  socket_fd(const socket_fd&) = delete;
  ~socket_fd() { close(fd); }
};

// The server: a loop of its own on a thread of its own.
nostall::task<void> answer(int fd) {
  const socket_fd client(fd);
  nostall::async_fd stream(client.fd);
  char request[16];
  const auto n = co_await stream.read_some(request, sizeof request);
  co_await nostall::sleep(20ms); // stands for the distance
  const std::string page = "page " + std::string(request, n);
  co_await stream.write_all(page.data(), page.size());
}

nostall::task<void> serve(int listener) {
  co_await nostall::with_task_group([&](nostall::task_group& g) -> nostall::task<void> {
    nostall::async_fd incoming(listener);
    for (int served = 0; served < 2 * pages;) {
      const int fd = accept4(listener, nullptr, nullptr, SOCK_NONBLOCK | SOCK_CLOEXEC);
      if (fd >= 0) {
        g.start(answer(fd));
        ++served;
      } else if (errno == EAGAIN) {
        incoming.not_readable();
        co_await incoming.readable();
      }
    }
  });
}

// With threads: plain calls that wait.
std::string download_blocking(sockaddr_in server, int page) {
  const socket_fd s(socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0));
  if (connect(s.fd, reinterpret_cast<sockaddr*>(&server), sizeof server) != 0)
    throw std::system_error(errno, std::generic_category(), "connect");
  const std::string request = std::to_string(page);
  if (send(s.fd, request.data(), request.size(), MSG_NOSIGNAL) < 0)
    throw std::system_error(errno, std::generic_category(), "send");
  char buffer[64];
  const auto n = recv(s.fd, buffer, sizeof buffer, 0);
  return std::string(buffer, n > 0 ? static_cast<std::size_t>(n) : 0);
}

// With coroutines: the same, with a co_await wherever the one above waits.
nostall::task<std::string> download(sockaddr_in server, int page) {
  const socket_fd s(socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0));
  nostall::async_fd stream(s.fd);
  const auto* to = reinterpret_cast<const sockaddr*>(&server);
  while (connect(s.fd, to, sizeof server) != 0 && errno != EISCONN) {
    if (errno != EINPROGRESS && errno != EALREADY && errno != EAGAIN)
      throw std::system_error(errno, std::generic_category(), "connect");
    stream.not_writable();
    co_await stream.writable();
  }
  const std::string request = std::to_string(page);
  co_await stream.write_all(request.data(), request.size());
  char buffer[64];
  const auto n = co_await stream.read_some(buffer, sizeof buffer);
  co_return std::string(buffer, n);
}

nostall::task<void> amain(sockaddr_in server) {
  nostall::event_loop& loop = nostall::get_running_loop();
  nostall::thread_pool_executor threads({.max_workers = pages});
  const auto ms = [](auto t) {
    return static_cast<long>(std::chrono::duration_cast<std::chrono::milliseconds>(t).count());
  };

  auto start = loop.time();
  std::vector<nostall::task<std::string>> all;
  for (int page = 0; page < pages; ++page)
    all.push_back(threads.run(download_blocking, server, page));
  const auto with_threads = co_await nostall::gather(std::move(all));
  std::printf("threads:    %d pages, %3ld ms, %zu threads\n", pages, ms(loop.time() - start),
              threads.worker_count());
  co_await threads.shutdown();

  start = loop.time();
  all.clear();
  for (int page = 0; page < pages; ++page)
    all.push_back(download(server, page));
  const auto with_coroutines = co_await nostall::gather(std::move(all));
  std::printf("coroutines: %d pages, %3ld ms, 1 thread\n", pages, ms(loop.time() - start));

  if (with_threads != with_coroutines || with_threads[7] != "page 7")
    throw std::runtime_error("the pages differ");
}

int main() {
  const socket_fd listener(socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0));
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  socklen_t length = sizeof address;
  if (bind(listener.fd, reinterpret_cast<sockaddr*>(&address), length) != 0 ||
      listen(listener.fd, 2 * pages) != 0 ||
      getsockname(listener.fd, reinterpret_cast<sockaddr*>(&address), &length) != 0)
    return 1;
  const std::jthread server([&] { nostall::run(serve(listener.fd)); });
  nostall::run(amain(address));
}
