// Echo with the runtime: one task a connection.

#include "echo.h"

#include <nostall/nostall.h>

using namespace nostall;

namespace {

long messages = 0;

task<void> serve(int fd) {
  {
    async_fd connection(fd);
    char buffer[4096];
    try {
      while (const std::size_t n =
                 co_await connection.read_some(buffer, sizeof buffer)) {
        co_await connection.write_all(buffer, n);
        ++messages;
      }
    } catch (const std::system_error&) {
      // The client went away with an answer unread.
    }
  }
  close(fd);
}

task<void> listens(int connections) {
  const int fd = bench::listen_on_loopback();
  async_fd listener(fd);
  task_group g;
  for (int to_come = connections; to_come > 0;) {
    const int c = accept4(fd, nullptr, nullptr, SOCK_NONBLOCK | SOCK_CLOEXEC);
    if (c < 0) {
      listener.not_readable();
      co_await listener.readable();
      continue;
    }
    bench::no_delay(c);
    g.start(serve(c));
    --to_come;
  }
  co_await g.join();
}

} // namespace

int main(int argc, char** argv) {
  const double start = bench::cpu_ns();
  run(listens(argc == 2 ? std::atoi(argv[1]) : 1));
  bench::print((bench::cpu_ns() - start) / static_cast<double>(messages));
}
