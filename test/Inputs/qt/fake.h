//===- qt/fake.h - declarations like Qt's -----------------------------------===//
//
// Qt's development packages are large, so the tests do without them. These are
// written after Qt's and QCoro's documentation, as far as the models speak of
// them; Qt's own headers declare the same names.
//
//===----------------------------------------------------------------------===//

#ifndef NOSTALL_TEST_QT_H
#define NOSTALL_TEST_QT_H

#include "co.h"

namespace QCoro {
namespace detail {
template <class T, template <class> class TaskImpl> struct TaskBase {
  template <class F> TaskImpl<void> then(F &&) { return co::eager<>(); }
};
} // namespace detail
template <class T = void>
struct Task : co::eager<T>, detail::TaskBase<T, Task> {
  Task(co::eager<T>) {}
};
template <class T = void> struct LazyTask : co::task<T> {
  LazyTask(co::task<T> &&t) : co::task<T>(static_cast<co::task<T> &&>(t)) {}
};
template <class T> void waitFor(T &&task);
} // namespace QCoro

struct QString {
  QString();
  QString(const char *);
};
struct QStringList {};

class QThread {
public:
  static void sleep(unsigned long s);
  static void msleep(unsigned long ms);
  static void usleep(unsigned long us);
  bool wait(unsigned long ms = ~0ul);
  template <class F> static QThread *create(F) { return nullptr; }
};
class QBasicMutex { // Qt 6.4: what QMutex has of it, it does not declare again
public:
  void lock();
  bool tryLock() noexcept;
  bool try_lock() noexcept { return tryLock(); }
  void unlock() noexcept;
};
class QMutex : public QBasicMutex {
public:
  using QBasicMutex::tryLock;
  bool tryLock(int timeout);
};
class QRecursiveMutex {
public:
  void lock();
  bool tryLock(int timeout = 0);
  void unlock();
};
class QReadWriteLock {
public:
  void lockForRead();
  void lockForWrite();
  bool tryLockForRead();
  bool tryLockForRead(int timeout);
  bool tryLockForWrite();
  bool tryLockForWrite(int timeout);
  void unlock();
};
template <class M = QMutex> class QMutexLocker {
public:
  explicit QMutexLocker(M *mutex);
  ~QMutexLocker();
  void unlock();
  void relock();
};
class QReadLocker {
public:
  explicit QReadLocker(QReadWriteLock *lock);
  ~QReadLocker();
  void unlock();
  void relock();
};
class QWriteLocker {
public:
  explicit QWriteLocker(QReadWriteLock *lock);
  ~QWriteLocker();
  void unlock();
  void relock();
};
class QWaitCondition {
public:
  bool wait(QMutex *mutex, unsigned long ms = ~0ul);
};
class QSemaphore {
public:
  void acquire(int n = 1);
  bool tryAcquire(int n = 1);
  bool tryAcquire(int n, int timeout);
};
template <class T> class QFuture {
public:
  void waitForFinished();
  T result() const;
  QStringList results() const;
  T resultAt(int index) const;
  T takeResult();
  bool isFinished() const;
};
template <class T> class QFutureSynchronizer {
public:
  void waitForFinished();
};
class QThreadPool {
public:
  bool waitForDone(int ms = -1);
  template <class F> void start(F) {}
};
namespace QtConcurrent {
template <class F> QFuture<int> run(F) { return {}; }
} // namespace QtConcurrent
class QLockFile {
public:
  bool lock();
  bool tryLock(int ms = 0);
};
class QSystemSemaphore {
public:
  bool acquire();
};
class QDBusMessage {};
class QDBusAbstractInterface {
public:
  QDBusMessage call(const QString &method);
  QDBusMessage callWithArgumentList(int mode, const QString &method, const QStringList &);
};
class QDBusInterface : public QDBusAbstractInterface {
public:
  QDBusInterface(const QString &service, const QString &path);
};
class QDBusConnection {
public:
  QDBusMessage call(const QDBusMessage &message);
};
class QDBusPendingCall {
public:
  void waitForFinished();
};
class QDBusPendingCallWatcher {
public:
  void waitForFinished();
};
class QObject {
public:
  template <class Signal, class F> static void connect(const QObject *sender, Signal, F);
  template <class Signal, class F>
  static void connect(const QObject *sender, Signal, const QObject *receiver, F, int type = 0);
};
class QWidget : public QObject {};
struct QMetaObject {
  template <class F> static bool invokeMethod(QObject *context, F, int type = 0) { return true; }
  static bool invokeMethod(QObject *object, const char *member, int type = 0);
};
class QTimer : public QObject {
public:
  void timeout();
  template <class F> static void singleShot(int ms, F) {}
};

class QIODevice {
public:
  virtual bool waitForReadyRead(int ms);
  virtual bool waitForBytesWritten(int ms);
};
class QAbstractSocket : public QIODevice {
public:
  virtual bool waitForConnected(int ms = 30000);
  virtual bool waitForDisconnected(int ms = 30000);
  bool waitForReadyRead(int ms = 30000) override;
  bool waitForBytesWritten(int ms = 30000) override;
};
class QSslSocket : public QAbstractSocket {
public:
  bool waitForEncrypted(int ms = 30000);
};
class QLocalSocket : public QIODevice {
public:
  bool waitForConnected(int ms = 30000);
  bool waitForDisconnected(int ms = 30000);
  bool waitForReadyRead(int ms = 30000) override;
  bool waitForBytesWritten(int ms = 30000) override;
};
class QTcpServer {
public:
  bool waitForNewConnection(int ms = 0, bool *timedOut = nullptr);
};
class QProcess : public QIODevice {
public:
  bool waitForStarted(int ms = 30000);
  bool waitForFinished(int ms = 30000);
  bool waitForReadyRead(int ms = 30000) override;
  bool waitForBytesWritten(int ms = 30000) override;
  static int execute(const QString &command);
};
class QHostInfo {
public:
  static QHostInfo fromName(const QString &name);
};
class QSqlQuery;
class QSqlDatabase {
public:
  bool open();
  QSqlQuery exec(const QString &query);
  bool transaction();
  bool commit();
  bool rollback();
};
class QSqlQuery {
public:
  explicit QSqlQuery(const QString &query = QString(),
                     const QSqlDatabase &database = QSqlDatabase());
  explicit QSqlQuery(const QSqlDatabase &database);
  bool exec();
  bool execBatch();
};
class QFile : public QIODevice {
public:
  explicit QFile(const QString &name);
  bool exists() const;
  static bool exists(const QString &name);
  bool link(const QString &name);
  bool moveToTrash();
  bool open(int mode);
  bool copy(const QString &to);
  bool rename(const QString &to);
  bool remove();
};
class QSaveFile {
public:
  bool open(int mode);
  bool commit();
};
class QTemporaryFile : public QFile {
public:
  QTemporaryFile();
  bool open();
};
class QFileInfo {
public:
  explicit QFileInfo(const QString &name);
  bool exists() const;
  static bool exists(const QString &name);
};
class QDir {
public:
  bool exists() const;
  bool exists(const QString &name) const;
  bool mkpath(const QString &path) const;
  bool mkdir(const QString &name) const;
  bool rmdir(const QString &name) const;
  bool remove(const QString &name);
  bool rename(const QString &from, const QString &to);
  bool removeRecursively();
  QStringList entryList() const;
  QStringList entryInfoList() const;
};
class KArchive {
public:
  bool open(int mode);
};
class KTar : public KArchive {};
class KArchiveDirectory {
public:
  bool copyTo(const QString &folder, bool recursive = true) const;
};
class KArchiveFile {
public:
  bool copyTo(const QString &folder) const;
  QString data() const;
};
class QSettings {
public:
  void sync();
};
class QEventLoop {
public:
  int exec();
};
class QCoreApplication {
public:
  static int exec();
};
class QDialog {
public:
  int exec();
};
class QMenu {
public:
  int exec();
};

#endif
