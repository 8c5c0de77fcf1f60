// RUN: %nostall-verify %s --checks=-*,nostall-blocking-call,nostall-await-holding-lock --config="{CheckOptions: {nostall-blocking-call.Strict: true}}"
// checks/models/absl.yaml against Abseil's headers: one call for every entry.
// needs: <absl/synchronization/mutex.h>
// absent: absl::Mutex::lock, absl::Mutex::lock_shared, absl::Mutex::unlock, absl::Mutex::unlock_shared (newer than Debian's)
#include "co.h"
#include <absl/synchronization/barrier.h>
#include <absl/synchronization/blocking_counter.h>
#include <absl/synchronization/mutex.h>
#include <absl/synchronization/notification.h>
#include <absl/time/clock.h>
#include <absl/time/time.h>

co::task<> waits(absl::Notification &notification, absl::BlockingCounter &counter, absl::Barrier &barrier,
                 absl::CondVar &condition, absl::Mutex &mutex, absl::Duration time, absl::Time until) {
  absl::SleepFor(time); // warning: (sleep)
  notification.WaitForNotification(); // warning: (wait)
  notification.WaitForNotificationWithTimeout(time); // warning: (wait)
  notification.WaitForNotificationWithDeadline(until); // warning: (wait)
  notification.Notify();
  counter.Wait(); // warning: (wait)
  counter.DecrementCount();
  barrier.Block(); // warning: (wait)
  condition.Wait(&mutex); // warning: (wait)
  condition.WaitWithTimeout(&mutex, time); // warning: (wait)
  condition.WaitWithDeadline(&mutex, until); // warning: (wait)
  condition.Signal();
  co_return;
}
co::task<> ready(absl::Notification &notification) {
  if (notification.HasBeenNotified())
    notification.WaitForNotification();
  co_return;
}

co::task<> mutexes(absl::Mutex &mutex, absl::Condition condition, absl::Duration time, absl::Time until) {
  mutex.Lock(); // warning: (lock)
  mutex.Await(condition); // warning: (wait)
  mutex.AwaitWithTimeout(condition, time); // warning: (wait)
  mutex.AwaitWithDeadline(condition, until); // warning: (wait)
  mutex.Unlock();
  mutex.TryLock();
  mutex.ReaderLock(); // warning: (lock)
  mutex.ReaderUnlock();
  mutex.WriterLock(); // warning: (lock)
  mutex.WriterUnlock();
  mutex.LockWhen(condition); // warning: (wait)
  mutex.ReaderLockWhen(condition); // warning: (wait)
  mutex.WriterLockWhen(condition); // warning: (wait)
  mutex.LockWhenWithTimeout(condition, time); // warning: (wait)
  mutex.ReaderLockWhenWithTimeout(condition, time); // warning: (wait)
  mutex.WriterLockWhenWithTimeout(condition, time); // warning: (wait)
  mutex.LockWhenWithDeadline(condition, until); // warning: (wait)
  mutex.ReaderLockWhenWithDeadline(condition, until); // warning: (wait)
  mutex.WriterLockWhenWithDeadline(condition, until); // warning: (wait)
  mutex.Unlock();
  co_return;
}

co::task<> guards(absl::Mutex &mutex, absl::Condition condition, absl::Mutex *maybe) {
  { absl::MutexLock guard(&mutex); } // warning: (lock)
  { absl::MutexLock guard(&mutex, condition); } // warning: (wait)
  { absl::ReaderMutexLock guard(&mutex); } // warning: (lock)
  { absl::WriterMutexLock guard(&mutex); } // warning: (lock)
  { absl::MutexLockMaybe guard(maybe); } // warning: (lock)
  { absl::MutexLockMaybe guard(nullptr); }
  absl::ReleasableMutexLock guard(&mutex); // warning: (lock)
  co_await co::sleep(1); // warning: is held across this co_await
  guard.Release();
  co_await co::sleep(1);
}
