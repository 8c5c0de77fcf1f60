// RUN: %nostall-verify %s
// A future that was seen to be ready: however that was asked, and wherever the
// future has gone since.
#include "co.h"
#include <chrono>
#include <deque>
#include <future>
#include <list>
#include <map>
#include <memory>
#include <optional>
#include <utility>
#include <vector>

using namespace std::chrono_literals;
bool flag();
std::future<int> another();

co::task<int> not_timed_out(std::future<int> f) {
  switch (f.wait_for(0s)) {
  case std::future_status::timeout:
    co_return 0;
  default:
    co_return f.get();
  }
}
co::task<int> moved(std::future<int> f) {
  if (f.wait_for(0s) != std::future_status::ready)
    co_return 0;
  auto g = std::move(f);
  co_return g.get();
}
co::task<int> moved_from(std::future<int> f) {
  if (f.wait_for(0s) != std::future_status::ready)
    co_return 0;
  auto g = std::move(f);
  f = another();
  co_return f.get(); // warning: call to 'std::future::get' blocks
}
co::task<int> moved_by_assignment(std::future<int> f, std::future<int> g) {
  if (f.wait_for(0s) != std::future_status::ready)
    co_return 0;
  g = std::move(f);
  co_return g.get();
}
co::task<int> swapped(std::future<int> f, std::future<int> g) {
  if (f.wait_for(0s) != std::future_status::ready)
    co_return 0;
  std::swap(f, g);
  int n = g.get();
  co_return n + f.get(); // warning: call to 'std::future::get' blocks
}
co::task<int> copied(std::shared_future<int> f) {
  if (f.wait_for(0s) != std::future_status::ready)
    co_return 0;
  auto g = f;
  co_return g.get() + f.get();
}
co::task<int> kept(std::future<int> f) {
  const bool ready = flag() && f.wait_for(0s) == std::future_status::ready;
  if (!ready)
    co_return 0;
  co_return f.get();
}
co::task<int> kept_status_switched(std::future<int> f) {
  auto status = f.wait_for(0s);
  if (flag())
    co_return 0;
  switch (status) {
  case std::future_status::ready:
    co_return f.get();
  default:
    co_return f.get(); // warning: call to 'std::future::get' blocks
  }
}

struct pair {
  std::future<int> a, b;
};
co::task<int> of_two(pair x, pair y) {
  if (x.a.wait_for(0s) != std::future_status::ready)
    co_return 0;
  int n = x.a.get();
  co_return n + y.a.get(); // warning: call to 'std::future::get' blocks
}
co::task<int> a_part_of_a_local(pair x) {
  if (x.a.wait_for(0s) != std::future_status::ready)
    co_return 0;
  co_await co::sleep(1);
  co_return x.a.get();
}

//===--- behind an iterator, an owner, a queue ---------------------------------

constexpr auto is_there = std::future_status::ready;

co::task<int> polled(std::list<std::future<int>> &all, std::deque<std::future<int>> &queue) {
  int n = 0;
  for (auto it = all.begin(); it != all.end();)
    if (it->wait_for(0s) == std::future_status::ready) {
      n += it->get();
      it = all.erase(it);
    } else {
      ++it;
    }
  for (auto it = all.begin(); it != all.end(); ++it)
    if (it->wait_for(0s) == is_there) {
      ++it;
      n += it->get(); // warning: call to 'std::future::get' blocks
    }
  while (!queue.empty() && queue.front().wait_for(0s) == is_there) {
    n += queue.front().get();
    queue.pop_front();
  }
  if (queue.front().wait_for(0s) == is_there) {
    queue.pop_front();
    n += queue.front().get(); // warning: call to 'std::future::get' blocks
  }
  co_return n;
}
co::task<int> owned(std::shared_ptr<std::future<int>> p, std::optional<std::future<int>> o) {
  int n = 0;
  if (p->wait_for(0s) == is_there)
    n += p->get();
  if (o && o->wait_for(0s) == is_there)
    n += o.value().get();
  if (o->wait_for(0s) == is_there)
    n += (*p).get(); // warning: call to 'std::future::get' blocks
  co_return n;
}

//===--- one of many, and closures that ask --------------------------------------------

co::task<int> harvest(std::vector<std::future<int>> &pending, std::map<int, std::future<int>> &named, unsigned last) {
  int sum = 0;
  for (unsigned i = 0; i < pending.size(); ++i)
    if (pending[i].wait_for(std::chrono::seconds(0)) == std::future_status::ready)
      sum += pending[i].get();
  if (pending.at(0).wait_for(std::chrono::seconds(0)) == std::future_status::ready) {
    sum += pending.at(0).get();
    sum += pending.at(1).get(); // warning: call to 'std::future::get' blocks
  }
  if (named[3].wait_for(std::chrono::seconds(0)) == std::future_status::ready)
    sum += named[3].get();
  unsigned at = 0;
  if (pending[at].wait_for(std::chrono::seconds(0)) == std::future_status::ready) {
    ++at;
    sum += pending[at].get(); // warning: call to 'std::future::get' blocks
  }
  if (pending[last].wait_for(std::chrono::seconds(0)) == std::future_status::ready) {
    pending.emplace_back();
    sum += pending[last].get(); // warning: call to 'std::future::get' blocks
  }
  co_return sum;
}
co::operation<> tick();
co::task<int> asked_by_a_closure(std::future<int> f, std::future<int> g) {
  auto ready = [&] { return f.wait_for(std::chrono::seconds(0)) == std::future_status::ready; };
  while (!ready())
    co_await tick();
  const int sum = g.get(); // warning: call to 'std::future::get' blocks
  co_return sum + f.get();
}
