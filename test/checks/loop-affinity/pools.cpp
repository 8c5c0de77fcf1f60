// RUN: %nostall-verify %s
// What a pool of the program's own is given: the callable is to blame, and not
// the pool. What a loop takes out of the same kind of queue is on the loop.
#include <nostall/annotations.h>
#include <condition_variable>
#include <deque>
#include <functional>
#include <mutex>
#include <string>
#include <thread>
#include <utility>

namespace { // other tests have such names, too

struct Catalogue {
  NOSTALL_LOOP_ONLY void add(const std::string &name);
};
void remember(Catalogue &all) { all.add("a"); }

class Crew {
  std::mutex m_;
  std::condition_variable any_;
  std::deque<std::function<void()>> jobs_;
  std::jthread thread_;

  void work() {
    for (;;) {
      std::function<void()> job;
      {
        std::unique_lock lock(m_);
        any_.wait(lock, [this] { return !jobs_.empty(); });
        job = std::move(jobs_.front());
        jobs_.pop_front();
      }
      job();
    }
  }

public:
  Crew() : thread_([this] { work(); }) {}
  void post(std::function<void()> job) {
    {
      std::lock_guard lock(m_);
      jobs_.push_back(std::move(job));
    }
    any_.notify_one();
  }
};

void give(Crew &crew, Catalogue &all) {
  crew.post([&] { all.add("b"); }); // warning: call to 'Catalogue::add' runs off the event loop's thread
  crew.post([&] { remember(all); }); // warning: call to 'remember' runs off the event loop's thread: it reaches 'Catalogue::add'
}

// One queue class for both.
class Letters {
  std::mutex m_;
  std::deque<std::function<void()>> all_;

public:
  void push(std::function<void()> one) {
    std::lock_guard lock(m_);
    all_.push_back(std::move(one));
  }
  std::function<void()> pop() {
    std::lock_guard lock(m_);
    auto one = std::move(all_.front());
    all_.pop_front();
    return one;
  }
};
class Carriers {
  Letters letters_;
  std::jthread thread_;

public:
  Carriers()
      : thread_([this] {
          while (auto one = letters_.pop())
            one();
        }) {}
  void post(std::function<void()> one) { letters_.push(std::move(one)); }
};
class Desk {
  Letters letters_;

public:
  void post(std::function<void()> one) { letters_.push(std::move(one)); }
  void run() {
    while (auto one = letters_.pop())
      one();
  }
};
void send(Carriers &carriers, Desk &desk, Catalogue &all) {
  desk.post([&] { all.add("c"); });
  carriers.post([&] { desk.post([&] { all.add("d"); }); });
}

} // namespace
