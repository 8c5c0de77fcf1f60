// Common mistakes, each refused with a sentence that says what to do.

#include <nostall/nostall.h>
#include <nostall/processes.h>

#include <vector>

using namespace nostall;
using namespace std::chrono_literals;

task<int> f();
int plain();
int twice(int);
struct widget {};

task<void> combinators(std::vector<task<int>> v, std::vector<task_handle<int>> handles) {
  // refused: std::move the container
  co_await gather(v);
  // refused: gather takes what can be awaited
  co_await gather(1, f());
  // refused: gather takes what can be awaited
  co_await gather(plain);
  // refused: wait takes what can be awaited
  co_await nostall::wait(handles, 1s);
  // refused: wait_for takes what can be awaited, and a std::chrono duration
  co_await wait_for(f(), 5);
  // refused: wait_for takes what can be awaited, and a std::chrono duration
  co_await wait_for(3, 1s);
  // refused: try_wait_for takes what can be awaited
  co_await try_wait_for(plain, 1s);
  // refused: shield takes what can be awaited: call the function
  co_await shield(plain);
  // refused: the body of with_timeout has to be a coroutine
  co_await with_timeout(1s, [](timeout_scope&) { return 1; });
  // refused: with_timeout takes a std::chrono duration
  co_await with_timeout(1s, plain);
  // refused: the body of with_task_group has to be a coroutine
  co_await with_task_group([](task_group& g) { g.start(f()); });
  // refused: as_completed takes what can be awaited
  for (auto next : as_completed(f(), 3))
    co_await next;
}

task<void> tasks(process_pool_executor& pool, std::vector<int> v) {
  // refused: this callable returns nothing that can be awaited
  co_await create_task(plain);
  // refused: this cannot be awaited
  co_await widget();
  task<int> t = f();
  // refused: deleted operator 'co_await'
  co_await t;
  // refused: a thread runs plain functions
  co_await to_thread(f);
  // refused: name the function as a template argument
  co_await pool.map(twice, v);
  int n = 1;
  // refused: a callable with captures or state cannot cross
  co_await pool.map([n](int i) { return i * n; }, v);
  co_await pool.map([](int i) { return 2 * i; }, v); // nothing wrong
}

void main_function() {
  // refused: run takes what can be awaited: call the function
  run(plain);
}
