// RUN: %nostall-verify %s --checks=-*,nostall-blocking-call,nostall-forgotten-co-await,nostall-await-holding-lock
// checks/models/folly.yaml against declarations like folly's: one call for every
// entry, and what fix-its write in a folly::coro::Task. ModelCoverageTest.cpp
// fails when an entry has none.
// fix-adds: #include <folly/coro/Sleep.h>
// fix-adds: #include <folly/executors/GlobalExecutor.h>
// fix-adds: #include <folly/futures/Future.h>
#include <folly/coro/Task.h>
#include <chrono>
#include <thread>
#include <unistd.h>

using namespace std::chrono_literals;
using folly::coro::Task;

int slow() { return sleep(1); }
Task<int> answer();

//===--- replacements -------------------------------------------------------------

Task<void> sleeps(std::chrono::milliseconds d) {
  std::this_thread::sleep_for(d);  // warning: (sleep)  // fix: co_await folly::coro::sleep(d);
  std::this_thread::sleep_for(1s); // warning: (sleep)  // fix: co_await folly::coro::sleep(1s);
  sleep(2);                        // warning: (sleep)  // fix: co_await folly::coro::sleep(std::chrono::seconds(2));
  usleep(5);                       // warning: (sleep)  // fix: co_await folly::coro::sleep(std::chrono::microseconds(5));
  int n = slow();                  // warning: it reaches 'sleep'  // fix-note: int n = co_await folly::via(folly::getGlobalCPUExecutor(), [&] { return slow(); });
  (void)n;
  co_return;
}

//===--- waiting -------------------------------------------------------------------

Task<void> runs(folly::EventBase &loop) {
  folly::coro::blockingWait(answer()); // warning: call to 'folly::coro::blockingWait' deadlocks a thread that runs coroutines (sync-run)
  loop.loop();        // warning: (sync-run)
  loop.loopOnce();    // warning: (sync-run)
  loop.loopOnce(2);
  loop.loopIgnoreKeepAlive(); // warning: (sync-run)
  loop.drive();       // warning: (sync-run)
  folly::coro::blocking_wait(answer()); // warning: (sync-run)
  loop.loopForever(); // warning: (sync-run)
  loop.runInEventBaseThreadAndWait([] { slow(); }); // warning: (wait) // warning: it reaches 'sleep' // fix-note: co_await folly::via(folly::getGlobalCPUExecutor(), [&] { return loop.runInEventBaseThreadAndWait([] { slow(); }); });
  co_await answer();
}
using Future = folly::Future<int>;
using SemiFuture = folly::SemiFuture<int>;
void futures(folly::EventBase &loop, Future &a, Future &b, Future &c, Future &d, SemiFuture &e,
             SemiFuture &f, SemiFuture &g, folly::Baton<> &baton) {
  loop.add([&] {
    a.wait();                    // warning: blocks the event loop (wait)
    b.waitVia(&loop);            // warning: (wait)
    std::move(a).get();
    std::move(c).getTry();       // warning: (wait)
    std::move(d).getVia(&loop);  // warning: (wait)
    std::move(d).get();
    e.wait();                    // warning: (wait)
    std::move(f).get();          // warning: (wait)
    std::move(g).getTry();       // warning: (wait)
    baton.wait();                // warning: (wait)
    baton.try_wait_for(1s);      // warning: (wait)
    baton.try_wait_until(std::chrono::steady_clock::now()); // warning: (wait)
    baton.ready();
  });
}
void more(folly::EventBase &loop, Future &a, folly::Baton<> &baton, folly::SaturatingSemaphore &semaphore,
          folly::Latch &latch, folly::LifoSem &lifo, folly::MPMCQueue<int> &queue, folly::UnboundedQueue<int> &unbounded,
          folly::Subprocess &child, folly::SocketAddress &address, std::string text) {
  loop.add([&] {
    const auto now = std::chrono::steady_clock::now();
    std::move(a).getTryVia(&loop);  // warning: (wait)
    baton.timed_wait(1s);           // warning: (wait)
    baton.try_wait_for(0s);
    semaphore.wait();               // warning: (wait)
    semaphore.try_wait_for(1s);     // warning: (wait)
    semaphore.try_wait_until(now);  // warning: (wait)
    latch.wait();                   // warning: (wait)
    latch.arrive_and_wait();        // warning: (wait)
    latch.try_wait_for(1s);         // warning: (wait)
    latch.try_wait_until(now);      // warning: (wait)
    latch.try_wait();
    lifo.wait();                    // warning: (wait)
    lifo.try_wait_for(1s);          // warning: (wait)
    lifo.try_wait_until(now);       // warning: (wait)
    int item = 0;
    queue.blockingRead(item);       // warning: (wait)
    queue.blockingWrite(item);      // warning: (wait)
    queue.read(item);
    unbounded.dequeue(item);        // warning: (wait)
    unbounded.try_dequeue(item);
    loop.runImmediatelyOrRunInEventBaseThreadAndWait([] {}); // warning: (wait)
    loop.runImmediatelyOrRunInEventBaseThread([] { slow(); }); // warning: it reaches 'sleep'

    folly::readFile("a", text);                // warning: (file-io)
    folly::writeFile(text, "a");               // warning: (file-io)
    folly::writeFileAtomic("a", text);         // warning: (file-io)
    folly::writeFileAtomicNoThrow("a", text);  // warning: (file-io)
    folly::readFull(1, &text[0], 1);           // warning: (file-io)
    folly::preadFull(1, &text[0], 1, 0);       // warning: (file-io)
    folly::writeFull(1, &text[0], 1);          // warning: (file-io)
    folly::pwriteFull(1, &text[0], 1, 0);      // warning: (file-io)
    folly::fsyncNoInt(1);                      // warning: (file-io)
    folly::fdatasyncNoInt(1);                  // warning: (file-io)
    folly::openNoInt("a", 0);                  // warning: (file-io)
    folly::File file("a");                     // warning: (file-io)
    folly::File taken(1, true);
    child.wait();                              // warning: (process)
    child.waitAndGetRusage(nullptr);           // warning: (process)
    child.waitChecked();                       // warning: (process)
    child.waitTimeout(1s);                     // warning: (process)
    child.waitOrTerminateOrKill(1s, 1s);       // warning: (process)
    child.terminateOrKill(1s);                 // warning: (process)
    child.communicate();                       // warning: (process)
    child.poll();
    address.setFromHostPort("a", 1);           // warning: (dns)
    address.setFromIpPort("::1", 1);
  });
}
Task<int> ready(Future f) {
  if (f.isReady())
    co_return std::move(f).get();
  co_return 0;
}

//===--- handing on work -------------------------------------------------------------

void hands_on(folly::CPUThreadPoolExecutor &pool, folly::EDFThreadPoolExecutor &edf,
              folly::ThreadedExecutor &threads, folly::IOThreadPoolExecutor &io,
              folly::EventBase &loop, folly::VirtualEventBase &virtual_loop, folly::Executor &any) {
  pool.add([] { slow(); });
  threads.add([] { slow(); });
  any.add([] { slow(); });
  (void)folly::via(&pool, [] { return slow(); });
  (void)folly::via(&edf, [] { return slow(); });
  (void)folly::via(&threads, [] { return slow(); });
  (void)folly::via(&loop, [] { return slow(); }); // warning: it reaches 'sleep'
  (void)folly::via(&virtual_loop, [] { return slow(); }); // warning: it reaches 'sleep'
  (void)folly::via(&io, [] { return slow(); }); // warning: it reaches 'sleep'
  loop.runInLoop([] { slow(); }); // warning: it reaches 'sleep'
  loop.runInEventBaseThread([] { slow(); }); // warning: it reaches 'sleep'
  loop.runInEventBaseThreadAlwaysEnqueue([] { slow(); }); // warning: it reaches 'sleep'
  loop.runAfterDelay([] { slow(); }, 1); // warning: it reaches 'sleep'
  loop.tryRunAfterDelay([] { slow(); }, 1); // warning: it reaches 'sleep'
  static folly::Func before = [] {};
  loop.runBeforeLoop(&before);
}

Task<void> on_pool() {
  slow();
  co_return;
}
Task<void> on_loop() {
  slow(); // warning: it reaches 'sleep' // fix-note: co_await folly::via(folly::getGlobalCPUExecutor(), [&] { return slow(); });
  co_return;
}
void starts(folly::CPUThreadPoolExecutor &pool, folly::EventBase &loop, folly::coro::AsyncScope &scope,
            folly::coro::CancellableAsyncScope &other) {
  folly::coro::co_withExecutor(&pool, on_pool()).start();
  folly::coro::co_withExecutor(&loop, on_loop()).start();
  answer().scheduleOn(&pool).start();
  scope.add(answer().scheduleOn(&pool));
  other.add(answer().scheduleOn(&pool));
  answer(); // warning: never awaited, so the coroutine never runs
  answer().scheduleOn(&pool); // warning: never awaited
  (void)answer().semi();
}

//===--- locked pointers ---------------------------------------------------------------

Task<void> locks(folly::Synchronized<int> &shared) {
  {
    auto locked = shared.wlock();
    co_await answer(); // warning: guard 'locked' is held across
    locked.unlock();
    co_await answer();
  }
  *shared.wlock() = 1;
  auto copy = *shared.rlock();
  co_await answer();
  folly::LockedPtr<const int> reads = shared.rlock();
  co_await answer(); // warning: guard 'reads'
  (void)copy;
}
void short_locks(folly::EventBase &loop, folly::Synchronized<int> &shared, folly::SharedMutex &mutex) {
  loop.add([&] {
    shared.wlock();
    shared.rlock();
    shared.ulock();
    shared.lock();
    shared.contextualLock();
    shared.contextualRLock();
    shared.withWLock([](int &) { slow(); });     // warning: it reaches 'sleep'
    shared.withRLock([](int &) { slow(); });     // warning: it reaches 'sleep'
    shared.withULock([](int &) { slow(); });     // warning: it reaches 'sleep'
    shared.withLock([](int &) { slow(); });      // warning: it reaches 'sleep'
    shared.withWLockPtr([](folly::LockedPtr<int>) { slow(); });   // warning: it reaches 'sleep'
    shared.withRLockPtr([](folly::LockedPtr<int>) { slow(); });   // warning: it reaches 'sleep'
    shared.withULockPtr([](folly::LockedPtr<int>) { slow(); });   // warning: it reaches 'sleep'
    shared.withLockPtr([](folly::LockedPtr<int>) { slow(); });    // warning: it reaches 'sleep'
    mutex.lock();
    mutex.unlock();
    mutex.lock_shared();
    mutex.unlock_shared();
    mutex.lock_upgrade();
    mutex.unlock_upgrade();
  });
}
Task<void> asynchronous_mutex(folly::coro::Mutex &mutex) {
  co_await mutex.co_lock();
  co_await answer();
  mutex.unlock();
}
