// RUN: %nostall-verify %s
// What an owner drops when something else is put in its place.
#include "co.h"
#include <functional>
#include <future>
#include <memory>
#include <thread>

using co::task;
struct Link {
  ~Link() { std::this_thread::sleep_for(std::chrono::seconds(1)); }
  void use();
};
void keep(std::shared_ptr<Link>);
void post(std::function<void()>);
int crunch(int);

class Owners {
  std::shared_ptr<Link> alone, lent, captured, given, guarded;
  std::unique_ptr<Link> own, lazy, taken, made;
  std::future<int> running, asked, promised;

public:
  explicit Owners(std::shared_ptr<Link> link) : given(link) {
    made = std::make_unique<Link>();
  }

  task<> alone_again() {
    alone->use();
    alone = std::make_shared<Link>(); // warning: std::shared_ptr::operator=
    co_return;
  }
  task<> alone_no_more() {
    alone.reset(); // warning: std::shared_ptr::reset
    alone = nullptr;
    co_return;
  }
  task<> alone_is_empty() {
    alone = nullptr; // warning: std::shared_ptr::operator=
    own = nullptr;   // warning: std::unique_ptr::operator=
    co_return;
  }
  task<> lends() {
    lent = std::make_shared<Link>();
    keep(lent);
    co_return;
  }
  task<> captures() {
    captured = std::make_shared<Link>();
    post([copy = captured] { copy->use(); });
    co_return;
  }
  task<> was_given() {
    given.reset();
    co_return;
  }

  task<> own_again() {
    own = std::make_unique<Link>(); // warning: std::unique_ptr::operator=
    own->use();
    co_return;
  }
  task<> first_time_only() {
    if (!lazy)
      lazy = std::make_unique<Link>();
    co_return;
  }
  task<> taken_elsewhere() {
    taken = std::make_unique<Link>();
    co_return;
  }
  std::unique_ptr<Link> take() { return std::move(taken); }

  task<> next(int n) {
    running = std::async(std::launch::async, crunch, n); // warning: std::future::operator=
    co_return;
  }
  task<> next_if_done(int n) {
    if (!asked.valid())
      asked = std::async(std::launch::async, crunch, n);
    co_return;
  }
  task<> promise(std::promise<int> &by) {
    promised = by.get_future();
    co_return;
  }
};

task<> local() {
  std::unique_ptr<Link> link; // warning: destruction of 'link'
  link = std::make_unique<Link>();
  link = std::make_unique<Link>(); // warning: std::unique_ptr::operator=
  co_return;
}
