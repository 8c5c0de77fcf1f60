// RUN: %nostall-verify %s --checks=-*,nostall-blocking-call,nostall-await-holding-lock,nostall-forgotten-co-await --config="{CheckOptions: {nostall-blocking-call.Strict: true}}"
// checks/models/qt.yaml against declarations like Qt's and QCoro's: one call for
// every entry.
// absent: QMutex::lock (Qt 5's)
// absent: QMutex::unlock (Qt 5's)
// absent: QCoro::Task::then (where the reference has it, and older releases)
#include <qt/fake.h>
#include <unistd.h>

using QCoro::Task;

int slow() { return sleep(1); }

Task<> sleeps(int) {
  QThread::sleep(1); // warning: (sleep)
  QThread::msleep(1); // warning: (sleep)
  QThread::usleep(1); // warning: (sleep)
  QThread::msleep(0);
  co_return;
}
QCoro::LazyTask<> lazy() {
  QThread::sleep(1); // warning: (sleep)
  co_return;
}
Task<> nested() {
  QCoro::waitFor(lazy()); // warning: (sync-run)
  co_return;
}

Task<> waits(QThread &thread, QWaitCondition &condition, QMutex *mutex, QSemaphore &semaphore,
             QFutureSynchronizer<int> &futures, QThreadPool &pool) {
  thread.wait(); // warning: (wait)
  condition.wait(mutex); // warning: (wait)
  semaphore.acquire(); // warning: (wait)
  semaphore.tryAcquire(1, 10); // warning: (wait)
  semaphore.tryAcquire(1, 0);
  semaphore.tryAcquire();
  futures.waitForFinished(); // warning: (wait)
  pool.waitForDone(); // warning: (wait)
  co_return;
}
Task<> futures(QFuture<int> a, QFuture<int> b, QFuture<int> c, QFuture<int> d, QFuture<int> e, QFuture<int> f) {
  a.waitForFinished(); // warning: (wait)
  b.result(); // warning: (wait)
  c.results(); // warning: (wait)
  d.resultAt(0); // warning: (wait)
  e.takeResult(); // warning: (wait)
  if (f.isFinished())
    f.result();
  QtConcurrent::run(slow);
  co_return;
}

Task<> devices(QIODevice &device, QAbstractSocket &socket, QSslSocket &secure, QLocalSocket &local, QTcpServer &server) {
  device.waitForReadyRead(1); // warning: (net-io)
  device.waitForReadyRead(0);
  device.waitForBytesWritten(1); // warning: (net-io)
  socket.waitForConnected(); // warning: (net-io)
  socket.waitForDisconnected(); // warning: (net-io)
  socket.waitForReadyRead(); // warning: (net-io)
  socket.waitForBytesWritten(); // warning: (net-io)
  secure.waitForEncrypted(); // warning: (net-io)
  local.waitForConnected(); // warning: (net-io)
  local.waitForDisconnected(); // warning: (net-io)
  local.waitForReadyRead(); // warning: (net-io)
  local.waitForBytesWritten(); // warning: (net-io)
  server.waitForNewConnection(10); // warning: (net-io)
  server.waitForNewConnection();
  QHostInfo::fromName("a"); // warning: (dns)
  co_return;
}

Task<> processes(QProcess &process) {
  process.waitForStarted(); // warning: (process)
  process.waitForFinished(); // warning: (process)
  process.waitForReadyRead(); // warning: (process)
  process.waitForBytesWritten(); // warning: (process)
  QProcess::execute("ls"); // warning: (process)
  co_return;
}

Task<> storage(QSqlQuery &query, QSqlDatabase &database, QFile &file, QSaveFile &save, QDir &folder, QSettings &settings) {
  query.exec(); // warning: (db)
  query.execBatch(); // warning: (db)
  database.open(); // warning: (db)
  file.open(1); // warning: (file-io)
  file.copy("a"); // warning: (file-io)
  file.rename("a"); // warning: (file-io)
  file.remove(); // warning: (file-io)
  save.open(1); // warning: (file-io)
  save.commit(); // warning: (file-io)
  file.link("a"); // warning: (file-io)
  file.moveToTrash(); // warning: (file-io)
  folder.rename("a", "b"); // warning: (file-io)
  folder.mkdir("a"); // warning: (file-io)
  folder.rmdir("a"); // warning: (file-io)
  folder.remove("a"); // warning: (file-io)
  QFile resource(":/a");
  resource.open(1);
  QTemporaryFile temporary;
  temporary.open(); // warning: (file-io)
  database.transaction(); // warning: (db)
  database.exec("a"); // warning: (db)
  database.commit(); // warning: (db)
  database.rollback(); // warning: (db)
  folder.mkpath("a"); // warning: (file-io)
  folder.removeRecursively(); // warning: (file-io)
  folder.entryList(); // warning: (file-io)
  folder.entryInfoList(); // warning: (file-io)
  settings.sync(); // warning: (file-io)
  file.exists(); // warning: (file-io)
  QFile::exists("a"); // warning: (file-io)
  QFile::exists(":/a");
  resource.exists();
  folder.exists(); // warning: (file-io)
  folder.exists("a"); // warning: (file-io)
  QFileInfo("a").exists(); // warning: (file-io)
  QFileInfo::exists("a"); // warning: (file-io)
  QSqlQuery empty;
  QSqlQuery prepared(database);
  QSqlQuery asked("SELECT 1"); // warning: (db)
  co_return;
}

Task<> loops(QEventLoop &loop, QDialog &dialog, QMenu &menu) {
  loop.exec();
  QCoreApplication::exec();
  dialog.exec();
  menu.exec();
  co_return;
}

Task<> leaves_coroutines(int);
void continues() {
  leaves_coroutines(1).then([] {});
  leaves_coroutines(1).then([] { slow(); }); // warning: it reaches 'sleep'
  leaves_coroutines(1); // warning: is never awaited
}

Task<> locks(QMutex &mutex, QRecursiveMutex &recursive, QReadWriteLock &lock) {
  mutex.lock(); // warning: (lock)
  mutex.tryLock();
  mutex.tryLock(10); // warning: (lock)
  mutex.unlock();
  recursive.lock(); // warning: (lock)
  recursive.tryLock(10); // warning: (lock)
  recursive.unlock();
  lock.lockForRead(); // warning: (lock)
  lock.unlock();
  lock.lockForWrite(); // warning: (lock)
  lock.unlock();
  lock.tryLockForRead();
  lock.tryLockForRead(10); // warning: (lock)
  lock.tryLockForWrite(10); // warning: (lock)
  co_return;
}
Task<> bare(QMutex &mutex, QReadWriteLock &lock) {
  mutex.lock(); // warning: (lock)
  co_await co::sleep(1); // warning: is locked across this co_await
  mutex.unlock();
  if (mutex.tryLock()) {
    co_await co::sleep(1); // warning: is locked across this co_await
    mutex.unlock();
  }
  lock.lockForRead(); // warning: (lock)
  co_await co::sleep(1); // warning: is locked across this co_await
  lock.unlock();
  co_await co::sleep(1);
}
Task<> guards(QMutex &mutex, QReadWriteLock &lock) {
  { QReadLocker reader(&lock); } // warning: (lock)
  { QWriteLocker writer(&lock); } // warning: (lock)
  QMutexLocker locker(&mutex); // warning: (lock)
  co_await co::sleep(1); // warning: is held across this co_await
  locker.unlock();
  co_await co::sleep(1);
  locker.relock();
  co_await co::sleep(1); // warning: is held across this co_await
}

Task<> between_processes(QLockFile &file, QSystemSemaphore &semaphore, QDBusConnection &bus, QDBusPendingCall &call,
                         QDBusPendingCallWatcher &watcher, QString name) {
  file.lock(); // warning: (wait)
  file.tryLock();
  file.tryLock(0);
  file.tryLock(10); // warning: (wait)
  semaphore.acquire(); // warning: (wait)
  QDBusInterface player(name, name); // warning: (process)
  player.call(name); // warning: (process)
  player.callWithArgumentList(0, name, {}); // warning: (process)
  bus.call(QDBusMessage()); // warning: (process)
  call.waitForFinished(); // warning: (process)
  watcher.waitForFinished(); // warning: (process)
  co_return;
}

void callables(QThreadPool &pool) {
  QThread::create([] { slow(); });
  pool.start([] { slow(); });
  QTimer::singleShot(1, [] { slow(); }); // warning: it reaches 'sleep'
}

class Window : public QWidget {
  QTimer timer_;
  void tick() {
    slow(); // warning: it reaches 'sleep'
  }
  void show() {
    connect(&timer_, &QTimer::timeout, this, &Window::tick);
    connect(&timer_, &QTimer::timeout, this, [] { slow(); }, 2); // warning: it reaches 'sleep'
    connect(&timer_, &QTimer::timeout, [] { slow(); });
    QMetaObject::invokeMethod(this, [] { slow(); }); // warning: it reaches 'sleep'
  }
};
// It may have been moved to another thread.
class Download : public QObject {
  QTimer timer_;
  void step() { slow(); }
  void start(QWidget *button) {
    connect(&timer_, &QTimer::timeout, this, &Download::step);
    connect(button, &QTimer::timeout, [] { slow(); }); // warning: it reaches 'sleep'
    QMetaObject::invokeMethod(this, [] { slow(); });
  }
};
QCoro::Task<void> unpacks(KTar &archive, KArchiveDirectory &folder, KArchiveFile &file, QString to) {
  archive.open(1);   // warning: (file-io)
  folder.copyTo(to); // warning: (file-io)
  file.copyTo(to);   // warning: (file-io)
  file.data();       // warning: (file-io)
  co_return;
}
QCoro::Task<void> asks_another_thread(QObject *worker) {
  QMetaObject::invokeMethod(worker, [] {}, 3); // warning: call to 'QMetaObject::invokeMethod' blocks
  QMetaObject::invokeMethod(worker, "step", 3); // warning: call to 'QMetaObject::invokeMethod' blocks
  QMetaObject::invokeMethod(worker, "step", 2);
  co_return;
}
