//===- descriptor_shortage_test.cpp - what opens descriptors has none -----===//
//
// Each operation is tried with no descriptor left, with one, with two, ... until it
// succeeds. Before that it has to end with an exception: it may not hang, not end the
// program, and leave nothing open. Afterwards it works.
//
//===----------------------------------------------------------------------===//

#include "process_support.h"

#include <cerrno>
#include <fcntl.h>
#include <functional>
#include <memory>
#include <poll.h>
#include <sys/resource.h>
#include <system_error>
#include <thread>
#include <unistd.h>

namespace {

int seven() { return 7; }
std::size_t length(std::vector<char> v) { return v.size(); }

struct operation {
  const char* name;
  std::function<bool()> run; ///< whether it did what it is for
};

// How many there may be, from the lowest free number on.
struct shortage {
  rlimit before{};
  explicit shortage(rlim_t spare) {
    getrlimit(RLIMIT_NOFILE, &before);
    const int lowest = open("/dev/null", O_RDONLY | O_CLOEXEC);
    close(lowest);
    rlimit few = before;
    few.rlim_cur = static_cast<rlim_t>(lowest) + spare;
    setrlimit(RLIMIT_NOFILE, &few);
  }
  shortage(const shortage&) = delete;
  ~shortage() { setrlimit(RLIMIT_NOFILE, &before); }
};

const operation operations[] = {
    {"loop", [] {
       event_loop l;
       bool ran = false;
       l.call_soon([&] { ran = true; });
       l.run_once();
       return ran;
     }},
    {"run", [] {
       return nostall::run([]() -> task<bool> {
         co_await nostall::sleep(1us);
         co_return true;
       }());
     }},
    {"to_thread", [] {
       return nostall::run([]() -> task<bool> {
         co_return co_await to_thread(seven) == 7;
       }());
     }},
    {"run_on_each", [] {
       std::atomic<int> n{0};
       run_on_each({.loops = 2}, [&n](each_loop) -> task<> {
         ++n;
         co_return;
       });
       return n == 2;
     }},
    {"async_fd", [] {
       return nostall::run([]() -> task<bool> {
         int ends[2];
         if (pipe2(ends, O_NONBLOCK | O_CLOEXEC) != 0)
           throw std::system_error(errno, std::generic_category());
         char c = 0;
         {
           const struct closing {
             int* e;
             ~closing() {
               close(e[0]);
               close(e[1]);
             }
           } at_end{ends};
           async_fd out(ends[1]), in(ends[0]);
           co_await out.write_all("x", 1);
           co_await in.read_some(&c, 1);
         }
         co_return c == 'x';
       }());
     }},
    {"ipc_pipe", [] {
       return nostall::run([]() -> task<bool> {
         ipc_pipe<std::vector<char>> p;
         ipc_pipe<int> q;
         auto got = create_task(p.second.receive());
         co_await p.first.send(std::vector<char>(1 << 17)); // through shared memory
         co_await q.first.send(1);
         co_return (co_await got)->size() == 1 << 17 && co_await q.second.receive() == 1;
       }());
     }},
    {"ipc_queue", [] {
       return nostall::run([]() -> task<bool> {
         ipc_queue<int> q;
         auto got = create_task(q.get());
         co_await yield_now();
         co_await q.put(3);
         co_return co_await got == 3;
       }());
     }},
    {"ipc_mutex on a loop", [] {
       return nostall::run([]() -> task<bool> {
         ipc_mutex m;
         ipc_mutex other = m.share();
         auto held = co_await m.lock();
         auto waits = create_task(other.lock());
         co_await yield_now();
         held.unlock();
         co_return !(co_await waits).recovered();
       }());
     }},
    {"ipc_mutex on a thread", [] {
       ipc_mutex m;
       auto held = m.try_lock();
       std::exception_ptr error;
       std::thread t([&] {
         try {
           auto mine = m.lock_blocking();
         } catch (...) {
           error = std::current_exception();
         }
       });
       held.reset();
       t.join();
       if (error)
         std::rethrow_exception(error);
       return true;
     }},
    {"shared_memory", [] {
       shared_memory a(100);
       shared_memory b = a.share();
       a.data()[5] = std::byte{9};
       return b.data()[5] == std::byte{9};
     }},
    {"process", [] {
       return nostall::run([]() -> task<bool> {
         auto p = process::start<seven>();
         co_return (co_await p.wait()).code == 7;
       }());
     }},
    {"process_pool_executor", [] {
       return nostall::run([]() -> task<bool> {
         process_pool_executor pool({.max_workers = 1});
         const int small = co_await pool.run<seven>();
         const auto large = co_await pool.run<length>(std::vector<char>(1 << 17));
         co_await pool.shutdown();
         co_return small == 7 && large == 1 << 17;
       }());
     }},
};

using DescriptorShortage = leaves_nothing;

TEST_F(DescriptorShortage, EndsInAnErrorAndLeavesNothingOpen) {
  constexpr rlim_t most = 40;
  for (const operation& o : operations) {
    SCOPED_TRACE(o.name);
    rlim_t refused = 0;
    for (rlim_t spare = 0; spare < most; ++spare) {
      const int before = open_descriptors();
      bool right = false;
      try {
        const shortage now(spare);
        right = o.run();
      } catch (const std::exception&) {
        ++refused;
      }
      EXPECT_EQ(open_descriptors(), before) << spare << " descriptors to spare";
      if (right)
        break;
    }
    EXPECT_GT(refused, 0u) << "it opens nothing";
    EXPECT_LT(refused, most);
    EXPECT_TRUE(o.run());
  }
}

// A file that lives on under another number goes on telling the loop about itself, which
// a new epoll instance ends; while there is none to be had, the loop still sleeps.
TEST_F(DescriptorShortage, ALoopThatCannotLeaveAFileBehindSleepsAllTheSame) {
  int p[2];
  ASSERT_EQ(pipe2(p, O_CLOEXEC | O_NONBLOCK), 0);
  struct counting_clock : clock_source {
    int looks = 0; // one or two in each iteration
    loop_time now() noexcept override {
      ++looks;
      return std::chrono::steady_clock::now();
    }
    bool idle_until(loop_time) noexcept override { return false; }
  } clock;
  event_loop l({.clock = &clock});
  l.add_reader(p[0], [] {});
  const int copy = fcntl(p[0], F_DUPFD_CLOEXEC, 0);
  close(p[0]);
  l.remove_reader(p[0]);
  EXPECT_EQ(write(p[1], "x", 1), 1);
  const auto looks_in_a_nap = [&] {
    const int before = clock.looks;
    l.run_until_complete(sleep(100ms));
    return clock.looks - before;
  };
  {
    const shortage now(0);
    EXPECT_LT(looks_in_a_nap(), 5000);
  }
  EXPECT_LT(looks_in_a_nap(), 5000);
  pollfd news{l.native_handle(), POLLIN, 0}; // now it has left it
  EXPECT_EQ(poll(&news, 1, 0), 0);
  close(copy);
  close(p[1]);
}

} // namespace
