// RUN: %nostall-verify %s
// The runtime's own API: what its static_asserts let pass and should not, and
// what they let pass and should.
#include <fcntl.h>
#include <nostall/nostall.h>
#include <nostall/processes.h>
#include <cereal/types/string.hpp>
#include <cereal/types/vector.hpp>

using namespace nostall;

struct row {
  int n = 0;
  std::vector<double> values;
  void *cached = nullptr;
  template <class A> void serialize(A &archive) { archive(n, values); }
};

double sum(row r);
int length(const std::string &text);
void read_from(int fd);
void drain(ipc_end<int> from);
void write_to(shared_memory m);

task<> right(process_pool_executor &pool, std::vector<row> rows, ipc_end<int> end, shared_memory memory, event_loop &loop) {
  co_await pool.run<sum>(row());
  co_await pool.run<length>("text");
  co_await pool.map<sum>(rows);
  co_await pool.run([](int n) { return n * 2; }, 3);
  co_await pool.run<write_to>(std::move(memory));
  co_await loop.run_in_executor(pool, [](int n) { return n; }, 1);
  process p = process::start<drain>(std::move(end));
  co_await p.wait();
}

task<> wrong(process_pool_executor &pool, event_loop &loop) {
  int fd = open("/dev/null", O_RDONLY); // NOLINT: it is short
  co_await pool.run<read_from>(fd); // warning: 'fd' cannot cross to another process: it is a file descriptor
  co_await loop.run_in_executor(pool, [](int n) { return n; }, fd); // warning: 'fd' cannot cross
  process p = process::start<read_from>(fd); // warning: 'fd' cannot cross
  co_await p.wait();
}
