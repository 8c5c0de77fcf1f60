// RUN: %nostall-verify %s
// What an owner destroys when it dies, is reset, cleared or erased from.
#include "co.h"
#include <algorithm>
#include <cstdio>
#include <deque>
#include <future>
#include <map>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <thread>
#include <unistd.h>
#include <unordered_map>
#include <vector>

struct Worker {
  ~Worker() { sleep(1); }
  bool operator<(const Worker &) const { return false; }
};
struct Quick {
  ~Quick() {}
};
using Workers = std::map<std::string, std::unique_ptr<Worker>>;

co::task<> pointers(std::unique_ptr<Worker> w, std::unique_ptr<Quick> q) { // warning: destruction of 'w' blocks
  w.reset(); // warning: call to 'std::unique_ptr::reset' blocks the event loop: it reaches 'sleep' // note: which runs 'Worker::~Worker'
  w.reset(nullptr); // warning: it reaches 'sleep'
  w = nullptr; // warning: call to 'std::unique_ptr::operator=' blocks the event loop
  q.reset();
  q = nullptr;
  // What is put into a pointer may be the first.
  w.reset(new Worker);
  w = std::make_unique<Worker>();
  co_return;
}

co::task<> values(std::optional<Worker> &o, std::optional<Quick> &q) {
  o.reset(); // warning: it reaches 'sleep'
  q.reset();
  co_return;
}

co::task<> containers(Workers &map, std::unordered_map<int, Worker> &hash, std::vector<Worker> &vector,
                      std::deque<std::unique_ptr<Worker>> &queue, std::vector<std::shared_ptr<Worker>> &shared) {
  map.clear(); // warning: it reaches 'sleep'
  map.erase("a"); // warning: it reaches 'sleep'
  hash.clear(); // warning: it reaches 'sleep'
  hash.erase(1); // warning: it reaches 'sleep'
  vector.clear(); // warning: it reaches 'sleep'
  shared.clear();
  queue.pop_front(); // warning: it reaches 'sleep'
  // Taken out of it before.
  auto found = map.find("b");
  auto kept = std::move(found->second);
  map.erase(found);
  co_await std::suspend_always();
  kept.release();
}

co::task<> modelled(std::vector<std::jthread> &threads, std::unique_ptr<std::jthread> one) { // warning: destruction of 'one' blocks
  threads.clear(); // warning: it reaches 'std::jthread::~jthread'
  one.reset(); // warning: it reaches 'std::jthread::~jthread'
  co_return;
}

// Through a helper; and where it says that this is known.
struct Pool {
  void stop() { workers.clear(); }
  void halt() {
    threads.clear(); // NOLINT(nostall-blocking-call)
  }
  std::vector<std::unique_ptr<Worker>> workers;
  std::vector<std::jthread> threads;
};
co::task<> helpers(Pool &pool) {
  pool.stop(); // warning: call to 'Pool::stop' blocks the event loop: it reaches 'sleep'
  pool.halt();
  co_return;
}

// A shared one that nobody else can have.
void keep(std::shared_ptr<Worker>);
co::task<> alone(std::optional<Worker> &maybe) {
  auto own = std::make_shared<Worker>(); // warning: destruction of 'own' blocks
  auto shared = std::make_shared<Worker>();
  keep(shared);
  auto copied = std::make_shared<Worker>();
  auto copy = copied;
  maybe = std::nullopt; // warning: blocks
  co_return;
}

// What is never filled has nothing to let go.
co::task<> never_filled() {
  std::vector<Worker> none;
  none.clear();
  std::map<int, Worker> map;
  map.erase(1);
  std::optional<Worker> maybe;
  maybe.reset();
  std::vector<Worker> some;
  some.emplace_back();
  some.clear(); // warning: blocks
  co_return;
}

void plain(std::unique_ptr<Worker> w) { w.reset(); }

// What is taken off is there, unless it was moved out before.
co::task<> takes_off(std::deque<Worker> &queue, std::vector<std::unique_ptr<Worker>> &all, std::map<int, Worker> &map) {
  queue.pop_front(); // warning: call to 'std::deque::pop_front' blocks
  all.pop_back(); // warning: blocks
  map.erase(map.begin()); // warning: blocks
  co_return;
}
co::task<> takes_out(std::deque<std::unique_ptr<Worker>> &queue, std::map<int, std::unique_ptr<Worker>> &map) {
  auto first = std::move(queue.front());
  queue.pop_front();
  auto it = map.find(1);
  first.swap(it->second);
  auto second = std::move(it->second);
  map.erase(it);
  first.release();
  second.release();
}

co::task<> takes_out_found(std::vector<std::unique_ptr<Worker>> &all, const Worker *one, std::vector<std::unique_ptr<Worker>> &rest) {
  auto it = std::find_if(all.begin(), all.end(), [&](auto &w) { return w.get() == one; });
  rest.push_back(std::move(*it));
  all.erase(it);
  auto other = std::find_if(all.begin(), all.end(), [&](auto &w) { return w.get() == one; });
  all.erase(other); // warning: blocks
  co_return;
}

// A future that is assigned over, which waits for what it stood for.
static int compute() { return 1; }
co::task<> assigned_over() {
  auto f = std::async(std::launch::async, compute);
  f = {}; // warning: blocks the event loop
  std::future<int> none;
  none = {};
  co_return;
}

// Nothing was started: nothing to wait for.
co::task<> never_started() {
  std::thread t;
  if (t.joinable())
    t.join();
  std::thread u;
  u = std::thread(compute);
  u.join(); // warning: blocks
  co_return;
}

//===--- what is empty, or has left, when its owner dies -----------------------------

struct Joins {
  explicit Joins(void (*f)()) : thread(f) {}
  ~Joins() { thread.join(); }
  std::thread thread;
};
void job();
co::task<> emptied(bool sometimes) {
  std::optional<Joins> one;
  one.emplace(job);
  one.reset(); // warning: call to 'std::optional::reset' blocks
  std::optional<Joins> two; // warning: destruction of 'two' blocks
  two.emplace(job);
  if (sometimes)
    two.reset(); // warning: call to 'std::optional::reset' blocks
  std::optional<Joins> three; // warning: destruction of 'three' blocks
  three.emplace(job);
  three.reset(); // warning: call to 'std::optional::reset' blocks
  three.emplace(job);
  std::unique_ptr<Joins> four = std::make_unique<Joins>(job); // warning: destruction of 'four' blocks
  four.reset(new Joins(job));
  co_return;
}
co::task<> jthreads() {
  std::jthread detached(job);
  detached.detach();
  std::jthread joined(job);
  joined.join(); // warning: call to 'std::jthread::join' blocks
  std::jthread left(job); // warning: destruction of 'left' blocks
  co_return;
}

// What a std::unique_ptr's deleter does.
struct Closes {
  void operator()(int *) const { sleep(1); }
};
struct Forgets {
  void operator()(Joins *) const {}
};
static void close_it(int *) { sleep(1); }
static void forget_it(int *) {}
co::task<> deleters(int *fd, FILE *from) {
  std::unique_ptr<int, Closes> one(fd); // warning: destruction of 'one' blocks
  auto by = [](int *) { sleep(1); };
  std::unique_ptr<int, decltype(by)> two(fd, by);             // warning: destruction of 'two' blocks
  std::unique_ptr<int, void (*)(int *)> three(fd, &close_it); // warning: destruction of 'three' blocks
  std::unique_ptr<int, void (*)(int *)> four(fd, forget_it);
  std::unique_ptr<Joins, Forgets> five;
  std::unique_ptr<FILE, decltype(&pclose)> pipe(from, &pclose); // warning: destruction of 'pipe' blocks
  std::unique_ptr<FILE, decltype(&pclose)> none(nullptr, &pclose);
  std::unique_ptr<int, Closes> six(fd);
  six.reset(); // warning: call to 'std::unique_ptr::reset' blocks
  co_return;
}
// One that its constructor is given, where nobody else has got hold of it.
void lend(std::shared_ptr<int>);
co::task<> given_deleters(int *fd, FILE *from) {
  std::shared_ptr<int> one(fd, [](int *) { sleep(1); }); // warning: destruction of 'one' blocks
  auto two = std::shared_ptr<FILE>(from, &pclose);       // warning: destruction of 'two' blocks
  std::shared_ptr<int> three(fd, forget_it);
  std::shared_ptr<Joins> four(new Joins(job), Forgets());
  std::shared_ptr<int> shared(fd, &close_it);
  lend(shared);
  std::shared_ptr<Joins> plain(new Joins(job)); // warning: destruction of 'plain' blocks
  co_return;
}

// A std::shared_ptr runs its deleter for no object, too; a std::function may be
// a deleter; and a returned local has moved into what it becomes.
co::task<> scope_guards(int *fd) {
  std::shared_ptr<void> at_end(nullptr, [](void *) { usleep(1); }); // warning: destruction of 'at_end' blocks
  std::unique_ptr<int, std::function<void(int *)>> kept(fd, [](int *) { usleep(1); }); // warning: destruction of 'kept' blocks
  std::unique_ptr<int, void (*)(int *)> none(nullptr, [](int *) { usleep(1); });
  co_return;
}
std::optional<std::jthread> begin() {
  std::jthread thread(job);
  return thread;
}
co::task<> returned() {
  auto mine = begin(); // warning: destruction of 'mine' blocks
  co_return;
}

// The future that std::async gives waits, wherever it is kept.
co::task<> futures(std::vector<std::promise<void>> &promises) {
  std::vector<std::future<void>> asyncs; // warning: destruction of 'asyncs' blocks
  for (int i = 0; i < 3; ++i)
    asyncs.push_back(std::async(std::launch::async, job));
  std::vector<std::future<void>> promised;
  for (auto &promise : promises)
    promised.push_back(promise.get_future());
  std::vector<std::future<void>> deferred;
  deferred.emplace_back(std::async(std::launch::deferred, job));
  co_return;
}

// A private owner that nothing fills has nothing to destroy.
namespace { // other tests have such names, too

struct LoopThread {
  ~LoopThread() { worker.join(); }
  std::thread worker;
};
class Listeners {
public:
  ~Listeners() {}
  void listen() { port_ = 80; }

private:
  int port_ = 0;
  std::unique_ptr<LoopThread> thread_;
};
class Filled {
public:
  ~Filled() {}
  void listen() { thread_ = std::make_unique<LoopThread>(); }

private:
  std::unique_ptr<LoopThread> thread_;
};
co::task<> members_never_filled() {
  auto listeners = std::make_unique<Listeners>();
  listeners.reset();
  auto filled = std::make_unique<Filled>();
  filled->listen(); // warning: it reaches 'std::thread::join'
  filled.reset(); // warning: call to 'std::unique_ptr::reset' blocks
  co_return;
}

} // namespace
