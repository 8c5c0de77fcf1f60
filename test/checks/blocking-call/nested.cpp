// RUN: %nostall-verify %s
// Members of members: what they are made with, what is given to them, and what methods of theirs are called.
#include "co.h"
#include <memory>
#include <string>
#include <thread>
#include <unistd.h>
#include <utility>
#include <vector>

co::operation<> next();

struct Options {
  bool sync = true;
  int level = 0;
  std::string folder;
};
class Journal {
  Options options_;

public:
  explicit Journal(Options options) : options_(std::move(options)) {}
  void flush() {
    if (options_.sync)
      fsync(1);
  }
  void trace() {
    if (options_.level > 2)
      usleep(1);
  }
};
class Reader {
  bool syncs_;

public:
  explicit Reader(const Options &options) : syncs_(options.sync == true) {}
  void read() {
    if (syncs_)
      fsync(1);
  }
};

co::task<> given_options() {
  Options quiet;
  quiet.sync = false;
  Journal journal(quiet);
  journal.flush();
  Reader reader(quiet);
  reader.read();
  Options loud;
  Journal other(loud);
  other.flush(); // warning: it reaches 'fsync'
  other.trace();
  loud.level = 3;
  Journal traced(loud);
  traced.trace(); // warning: it reaches 'usleep'
  Reader syncs(loud);
  syncs.read(); // warning: it reaches 'fsync'
  co_return;
}
class Server {
  Journal journal_;
  Journal other_{Options{}};

public:
  Server() : journal_(Options{.sync = false}) {}
  co::task<> serve() {
    journal_.flush();
    other_.flush(); // warning: it reaches 'fsync'
    other_.trace();
    co_return;
  }
};

struct Output {
  bool quiet = true;
  void drain() {
    if (!quiet)
      fsync(1);
  }
  void speak() { quiet = false; }
};
struct Channel {
  Output out, log;
  void drain() { out.drain(); }
  bool is_quiet() const { return out.quiet; }
};
co::task<> parts() {
  Channel c;
  c.drain();
  c.out.drain();
  if (!c.is_quiet())
    sleep(1);
  c.log.speak();
  c.drain();
  c.out.drain();
  c.log.drain(); // warning: it reaches 'fsync'
  c.out.quiet = false;
  c.drain(); // warning: it reaches 'fsync'
  c.out.drain(); // warning: it reaches 'fsync'
  if (!c.is_quiet())
    sleep(1); // warning: blocks
  co_return;
}
co::task<> spoken(Channel &others) {
  Channel c;
  c.out.speak();
  c.drain(); // warning: it reaches 'fsync'
  c.out = Output{};
  others.out.quiet = true;
  others.out.drain();
  co_await next();
  others.out.drain(); // warning: it reaches 'fsync'
}

// What a constructor's body gives.
class Quiet {
  Options options_;

public:
  Quiet() { options_.sync = false; }
  void flush() {
    if (options_.sync)
      fsync(1);
  }
};
co::task<> set_by_the_body() {
  Quiet quiet;
  quiet.flush();
  co_return;
}

// Containers that nothing is in yet.
struct Workers {
  std::vector<std::thread> threads;
  void stop() {
    for (auto &thread : threads)
      thread.join();
    threads.clear();
  }
};
struct Pool {
  Workers workers;
  void stop() { workers.stop(); }
};
co::task<> stopped() {
  Pool pool;
  pool.stop();
  pool.workers.threads.emplace_back([] {});
  pool.stop(); // warning: it reaches 'std::thread::join'
  co_return;
}
co::task<> cut_to_nothing(unsigned n) {
  std::vector<std::jthread> none, some; // warning: destruction of 'some' blocks
  none.reserve(4);
  none.clear();
  none.resize(0);
  some.resize(n);
  co_return;
}
