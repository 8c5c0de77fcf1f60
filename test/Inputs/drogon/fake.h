//===- drogon/fake.h - declarations like drogon's and trantor's -------------===//
//
// drogon's own headers want jsoncpp, databases and more. These are written after
// them (1.9), as far as the models speak of them.
//
//===----------------------------------------------------------------------===//

#ifndef NOSTALL_TEST_DROGON_H
#define NOSTALL_TEST_DROGON_H

#include "co.h"
#include <cstdio>
#include <functional>
#include <future>
#include <memory>
#include <string>
#include <unistd.h>
#include <utility>
#include <vector>

namespace trantor {

class EventLoop {
public:
  using Func = std::function<void()>;
  void loop();
  void quit();
  template <class Functor> void runInLoop(Functor &&f) { queueInLoop(std::forward<Functor>(f)); }
  void queueInLoop(const Func &) { ::write(wakeupFd_, "", 1); }
  void queueInLoop(Func &&f) { ::write(wakeupFd_, "", 1); }
  unsigned runAt(long time, Func &&cb);
  unsigned runAfter(double delay, Func &&cb);
  unsigned runEvery(double interval, Func &&cb);
  void runOnQuit(Func &&cb);

private:
  int wakeupFd_;
};
class EventLoopThread {
public:
  void wait();
};
class EventLoopThreadPool {
public:
  void wait();
};
class TaskQueue {
public:
  virtual void runTaskInQueue(std::function<void()> &&task) = 0;
  void syncTaskInQueue(const std::function<void()> &task);
};
class SerialTaskQueue : public TaskQueue {
public:
  void runTaskInQueue(std::function<void()> &&task) override;
};
class ConcurrentTaskQueue : public TaskQueue {
public:
  void runTaskInQueue(std::function<void()> &&task) override;
};
using Callback = std::function<void(int)>;
class TcpServer {
public:
  void setRecvMessageCallback(Callback &&cb);
  void setConnectionCallback(Callback &&cb);
  void setWriteCompleteCallback(Callback &&cb);
};
class TcpClient {
public:
  void setMessageCallback(Callback &&cb);
  void setConnectionCallback(Callback &&cb);
  void setConnectionErrorCallback(Callback &&cb);
  void setWriteCompleteCallback(Callback &&cb);
};

} // namespace trantor

namespace drogon {

template <class T = void> struct Task : co::task<T> {
  Task(co::task<T> &&t) : co::task<T>(static_cast<co::task<T> &&>(t)) {}
};
struct AsyncTask : co::detached {
  AsyncTask(co::detached) {}
};
template <class A> void sync_wait(A &&await);
template <class C> void async_run(C &&coro) {
  [](C coro) -> co::detached { co_await coro(); }(std::forward<C>(coro));
}
inline co::operation<> sleepCoro(trantor::EventLoop *, double delay) { return {}; }
inline co::operation<> switchThreadCoro(trantor::EventLoop *) { return {}; }
inline co::operation<> queueInLoopCoro(trantor::EventLoop *, std::function<void()>, trantor::EventLoop * = nullptr) {
  return {};
}

using Handler = std::function<void(int)>;
class HttpAppFramework {
public:
  virtual void run() = 0;
  template <class F> HttpAppFramework &registerHandler(const std::string &path, F &&) { return *this; }
  template <class F> HttpAppFramework &registerHandlerViaRegex(const std::string &path, F &&) { return *this; }
  virtual HttpAppFramework &setDefaultHandler(Handler) = 0;
  virtual HttpAppFramework &setExceptionHandler(Handler) = 0;
  virtual HttpAppFramework &setCustomErrorHandler(Handler &&) = 0;
  virtual HttpAppFramework &registerBeginningAdvice(const std::function<void()> &) = 0;
  virtual HttpAppFramework &registerSyncAdvice(const Handler &) = 0;
  virtual HttpAppFramework &registerPreRoutingAdvice(const Handler &) = 0;
  virtual HttpAppFramework &registerPostRoutingAdvice(const Handler &) = 0;
  virtual HttpAppFramework &registerPreHandlingAdvice(const Handler &) = 0;
  virtual HttpAppFramework &registerPostHandlingAdvice(const Handler &) = 0;
  virtual HttpAppFramework &registerPreSendingAdvice(const Handler &) = 0;
};
HttpAppFramework &app();

struct HttpRequest;
using HttpRequestPtr = std::shared_ptr<HttpRequest>;
class HttpClient {
public:
  virtual void sendRequest(const HttpRequestPtr &, Handler &&callback, double timeout = 0) = 0;
  std::pair<int, int> sendRequest(const HttpRequestPtr &, double timeout = 0) {
    std::promise<std::pair<int, int>> prom;
    return prom.get_future().get();
  }
  co::operation<int> sendRequestCoro(HttpRequestPtr, double timeout = 0);
};
class CacheFile {
public:
  char *data() {
    fflush(file_);
    return nullptr;
  }

private:
  FILE *file_;
};
class WebSocketClient {
public:
  virtual void setMessageHandler(const Handler &) = 0;
  virtual void setConnectionClosedHandler(const Handler &) = 0;
  virtual void connectToServer(const HttpRequestPtr &, const Handler &) = 0;
};
class HttpFile {
public:
  int save() const;
  int saveAs(const std::string &name) const;
};

namespace orm {
class Transaction;
enum class Mode { NonBlocking, Blocking };
namespace internal {
class SqlBinder {
public:
  template <class T> SqlBinder &operator<<(T &&) { return *this; }
  SqlBinder &operator<<(Mode &&mode) {
    mode_ = mode;
    return *this;
  }
  template <class F> SqlBinder &operator>>(F &&) { return *this; }
  void exec() {
    executed_ = true;
    if (mode_ == Mode::Blocking)
      std::promise<int>().get_future().get();
  }
  ~SqlBinder() {
    if (!executed_)
      exec();
  }

private:
  Mode mode_ = Mode::NonBlocking;
  bool executed_ = false;
};
} // namespace internal
class DbClient {
public:
  internal::SqlBinder operator<<(const std::string &sql);
  template <class F, class E, class... Args> void execSqlAsync(const std::string &sql, F &&, E &&, Args &&...) {}
  template <class... Args> int execSqlSync(const std::string &sql, Args &&...);
  virtual std::shared_ptr<Transaction> newTransaction(const std::function<void(bool)> &commit = {}) = 0;
  co::operation<int> execSqlCoro(const std::string &sql);
};
struct Criteria {};
template <class T> class Mapper {
public:
  T findByPrimaryKey(int key);
  void findByPrimaryKey(int key, Handler, Handler);
  std::vector<T> findAll();
  void findAll(Handler, Handler);
  T findOne(const Criteria &);
  std::vector<T> findBy(const Criteria &);
  unsigned count(const Criteria & = {});
  void count(const Criteria &, Handler, Handler);
  void insert(T &);
  void insert(const T &, Handler, Handler);
  unsigned update(const T &);
  template <class... Args> unsigned updateBy(const std::vector<std::string> &, const Criteria &, Args &&...);
  template <class... Args>
  void updateBy(const std::vector<std::string> &, const Handler &, const Handler &, const Criteria &, Args &&...);
  template <class... Args> unsigned increment(const std::vector<std::string> &, const Criteria &, Args...);
  unsigned deleteOne(const T &);
  unsigned deleteBy(const Criteria &);
  unsigned deleteByPrimaryKey(int key);
};
} // namespace orm

namespace nosql {
class RedisClient {
public:
  virtual void execCommandAsync(Handler &&, Handler &&, std::string command, ...) = 0;
  template <class T> T execCommandSync(std::function<T(int)> &&, std::string command);
  virtual std::shared_ptr<int> newTransaction() = 0;
};
} // namespace nosql

} // namespace drogon

#endif
