// RUN: %nostall-verify %s --checks=-*,nostall-blocking-call,nostall-await-holding-lock --config="{CheckOptions: {nostall-blocking-call.Strict: true}}"
// checks/models/boost.yaml against Boost 1.81: one call for every entry.
// needs: <boost/thread.hpp>
// absent: boost::unique_future::get (the name of boost::future before version 3)
#define BOOST_THREAD_VERSION 4
#define BOOST_THREAD_USES_DATETIME
#include "co.h"
#include <boost/atomic.hpp>
#include <boost/bind/bind.hpp>
#include <boost/date_time/local_time/local_time.hpp>
#include <boost/filesystem.hpp>
#include <boost/process.hpp>
#include <boost/system/result.hpp>
#include <boost/thread.hpp>
#include <boost/thread/latch.hpp>
#include <boost/thread/synchronized_value.hpp>
#include <fstream>
#include <sstream>
#include <unistd.h>
#include <vector>

namespace fs = boost::filesystem;
namespace process = boost::process;
using Clock = boost::chrono::steady_clock;

void slow() { sleep(1); }

co::task<> sleeps(boost::chrono::milliseconds time, boost::posix_time::seconds seconds) {
  boost::this_thread::sleep_for(time); // warning: (sleep)
  boost::this_thread::sleep_until(Clock::now()); // warning: (sleep)
  boost::this_thread::sleep(seconds); // warning: (sleep)
  boost::thread::sleep(boost::get_system_time()); // warning: (sleep)
  co_return;
}

struct slow_value {
  ~slow_value() { slow(); }
};
boost::system::result<slow_value> make_slow();

co::task<> dates(boost::local_time::tz_database &zones, std::ifstream &file, std::istringstream &text) {
  zones.load_from_file("zones.csv"); // warning: (file-io)
  zones.load_from_stream(file); // warning: (file-io)
  zones.load_from_stream(text);
  boost::posix_time::microsec_clock::local_time().date().end_of_month();
  co_return;
}

co::task<> results() {
  auto result = make_slow(); // warning: destruction of 'result' blocks
  co_await std::suspend_never{};
}

co::task<> threads(boost::thread &thread, boost::thread_group &group, boost::chrono::milliseconds time,
                   boost::posix_time::seconds seconds) {
  boost::thread(slow).detach();
  group.create_thread(slow);
  thread.join(); // warning: (wait)
  thread.try_join_for(time); // warning: (wait)
  thread.try_join_until(Clock::now()); // warning: (wait)
  thread.timed_join(seconds); // warning: (wait)
  group.join_all(); // warning: (wait)
  co_return;
}

co::task<> conditions(boost::condition_variable &condition, boost::condition_variable_any &any,
                      boost::unique_lock<boost::mutex> &lock, boost::barrier &barrier, boost::latch &latch,
                      boost::chrono::milliseconds time, boost::posix_time::seconds seconds) {
  condition.wait(lock); // warning: (wait)
  condition.wait_for(lock, time); // warning: (wait)
  condition.wait_until(lock, Clock::now()); // warning: (wait)
  condition.timed_wait(lock, seconds); // warning: (wait)
  any.wait(lock); // warning: (wait)
  any.wait_for(lock, time); // warning: (wait)
  any.wait_until(lock, Clock::now()); // warning: (wait)
  condition.notify_one();
  barrier.wait(); // warning: (wait)
  latch.wait(); // warning: (wait)
  latch.count_down_and_wait(); // warning: (wait)
  co_return;
}

co::task<> gets(boost::future<int> &future) { // the three ways to wait, of three futures
  future.get(); // warning: (wait)
  co_return;
}
co::task<> shares(boost::shared_future<int> &future) {
  future.get(); // warning: (wait)
  co_return;
}
co::task<> waits(boost::future<int> &future) {
  future.wait(); // warning: (wait)
  co_return;
}
co::task<> polls(boost::future<int> &future, boost::future<int> &other, boost::chrono::milliseconds time) {
  if (future.is_ready())
    future.get();
  if (other.wait_for(time) == boost::future_status::ready) // warning: (wait)
    other.get();
  co_return;
}

co::task<> makes(boost::promise<int> &promise, boost::timed_mutex &timed, boost::recursive_mutex &recursive,
                 boost::condition_variable_any &any, boost::barrier &barrier, boost::latch &latch,
                 boost::thread &thread, boost::thread_group &group, boost::shared_mutex &shared) {
  promise.set_value(1);
  promise.get_future().valid();
  timed.try_lock();
  recursive.try_lock();
  shared.try_lock();
  any.notify_all();
  latch.count_down();
  thread.joinable();
  group.size();
  co_return;
}

co::task<> mutexes(boost::mutex &mutex, boost::recursive_mutex &recursive, boost::timed_mutex &timed,
                   boost::shared_mutex &shared) {
  mutex.lock(); // warning: (lock)
  mutex.unlock();
  recursive.lock(); // warning: (lock)
  recursive.unlock();
  timed.lock(); // warning: (lock)
  timed.unlock();
  shared.lock(); // warning: (lock)
  shared.unlock();
  shared.lock_shared(); // warning: (lock)
  shared.unlock_shared();
  mutex.try_lock();
  co_return;
}
co::task<> guards(boost::mutex &mutex, boost::shared_mutex &shared) {
  { boost::lock_guard<boost::mutex> guard(mutex); } // warning: (lock)
  boost::shared_lock<boost::shared_mutex> later(shared, boost::defer_lock);
  boost::unique_lock<boost::mutex> lock(mutex); // warning: (lock)
  co_await co::sleep(1); // warning: is held across this co_await
  lock.unlock();
  co_await co::sleep(1);
}

co::task<> atomics(boost::atomic_flag &flag, boost::atomic<int> &number, boost::atomic<bool> &ready) {
  flag.wait(false); // warning: (wait)
  number.wait(0); // warning: (wait)
  ready.wait(false); // warning: (wait)
  number.notify_one();
  co_return;
}
co::task<> synchronized(boost::synchronized_value<std::vector<int>> &numbers) {
  {
    auto held = numbers.synchronize(); // warning: (lock)
    co_await co::sleep(1); // warning: guard 'held' is held across this co_await
  }
  {
    const auto &fixed = numbers;
    auto read = fixed.synchronize(); // warning: (lock)
    co_await co::sleep(1); // warning: guard 'read' is held across this co_await
  }
  {
    auto wide = numbers.unique_synchronize(); // warning: (lock)
    co_await co::sleep(1); // warning: guard 'wide' is held across this co_await
  }
  {
    const auto &fixed = numbers;
    auto both = fixed.unique_synchronize(); // warning: (lock)
    co_await co::sleep(1); // warning: guard 'both' is held across this co_await
  }
  co_await co::sleep(numbers->size()); // warning: is held across this co_await // warning: (lock)
  numbers->clear(); // warning: (lock)
  co_await co::sleep(1);
}

co::task<> questions(fs::path path, fs::file_status known) {
  fs::exists(path); // warning: (file-io)
  fs::exists(known);
  fs::is_directory(path); // warning: (file-io)
  fs::is_regular_file(path); // warning: (file-io)
  fs::is_symlink(path); // warning: (file-io)
  fs::status(path); // warning: (file-io)
  fs::symlink_status(path); // warning: (file-io)
  fs::is_empty(path); // warning: (file-io)
  fs::file_size(path); // warning: (file-io)
  fs::hard_link_count(path); // warning: (file-io)
  fs::last_write_time(path); // warning: (file-io)
  fs::space(path); // warning: (file-io)
  fs::equivalent(path, path); // warning: (file-io)
  fs::canonical(path); // warning: (file-io)
  fs::weakly_canonical(path); // warning: (file-io)
  fs::relative(path); // warning: (file-io)
  fs::read_symlink(path); // warning: (file-io)
  fs::temp_directory_path(); // warning: (file-io)
  path.filename();
  co_return;
}

co::task<> changes(fs::path path, boost::system::error_code ec) {
  fs::copy(path, path); // warning: (file-io)
  fs::copy_file(path, path); // warning: (file-io)
  fs::copy_symlink(path, path); // warning: (file-io)
  fs::create_directory(path); // warning: (file-io)
  fs::create_directories(path); // warning: (file-io)
  fs::create_directory_symlink(path, path); // warning: (file-io)
  fs::create_hard_link(path, path); // warning: (file-io)
  fs::create_symlink(path, path); // warning: (file-io)
  fs::permissions(path, fs::owner_all); // warning: (file-io)
  fs::remove(path); // warning: (file-io)
  fs::remove_all(path); // warning: (file-io)
  fs::rename(path, path); // warning: (file-io)
  fs::resize_file(path, 1); // warning: (file-io)
  fs::directory_iterator one(path); // warning: (file-io)
  fs::recursive_directory_iterator all(path); // warning: (file-io)
  fs::directory_iterator end;
  one.increment(ec); // warning: (file-io)
  all.increment(ec); // warning: (file-io)
  co_return;
}

co::task<> processes(process::child &child, process::group &group) {
  process::system("ls"); // warning: (process)
  child.wait(); // warning: (process)
  child.wait_for(std::chrono::seconds(1)); // warning: (process)
  child.wait_until(std::chrono::steady_clock::now()); // warning: (process)
  group.wait(); // warning: (process)
  child.running();
  co_return;
}

static void nap(int seconds) { sleep(seconds); }
co::task<> binds() {
  auto later = boost::bind(nap, 1);
  later(); // warning: blocks
  boost::thread worker(boost::bind(nap, 1));
  worker.detach();
  co_return;
}
