// RUN: %nostall-verify %s --checks=-*,nostall-blocking-call --config="{CheckOptions: {nostall-blocking-call.Strict: true}}" -- -std=c++23
// checks/models/std.yaml against libstdc++ 12: one call for every entry.
// ModelCoverageTest.cpp fails when an entry has none.
// absent: std::future::wait, std::future::wait_for, std::future::wait_until (libc++ and MSVC name them so)
// absent: std::shared_future::wait, std::shared_future::wait_for, std::shared_future::wait_until (libc++)
// absent: std::atomic_ref::wait (std::__atomic_ref's)
// absent: std::atomic_flag_wait, std::atomic_flag_wait_explicit, std::print, std::println (not in libstdc++ 12)
// absent: fmt::println, fmt::vprint_buffered (not in {fmt} 9)
// absent: std::bind_back, std::forward_like (not in libstdc++ 12)
// absent: std::shared_ptr::reset (std::__shared_ptr's)
// absent: std::execution::sync_wait, std::this_thread::sync_wait (not in libstdc++ 12)
// absent: std::copyable_function::*, std::expected::and_then, std::expected::transform (not in libstdc++ 12)
// absent: std::expected::or_else, std::expected::transform_error (not in libstdc++ 12)
// absent: std::experimental::filesystem::** (the same names as std::filesystem's)
#include "co.h"
#include <algorithm>
#include <any>
#include <array>
#include <atomic>
#include <cmath>
#include <barrier>
#include <condition_variable>
#include <deque>
#include <execution>
#include <expected>
#include <fmt/core.h>
#include <filesystem>
#include <forward_list>
#include <fstream>
#include <functional>
#include <future>
#include <iostream>
#include <latch>
#include <list>
#include <map>
#include <memory>
#include <mutex>
#include <new>
#include <numeric>
#include <optional>
#include <queue>
#include <ranges>
#include <semaphore>
#include <set>
#include <shared_mutex>
#include <stack>
#include <sstream>
#include <stop_token>
#include <syncstream>
#include <thread>
#include <tuple>
#include <unordered_map>
#include <unordered_set>
#include <variant>
#include <vector>
#include <unistd.h>

using namespace std::chrono_literals;
namespace chrono = std::chrono;
namespace fs = std::filesystem;
using Clock = chrono::steady_clock;

int slow() { return sleep(1); }

co::task<> sleeps(chrono::milliseconds some) {
  std::this_thread::sleep_for(some); // warning: (sleep)
  std::this_thread::sleep_for(1s); // warning: (sleep)
  std::this_thread::sleep_for(0s);
  std::this_thread::sleep_until(Clock::now()); // warning: (sleep)
  std::this_thread::yield();
  co_return;
}

co::task<> futures(std::future<int> &future, std::shared_future<int> &shared) {
  future.wait_for(1s); // warning: (wait)
  future.wait_for(0s);
  shared.wait_for(1s); // warning: (wait)
  future.wait_until(Clock::now() + 1s); // warning: (wait)
  future.wait_until(Clock::now());
  future.wait(); // warning: (wait)
  shared.wait(); // warning: (wait)
  future.valid();
  co_return;
}
co::task<> results(std::future<int> &future, std::shared_future<int> &shared) {
  future.get(); // warning: (wait)
  shared.get(); // warning: (wait)
  co_return;
}
co::task<int> ready_futures(std::future<int> &future) {
  if (future.wait_for(0s) == std::future_status::ready)
    co_return future.get();
  co_return 0;
}
co::task<> asynchronous() {
  std::async(std::launch::async, slow); // warning: (wait)
  std::async(std::launch::deferred, slow);
  auto kept = std::make_shared<std::future<int>>(std::async(slow));
  co_return;
}

co::task<> threads(std::thread &thread, std::jthread &other) {
  std::thread(slow).detach();
  thread.join(); // warning: (wait)
  other.join(); // warning: (wait)
  std::jthread joins(slow); // warning: (wait)
  other.request_stop();
  co_return;
}

co::task<> conditions(std::condition_variable &condition, std::condition_variable_any &any,
                      std::unique_lock<std::mutex> &lock) {
  condition.wait(lock); // warning: (wait)
  condition.wait_until(lock, Clock::now()); // warning: (wait)
  condition.wait_for(lock, 1s); // warning: (wait)
  condition.wait_for(lock, 0s);
  any.wait(lock); // warning: (wait)
  any.wait_until(lock, Clock::now()); // warning: (wait)
  any.wait_for(lock, 1s); // warning: (wait)
  condition.notify_all();
  co_return;
}

co::task<> variants(std::variant<std::monostate, std::jthread> &one) {
  one = std::monostate{}; // warning: it reaches 'std::jthread::~jthread' (wait)
  co_return;
}

co::task<> latches(std::latch &latch, std::barrier<> &barrier, std::counting_semaphore<4> &semaphore) {
  latch.wait(); // warning: (wait)
  latch.arrive_and_wait(); // warning: (wait)
  latch.count_down();
  if (latch.try_wait())
    latch.wait();
  barrier.wait(barrier.arrive()); // warning: (wait)
  barrier.arrive_and_wait(); // warning: (wait)
  semaphore.acquire(); // warning: (wait)
  semaphore.try_acquire_until(Clock::now()); // warning: (wait)
  semaphore.try_acquire_for(1s); // warning: (wait)
  semaphore.try_acquire_for(0s);
  semaphore.try_acquire();
  semaphore.release();
  co_return;
}

struct Pair {
  short a, b;
};
co::task<> atomics(std::atomic<int> &integer, std::atomic<Pair> &object, std::atomic<float> &real, std::atomic_flag &flag, int &plain) {
  integer.wait(0); // warning: (wait)
  real.wait(0); // warning: (wait)
  object.wait({}); // warning: (wait)
  flag.wait(false); // warning: (wait)
  std::atomic_ref<int>(plain).wait(0); // warning: (wait)
  std::atomic_wait(&integer, 0); // warning: (wait)
  std::atomic_wait_explicit(&integer, 0, std::memory_order_relaxed); // warning: (wait)
  integer.notify_all();
  co_return;
}

co::task<> mutexes(std::mutex &mutex, std::recursive_mutex &recursive, std::timed_mutex &timed,
                   std::recursive_timed_mutex &recursive_timed, std::shared_mutex &shared,
                   std::shared_timed_mutex &shared_timed) {
  mutex.lock(); // warning: (lock)
  mutex.try_lock();
  mutex.unlock();
  recursive.lock(); // warning: (lock)
  recursive.try_lock();
  recursive.unlock();
  timed.lock(); // warning: (lock)
  timed.try_lock();
  timed.try_lock_for(1s); // warning: (lock)
  timed.try_lock_for(0s);
  timed.try_lock_until(Clock::now()); // warning: (lock)
  timed.unlock();
  recursive_timed.lock(); // warning: (lock)
  recursive_timed.try_lock();
  recursive_timed.try_lock_for(1s); // warning: (lock)
  recursive_timed.try_lock_until(Clock::now()); // warning: (lock)
  recursive_timed.unlock();
  shared.lock(); // warning: (lock)
  shared.try_lock();
  shared.unlock();
  shared.lock_shared(); // warning: (lock)
  shared.try_lock_shared();
  shared.unlock_shared();
  shared_timed.lock(); // warning: (lock)
  shared_timed.try_lock();
  shared_timed.unlock();
  shared_timed.lock_shared(); // warning: (lock)
  shared_timed.try_lock_shared();
  shared_timed.unlock_shared();
  shared_timed.try_lock_for(1s); // warning: (lock)
  shared_timed.try_lock_until(Clock::now()); // warning: (lock)
  shared_timed.try_lock_shared_for(1s); // warning: (lock)
  shared_timed.try_lock_shared_until(Clock::now()); // warning: (lock)
  std::lock(mutex, timed); // warning: (lock)
  std::try_lock(mutex, timed);
  co_return;
}

co::task<> guards(std::mutex &mutex, std::timed_mutex &timed, std::shared_timed_mutex &shared) {
  { std::lock_guard guard(mutex); } // warning: (lock)
  { std::lock_guard guard(mutex, std::adopt_lock); }
  { std::scoped_lock guard(mutex, timed); } // warning: (lock)
  { std::scoped_lock guard(std::adopt_lock, mutex); }
  { std::scoped_lock guard; }
  { std::unique_lock guard(mutex); } // warning: (lock)
  { std::unique_lock guard(mutex, std::try_to_lock); }
  { std::unique_lock guard(mutex, std::adopt_lock); }
  { std::unique_lock guard(timed, 1s); } // warning: (lock)
  { std::unique_lock guard(timed, Clock::now()); } // warning: (lock)
  { std::shared_lock guard(shared); } // warning: (lock)
  std::unique_lock later(timed, std::defer_lock);
  later.lock(); // warning: (lock)
  later.unlock();
  later.try_lock();
  later.try_lock_for(1s); // warning: (lock)
  later.try_lock_until(Clock::now()); // warning: (lock)
  std::unique_lock other(std::move(later));
  std::shared_lock reader(shared, std::defer_lock);
  reader.lock(); // warning: (lock)
  reader.try_lock_for(1s); // warning: (lock)
  reader.try_lock_until(Clock::now()); // warning: (lock)
  co_return;
}

co::task<> file_streams(std::string path, std::ifstream &in, std::ofstream &out, std::fstream &both,
                        std::filebuf &buffer) {
  std::ifstream opened(path); // warning: (file-io)
  std::ofstream created("a"); // warning: (file-io)
  std::fstream updated(path, std::ios::in); // warning: (file-io)
  std::ifstream closed;
  std::ifstream moved(std::move(in));
  in.open("a"); // warning: (file-io)
  in.close(); // warning: (file-io)
  out.open("a"); // warning: (file-io)
  out.close(); // warning: (file-io)
  both.open("a"); // warning: (file-io)
  both.close(); // warning: (file-io)
  buffer.open("a", std::ios::in); // warning: (file-io)
  buffer.close(); // warning: (file-io)
  in.is_open();
  in.good();
  co_return;
}

co::task<> reading(std::ifstream &file, std::istream &some, std::string line, char *text, int value) {
  file.get(); // warning: (file-io)
  file.getline(text, 1); // warning: (file-io)
  file.read(text, 1); // warning: (file-io)
  file.ignore(); // warning: (file-io)
  file.peek(); // warning: (file-io)
  file >> value; // warning: (file-io)
  file >> line; // warning: (file-io)
  file.sync(); // warning: (file-io)
  file.seekg(0); // warning: (file-io)
  std::getline(file, line); // warning: (file-io)
  std::cin.get(); // warning: (input)
  std::cin >> value; // warning: (input)
  std::cin >> line; // warning: (input)
  std::getline(std::cin, line); // warning: (input)
  some.get();
  some >> value;
  some >> line;
  std::getline(some, line);
  co_return;
}

co::task<> buffers(std::ifstream &in, std::fstream &both, std::istream &some, std::stringstream &memory, char *text) {
  both.rdbuf()->sgetn(text, 1); // warning: (file-io)
  both.rdbuf()->sputn(text, 1); // warning: (file-io)
  both.rdbuf()->pubsync(); // warning: (file-io)
  in.rdbuf()->sgetc(); // warning: (file-io)
  in.rdbuf()->sbumpc(); // warning: (file-io)
  in.rdbuf()->snextc(); // warning: (file-io)
  memory << in.rdbuf(); // warning: (file-io)
  std::string all(std::istreambuf_iterator<char>(both), {}); // warning: (file-io)
  all.assign(std::istreambuf_iterator<char>(in.rdbuf()), {}); // warning: (file-io)
  std::istream_iterator<int> numbers(both); // warning: (file-io)
  std::istream_iterator<int> typed(std::cin); // warning: (input)
  memory.rdbuf()->sgetn(text, 1);
  some.rdbuf()->sgetn(text, 1);
  memory << some.rdbuf();
  std::string read(std::istreambuf_iterator<char>(memory), {});
  co_return;
}

co::task<> writing(std::ofstream &file, std::ostream &some, std::string line) {
  file.put('a'); // warning: (file-io)
  file.write("a", 1); // warning: (file-io)
  file.flush(); // warning: (file-io)
  file.seekp(0); // warning: (file-io)
  file << 1; // warning: (file-io)
  file << line << 1 << '\n'; // warning: (file-io)
  std::endl(file); // warning: (file-io)
  std::flush(file); // warning: (file-io)
  std::cout << 1 << line; // warning: (console-io)
  fmt::print("{}", 1); // warning: (console-io)
  fmt::print(stderr, "{}", 1); // warning: (console-io)
  fmt::vprint("a", {}); // warning: (console-io)
  std::cerr << line << 1; // warning: (console-io)
  std::clog.flush(); // warning: (console-io)
  std::endl(std::cout); // warning: (console-io)
  some << 1 << line;
  some.flush();
  std::osyncstream out(std::cout); // warning: (console-io)
  out << 1 << line;
  out.emit(); // warning: (console-io)
  co_return;
}

co::task<> questions(fs::path path, fs::file_status known, std::error_code error) {
  fs::exists(path); // warning: (file-io)
  fs::exists(known);
  fs::is_regular_file(path); // warning: (file-io)
  fs::is_regular_file(known);
  fs::is_directory(path); // warning: (file-io)
  fs::is_symlink(path); // warning: (file-io)
  fs::is_block_file(path); // warning: (file-io)
  fs::is_character_file(path); // warning: (file-io)
  fs::is_fifo(path); // warning: (file-io)
  fs::is_other(path); // warning: (file-io)
  fs::is_socket(path); // warning: (file-io)
  fs::status(path); // warning: (file-io)
  fs::symlink_status(path); // warning: (file-io)
  fs::is_empty(path); // warning: (file-io)
  fs::file_size(path, error); // warning: (file-io)
  fs::hard_link_count(path); // warning: (file-io)
  fs::last_write_time(path); // warning: (file-io)
  fs::space(path); // warning: (file-io)
  fs::equivalent(path, path); // warning: (file-io)
  fs::canonical(path); // warning: (file-io)
  fs::weakly_canonical(path); // warning: (file-io)
  fs::relative(path); // warning: (file-io)
  fs::proximate(path); // warning: (file-io)
  fs::read_symlink(path); // warning: (file-io)
  fs::temp_directory_path(); // warning: (file-io)
  path.filename().extension().string();
  path / "a";
  path.lexically_normal();
  co_return;
}

co::task<> changes(fs::path path, std::error_code error) {
  fs::copy(path, path); // warning: (file-io)
  fs::copy_file(path, path); // warning: (file-io)
  fs::copy_symlink(path, path); // warning: (file-io)
  fs::create_directory(path); // warning: (file-io)
  fs::create_directories(path); // warning: (file-io)
  fs::create_directory_symlink(path, path); // warning: (file-io)
  fs::create_hard_link(path, path); // warning: (file-io)
  fs::create_symlink(path, path); // warning: (file-io)
  fs::permissions(path, fs::perms::all); // warning: (file-io)
  fs::remove(path); // warning: (file-io)
  fs::remove_all(path); // warning: (file-io)
  fs::rename(path, path); // warning: (file-io)
  fs::resize_file(path, 1); // warning: (file-io)
  fs::current_path(path); // warning: (file-io)
  fs::current_path();
  fs::current_path(error);
  co_return;
}

co::task<> folders(fs::path path, std::error_code error) {
  fs::directory_iterator one(path); // warning: (file-io)
  fs::recursive_directory_iterator all(path); // warning: (file-io)
  fs::directory_iterator end;
  fs::directory_iterator copy(one);
  ++one; // warning: (file-io)
  ++all; // warning: (file-io)
  one.increment(error); // warning: (file-io)
  all.increment(error); // warning: (file-io)
  all.pop(); // warning: (file-io)
  fs::directory_entry entry(path); // warning: (file-io)
  fs::directory_entry empty;
  entry.status(); // warning: (file-io)
  entry.symlink_status(); // warning: (file-io)
  entry.file_size(); // warning: (file-io)
  entry.last_write_time(); // warning: (file-io)
  entry.hard_link_count(); // warning: (file-io)
  entry.refresh(); // warning: (file-io)
  entry.path();
  co_return;
}
co::task<> listing(fs::path path) {
  for (auto &entry : fs::directory_iterator(path)) // warning: (file-io) // warning: (file-io)
    entry.path();
  co_return;
}

//===--- callables --------------------------------------------------------------

struct Callable {
  int operator()(int = 0) const { return sleep(1); }
  auto operator<=>(const Callable &) const = default;
};

co::task<> called(std::vector<int> numbers, std::list<int> list, std::forward_list<int> forward,
                  std::optional<int> maybe, std::variant<int, long> either, std::string text, std::once_flag &once) {
  auto slowly = [](auto...) { return bool(slow()); };
  std::for_each(numbers.begin(), numbers.end(), slowly); // warning: it reaches 'sleep'
  std::for_each_n(numbers.begin(), 1, slowly); // warning: it reaches 'sleep'
  std::ranges::for_each(numbers, slowly); // warning: it reaches 'sleep'
  std::ranges::for_each_n(numbers.begin(), 1, slowly); // warning: it reaches 'sleep'
  std::sort(numbers.begin(), numbers.end(), slowly); // warning: it reaches 'sleep'
  std::any_of(numbers.begin(), numbers.end(), slowly); // warning: it reaches 'sleep'
  std::all_of(numbers.begin(), numbers.end(), slowly); // warning: it reaches 'sleep'
  std::none_of(numbers.begin(), numbers.end(), slowly); // warning: it reaches 'sleep'
  std::find_if(numbers.begin(), numbers.end(), slowly); // warning: it reaches 'sleep'
  std::transform(numbers.begin(), numbers.end(), numbers.begin(), slowly); // warning: it reaches 'sleep'
  std::ranges::find_if(numbers, slowly); // warning: it reaches 'sleep'
  std::accumulate(numbers.begin(), numbers.end(), 0, slowly); // warning: it reaches 'sleep'
  std::visit(slowly, either); // warning: it reaches 'sleep'
  std::erase_if(numbers, slowly); // warning: it reaches 'sleep'
  std::call_once(once, slowly); // warning: it reaches 'sleep'
  std::invoke(slowly, 1); // warning: it reaches 'sleep'
  std::apply(slowly, std::tuple(1)); // warning: it reaches 'sleep'
  list.remove_if(slowly); // warning: it reaches 'sleep'
  list.sort(slowly); // warning: it reaches 'sleep'
  list.unique(slowly); // warning: it reaches 'sleep'
  list.merge(list, slowly); // warning: it reaches 'sleep'
  forward.remove_if(slowly); // warning: it reaches 'sleep'
  forward.sort(slowly); // warning: it reaches 'sleep'
  forward.unique(slowly); // warning: it reaches 'sleep'
  forward.merge(forward, slowly); // warning: it reaches 'sleep'
  maybe.and_then([](int) { return std::optional(slow()); }); // warning: it reaches 'sleep'
  maybe.transform([](int) { return slow(); }); // warning: it reaches 'sleep'
  maybe.or_else([] { return std::optional(slow()); }); // warning: it reaches 'sleep'
  text.resize_and_overwrite(1, [](char *, int) { return slow(); }); // warning: it reaches 'sleep'
  co_return;
}

co::task<> wrapped(Callable callable, std::stop_token stop) {
  std::function<int()> function(callable);
  std::move_only_function<int()> unique(callable);
  std::packaged_task<int()> packaged(callable);
  std::promise<Callable> promise;
  promise.set_value(callable);
  std::reference_wrapper<Callable> reference(callable);
  std::any any(callable);
  any.emplace<Callable>(callable);
  std::optional<Callable> optional(callable);
  optional.emplace(callable);
  std::expected<Callable, int> expected(callable);
  expected.emplace(callable);
  std::variant<int, Callable> variant(callable);
  variant.emplace<Callable>(callable);
  std::pair<int, Callable> pair(1, callable);
  std::tuple<int, Callable> tuple(1, callable);
  std::stop_callback stopped(stop, callable);
  std::shared_ptr<Callable> shared(new Callable(callable));
  std::weak_ptr<Callable> weak(shared);
  std::unique_ptr<Callable> owned(new Callable(callable));
  shared.reset(new Callable(callable));
  owned.reset(new Callable(callable));
  co_return;
}

co::task<> stored(Callable callable) {
  std::bind(callable, 1);
  std::bind_front(callable, 1);
  std::not_fn(callable);
  std::mem_fn(&Callable::operator());
  std::ref(callable);
  std::cref(callable);
  std::make_shared<Callable>(callable);
  std::allocate_shared<Callable>(std::allocator<Callable>(), callable);
  std::make_unique<Callable>(callable);
  std::make_pair(callable, 1);
  std::make_tuple(callable);
  std::tie(callable);
  std::forward_as_tuple(callable);
  std::make_optional(callable);
  std::any any = std::make_any<Callable>(callable);
  std::any_cast<Callable>(any);
  std::exchange(callable, callable);
  Callable other;
  std::swap(callable, other);
  std::construct_at(&other, callable);
  std::set_terminate([] { sleep(1); });
  std::set_new_handler([] { sleep(1); });
  std::addressof(callable);
  std::make_from_tuple<Callable>(std::tuple(callable));
  std::to_array({callable});
  std::variant<Callable> variant;
  std::get<0>(variant);
  std::get_if<0>(&variant);
  std::move(callable);
  std::forward<Callable>(callable);
  std::move_if_noexcept(callable);
  std::as_const(callable);
  std::launder(&callable);
  co_return;
}

co::task<> contained(Callable callable) {
  std::array<Callable, 1> array;
  array.fill(callable);
  std::vector<Callable> vector;
  vector.push_back(callable);
  std::deque<Callable> deque;
  deque.push_front(callable);
  std::list<Callable> list;
  list.push_back(callable);
  std::forward_list<Callable> forward;
  forward.push_front(callable);
  std::set<Callable> set;
  set.insert(callable);
  std::multiset<Callable> multiset;
  multiset.insert(callable);
  std::map<int, Callable> map;
  map.emplace(1, callable);
  map.insert_or_assign(1, callable);
  std::multimap<int, Callable> multimap;
  multimap.emplace(1, callable);
  auto hash = [](const Callable &) { return 1u; };
  std::unordered_set<Callable, decltype(hash)> unordered_set;
  unordered_set.insert(callable);
  std::unordered_multiset<Callable, decltype(hash)> unordered_multiset;
  unordered_multiset.insert(callable);
  std::unordered_map<int, Callable> unordered_map;
  unordered_map.try_emplace(1, callable);
  std::unordered_multimap<int, Callable> unordered_multimap;
  unordered_multimap.emplace(1, callable);
  std::stack<Callable> stack;
  stack.push(callable);
  std::queue<Callable> queue;
  queue.push(callable);
  std::priority_queue<Callable> priority_queue;
  priority_queue.push(callable);
  *std::back_inserter(vector) = callable;
  std::inserter(vector, vector.begin());
  std::make_move_iterator(vector.begin());
  std::allocator<Callable> allocator;
  std::allocator_traits<std::allocator<Callable>>::construct(allocator, &array[0], callable);
  co_return;
}

//===--- done at once (nostall-needless-offload) --------------------------------------

co::task<> getters(std::vector<int> &v, std::array<int, 1> &a, std::string &s, std::optional<std::string> &o,
                   std::unique_ptr<std::string> &p) {
  v[v.size() - v.empty()] = a[a.size() - 1];
  s[s.size() - s.empty()] = 'x';
  if (o.has_value())
    (*o)[0] = *o->begin();
  if (p.get())
    (*p)[0] = *p->begin();
  co_return;
}
co::task<> numbers(std::atomic<int> &n, std::atomic<bool> &b, float &d) {
  n.store(n.load() + n.exchange(1) + n.fetch_add(1) - n.fetch_sub(1));
  b.store(b.load() && b.exchange(true));
  d = std::sqrt(d) + std::floor(d) + std::ceil(d) + std::round(d) + std::abs(d) + std::fabs(d);
  co_return;
}

//===--- what owners let go ---------------------------------------------------------------

struct Joined {
  ~Joined() { thread.join(); }
  bool operator==(const Joined &) const { return true; }
  bool operator<(const Joined &) const { return false; }
  std::thread thread;
};
struct JoinedHash {
  unsigned long operator()(const Joined &) const { return 1; }
};
co::task<> lets_go(std::unique_ptr<Joined> &p, std::optional<Joined> &o, std::vector<Joined> &v, std::deque<Joined> &d,
                   std::list<Joined> &l, std::forward_list<Joined> &f, std::map<int, Joined> &m,
                   std::multimap<int, Joined> &mm, std::set<Joined> &s, std::multiset<Joined> &ms,
                   std::unordered_map<int, Joined> &u, std::unordered_multimap<int, Joined> &um,
                   std::unordered_set<Joined, JoinedHash> &us, std::unordered_multiset<Joined, JoinedHash> &ums,
                   const Joined &key) {
  p.reset();    // warning: it reaches 'std::thread::join'
  p = nullptr;  // warning: it reaches 'std::thread::join'
  o.reset();    // warning: it reaches 'std::thread::join'
  o = std::nullopt; // warning: it reaches 'std::thread::join'
  v.clear();    // warning: it reaches 'std::thread::join'
  d.clear();    // warning: it reaches 'std::thread::join'
  l.clear();    // warning: it reaches 'std::thread::join'
  f.clear();    // warning: it reaches 'std::thread::join'
  m.clear();    // warning: it reaches 'std::thread::join'
  mm.clear();   // warning: it reaches 'std::thread::join'
  s.clear();    // warning: it reaches 'std::thread::join'
  ms.clear();   // warning: it reaches 'std::thread::join'
  u.clear();    // warning: it reaches 'std::thread::join'
  um.clear();   // warning: it reaches 'std::thread::join'
  us.clear();   // warning: it reaches 'std::thread::join'
  ums.clear();  // warning: it reaches 'std::thread::join'
  m.erase(1);   // warning: it reaches 'std::thread::join'
  mm.erase(1);  // warning: it reaches 'std::thread::join'
  s.erase(key); // warning: it reaches 'std::thread::join'
  ms.erase(key); // warning: it reaches 'std::thread::join'
  u.erase(1);    // warning: it reaches 'std::thread::join'
  um.erase(1);   // warning: it reaches 'std::thread::join'
  us.erase(key); // warning: it reaches 'std::thread::join'
  ums.erase(key); // warning: it reaches 'std::thread::join'
  co_return;
}

class Replaces {
  std::unique_ptr<Joined> own;
  std::shared_ptr<Joined> alone, last;

public:
  Replaces() : last(std::make_shared<Joined>()) {}
  co::task<> replaces() {
    own = std::make_unique<Joined>();   // warning: it reaches 'std::thread::join'
    alone = std::make_shared<Joined>(); // warning: it reaches 'std::thread::join'
    last.reset();                       // warning: it reaches 'std::thread::join'
    co_return;
  }
};

struct Gone {
  ~Gone() { sleep(1); }
  auto operator<=>(const Gone &) const = default;
};
template <> struct std::hash<Gone> {
  size_t operator()(const Gone &) const { return 0; }
};
co::task<> takes_off(std::vector<Gone> &v, std::deque<Gone> &d, std::list<Gone> &l, std::forward_list<Gone> &f,
                     std::queue<Gone> &q, std::stack<Gone> &s, std::priority_queue<Gone> &p) {
  d.pop_back();  // warning: it reaches 'sleep'
  d.pop_front(); // warning: it reaches 'sleep'
  f.pop_front(); // warning: it reaches 'sleep'
  l.pop_back();  // warning: it reaches 'sleep'
  l.pop_front(); // warning: it reaches 'sleep'
  v.pop_back();  // warning: it reaches 'sleep'
  q.pop();       // warning: it reaches 'sleep'
  s.pop();       // warning: it reaches 'sleep'
  p.pop();       // warning: it reaches 'sleep'
  co_return;
}
co::task<> erases(std::vector<Gone> &v, std::deque<Gone> &d, std::list<Gone> &l, std::map<int, Gone> &m,
                  std::multimap<int, Gone> &mm, std::set<Gone> &s, std::multiset<Gone> &ms,
                  std::unordered_map<int, Gone> &u, std::unordered_multimap<int, Gone> &um,
                  std::unordered_set<Gone> &us, std::unordered_multiset<Gone> &ums) {
  v.erase(v.begin());    // warning: it reaches 'sleep'
  d.erase(d.begin());    // warning: it reaches 'sleep'
  l.erase(l.begin());    // warning: it reaches 'sleep'
  m.erase(m.begin());    // warning: it reaches 'sleep'
  m.erase(m.cbegin());   // warning: it reaches 'sleep'
  mm.erase(mm.begin());  // warning: it reaches 'sleep'
  mm.erase(mm.cbegin()); // warning: it reaches 'sleep'
  s.erase(s.cbegin());   // warning: it reaches 'sleep'
  ms.erase(ms.cbegin()); // warning: it reaches 'sleep'
  u.erase(u.begin());    // warning: it reaches 'sleep'
  u.erase(u.cbegin());   // warning: it reaches 'sleep'
  um.erase(um.begin());  // warning: it reaches 'sleep'
  um.erase(um.cbegin()); // warning: it reaches 'sleep'
  us.erase(us.cbegin()); // warning: it reaches 'sleep'
  ums.erase(ums.cbegin()); // warning: it reaches 'sleep'
  v.erase(v.cbegin(), v.cend()); // warning: it reaches 'sleep'
  d.erase(d.cbegin(), d.cend()); // warning: it reaches 'sleep'
  l.erase(l.cbegin(), l.cend()); // warning: it reaches 'sleep'
  m.erase(m.cbegin(), m.cend()); // warning: it reaches 'sleep'
  mm.erase(mm.cbegin(), mm.cend()); // warning: it reaches 'sleep'
  s.erase(s.cbegin(), s.cend()); // warning: it reaches 'sleep'
  ms.erase(ms.cbegin(), ms.cend()); // warning: it reaches 'sleep'
  u.erase(u.cbegin(), u.cend()); // warning: it reaches 'sleep'
  um.erase(um.cbegin(), um.cend()); // warning: it reaches 'sleep'
  us.erase(us.cbegin(), us.cend()); // warning: it reaches 'sleep'
  ums.erase(ums.cbegin(), ums.cend()); // warning: it reaches 'sleep'
  std::erase_if(v, [](auto &) { return true; }); // warning: it reaches 'sleep'
  l.remove_if([](auto &) { return true; }); // warning: it reaches 'sleep'
  co_return;
}

//===--- of no use in another process (nostall-process-boundary) -----------------------
// absent: std::copyable_function (C++26)

struct Stays {
  std::string_view view;
  std::span<int> span;
};

//===--- constructs ------------------------------------------------------------------

struct Made {
  Made() { sleep(1); }
  explicit Made(int) noexcept { sleep(1); }
  Made &operator=(int) { return *this; }
  auto operator<=>(const Made &) const = default;
};
template <> struct std::hash<Made> {
  size_t operator()(const Made &) const { return 0; }
};
co::task<> counted(std::vector<Made> &vector, std::deque<Made> &deque, std::list<Made> &list,
                   std::forward_list<Made> &forward) {
  std::vector<Made> v(2);        // warning: construction of 'Made'
  std::deque<Made> d(2);         // warning: construction of 'Made'
  std::list<Made> l(2);          // warning: construction of 'Made'
  vector.resize(2);              // warning: construction of 'Made'
  deque.resize(2);               // warning: construction of 'Made'
  list.resize(2);                // warning: construction of 'Made'
  forward.resize(2);             // warning: construction of 'Made'
  co_return;
}
co::task<> by_default() {
  std::array<Made, 2> a;    // warning: construction of 'Made'
  std::variant<Made, int> v; // warning: construction of 'Made'
  std::tuple<Made, int> t;  // warning: construction of 'Made'
  std::pair<int, Made> p;   // warning: construction of 'Made'
  co_return;
}
struct Pooled {
  static void *operator new(std::size_t size) { sleep(1); return std::malloc(size); }
  static void operator delete(void *at) { std::free(at); }
};
co::task<> in_place() {
  std::optional<Made> in(std::in_place);                // warning: construction of 'Made'
  std::optional<Made> of(1);                            // warning: construction of 'Made'
  in = 2;                                               // warning: construction of 'Made'
  in = std::nullopt;
  std::optional<Made> copied(in);
  std::expected<Made, int> fine(std::in_place, 1);      // warning: construction of 'Made'
  fine.emplace(2);                                      // warning: construction of 'Made'
  std::variant<int, Made> one(std::in_place_type<Made>); // warning: construction of 'Made'
  std::variant<int, Made> two(std::in_place_index<1>, 1); // warning: construction of 'Made'
  std::variant<int, Made> three(std::in_place_index<0>, 1);
  two.emplace<1>(1);                                    // warning: construction of 'Made'
  two.emplace<0>(1);
  std::any any(std::in_place_type<Made>, 1);            // warning: construction of 'Made'
  co_return;
}
co::task<> by_new() {
  std::make_unique<Pooled>();               // warning: this construction, which calls 'Pooled::operator new', blocks
  std::make_unique_for_overwrite<Pooled>(); // warning: this construction, which calls 'Pooled::operator new', blocks
  std::make_unique_for_overwrite<Made>();   // warning: construction of 'Made'
  std::make_shared<Pooled>();
  std::make_shared_for_overwrite<Made>();   // warning: construction of 'Made'
  co_return;
}
co::task<> constructs(Made *room, std::vector<Made> &vector, std::deque<Made> &deque, std::list<Made> &list,
                      std::set<Made> &set, std::multiset<Made> &multiset) {
  std::make_unique<Made>(1);                              // warning: construction of 'Made'
  std::make_shared<Made>(1);                              // warning: construction of 'Made'
  std::make_any<Made>(1);                                 // warning: construction of 'Made'
  std::make_optional<Made>(1);                            // warning: construction of 'Made'
  std::allocate_shared<Made>(std::allocator<Made>(), 1);  // warning: construction of 'Made'
  std::construct_at(room, 1);                             // warning: construction of 'Made'
  vector.emplace_back(1);                                 // warning: construction of 'Made'
  vector.emplace(vector.begin(), 1);                      // warning: construction of 'Made'
  deque.emplace_back(1);                                  // warning: construction of 'Made'
  deque.emplace_front(1);                                 // warning: construction of 'Made'
  deque.emplace(deque.begin(), 1);                        // warning: construction of 'Made'
  list.emplace_back(1);                                   // warning: construction of 'Made'
  list.emplace_front(1);                                  // warning: construction of 'Made'
  list.emplace(list.begin(), 1);                          // warning: construction of 'Made'
  set.emplace(1);                                         // warning: construction of 'Made'
  multiset.emplace(1);                                    // warning: construction of 'Made'
  co_return;
}
co::task<> constructs_more(std::variant<int, Made> &variant, std::any &any, std::optional<Made> &optional,
                           std::forward_list<Made> &forward,
                           std::unordered_set<Made> &set, std::unordered_multiset<Made> &multiset,
                           std::stack<Made> &stack, std::queue<Made> &queue, std::priority_queue<Made> &priority,
                           std::map<int, Made> &map, std::unordered_map<int, Made> &hashed,
                           std::multimap<int, Made> &multi, std::unordered_multimap<int, Made> &hashed_multi) {
  multi.emplace(1, 1);                                 // warning: construction of 'Made'
  multi.emplace_hint(multi.end(), 1, 1);               // warning: construction of 'Made'
  hashed_multi.emplace(1, 1);                          // warning: construction of 'Made'
  hashed_multi.emplace_hint(hashed_multi.end(), 1, 1); // warning: construction of 'Made'
  variant.emplace<Made>(1); // warning: construction of 'Made'
  any.emplace<Made>(1);     // warning: construction of 'Made'
  optional.emplace(1);      // warning: construction of 'Made'
  forward.emplace_front(1); // warning: construction of 'Made'
  set.emplace(1);           // warning: construction of 'Made'
  multiset.emplace(1);      // warning: construction of 'Made'
  stack.emplace(1);         // warning: construction of 'Made'
  queue.emplace(1);         // warning: construction of 'Made'
  priority.emplace(1);      // warning: construction of 'Made'
  map.try_emplace(1, 1);    // warning: construction of 'Made'
  hashed.try_emplace(1, 1); // warning: construction of 'Made'
  map.emplace(1, 1);        // warning: construction of 'Made'
  hashed.emplace(1, 1);     // warning: construction of 'Made'
  map.emplace_hint(map.end(), 1, 1);       // warning: construction of 'Made'
  hashed.emplace_hint(hashed.end(), 1, 1); // warning: construction of 'Made'
  map.insert_or_assign(1, 1);              // warning: construction of 'Made'
  hashed.insert_or_assign(1, 1);           // warning: construction of 'Made'
  map[1];                   // warning: construction of 'Made'
  hashed[1];                // warning: construction of 'Made'
  co_return;
}
co::task<> fulfils() {
  std::promise<int> promise, failed;
  auto future = promise.get_future();
  promise.set_value(1);
  future.get();
  auto never = failed.get_future();
  failed.set_exception(nullptr);
  never.wait();
  std::packaged_task<int()> packaged([] { return 1; });
  auto result = packaged.get_future();
  packaged();
  result.get();
  co_return;
}
