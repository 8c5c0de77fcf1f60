// RUN: %nostall-verify %s --checks=-*,nostall-blocking-call,nostall-forgotten-co-await
// checks/models/drogon.yaml against declarations like drogon's: one call for
// every entry.
#include <drogon/fake.h>
#include <unistd.h>

using namespace drogon;
using trantor::EventLoop;

int slow() { return sleep(1); }
Task<> other() { co_return; }

Task<> runs(EventLoop &loop, trantor::EventLoopThread &thread, trantor::EventLoopThreadPool &threads) {
  app().run(); // warning: (sync-run)
  loop.loop(); // warning: (sync-run)
  sync_wait(other()); // warning: (sync-run)
  thread.wait(); // warning: (wait)
  threads.wait(); // warning: (wait)
  co_return;
}
AsyncTask spawned() {
  slow(); // warning: it reaches 'sleep'
  co_await other();
}

void hands_on(EventLoop &loop, trantor::TaskQueue &queue, trantor::SerialTaskQueue &serial,
              trantor::ConcurrentTaskQueue &concurrent) {
  loop.runInLoop([] { slow(); }); // warning: it reaches 'sleep'
  loop.queueInLoop([] { slow(); }); // warning: it reaches 'sleep'
  loop.runAt(1, [] { slow(); }); // warning: it reaches 'sleep'
  loop.runAfter(1, [] { slow(); }); // warning: it reaches 'sleep'
  loop.runEvery(1, [] { slow(); }); // warning: it reaches 'sleep'
  loop.runOnQuit([] { slow(); }); // warning: it reaches 'sleep'
  queue.runTaskInQueue([] { slow(); });
  serial.runTaskInQueue([] { slow(); });
  concurrent.runTaskInQueue([] { slow(); });
}
Task<> wakes(EventLoop &loop, trantor::TaskQueue &queue) {
  loop.runInLoop([] {});
  loop.queueInLoop([] {});
  queue.syncTaskInQueue([] { slow(); }); // warning: (wait)
  co_return;
}
Task<> switches(EventLoop *loop) {
  co_await sleepCoro(loop, 1);
  co_await switchThreadCoro(loop);
  co_await queueInLoopCoro(loop, [] { slow(); }); // warning: it reaches 'sleep'
  slow(); // warning: it reaches 'sleep'
}

void serves(trantor::TcpServer &server, trantor::TcpClient &client) {
  app().registerHandler("/", [](int) { slow(); }); // warning: it reaches 'sleep'
  app().registerHandler("/", [](int) -> Task<> { co_await other(); });
  app().registerHandlerViaRegex("/", [](int) { slow(); }); // warning: it reaches 'sleep'
  app().setDefaultHandler([](int) { slow(); }); // warning: it reaches 'sleep'
  app().setExceptionHandler([](int) { slow(); }); // warning: it reaches 'sleep'
  app().setCustomErrorHandler([](int) { slow(); }); // warning: it reaches 'sleep'
  app().registerSyncAdvice([](int) { slow(); }); // warning: it reaches 'sleep'
  app().registerPreRoutingAdvice([](int) { slow(); }); // warning: it reaches 'sleep'
  app().registerPostRoutingAdvice([](int) { slow(); }); // warning: it reaches 'sleep'
  app().registerPreHandlingAdvice([](int) { slow(); }); // warning: it reaches 'sleep'
  app().registerPostHandlingAdvice([](int) { slow(); }); // warning: it reaches 'sleep'
  app().registerPreSendingAdvice([](int) { slow(); }); // warning: it reaches 'sleep'
  app().registerBeginningAdvice([] { slow(); });
  server.setRecvMessageCallback([](int) { slow(); }); // warning: it reaches 'sleep'
  server.setConnectionCallback([](int) { slow(); }); // warning: it reaches 'sleep'
  server.setWriteCompleteCallback([](int) { slow(); }); // warning: it reaches 'sleep'
  client.setMessageCallback([](int) { slow(); }); // warning: it reaches 'sleep'
  client.setConnectionCallback([](int) { slow(); }); // warning: it reaches 'sleep'
  client.setConnectionErrorCallback([](int) { slow(); }); // warning: it reaches 'sleep'
  client.setWriteCompleteCallback([](int) { slow(); }); // warning: it reaches 'sleep'
}

Task<> bodies(CacheFile &body) {
  body.data();
  co_return;
}
Task<> clients(HttpClient &http, HttpRequestPtr request, HttpFile &file) {
  http.sendRequest(request); // warning: (net-io)
  http.sendRequest(request, 1.0); // warning: (net-io)
  http.sendRequest(request, [](int) {});
  co_await http.sendRequestCoro(request);
  file.save(); // warning: (file-io)
  file.saveAs("a"); // warning: (file-io)
}
Task<> databases(orm::DbClient &client, nosql::RedisClient &redis) {
  client.execSqlSync("select 1", 1); // warning: (db)
  client.newTransaction(); // warning: (db)
  co_await client.execSqlCoro("select 1");
  client << "select ?" << 1 >> [](int) {};
  auto statement = client << "select 1";
  statement.exec();
  client << "select ?" << 1 << orm::Mode::NonBlocking >> [](int) {};
  client << "select ?" << 1 << orm::Mode::Blocking >> [](int) {}; // warning: (db)
  redis.execCommandSync<int>([](int) { return 1; }, "get a"); // warning: (db)
  redis.newTransaction(); // warning: (db)
}
Task<> mappers(orm::Mapper<int> &mapper, int object, orm::Criteria criteria, Handler done) {
  mapper.findByPrimaryKey(1); // warning: (db)
  mapper.findByPrimaryKey(1, done, done);
  mapper.findAll(); // warning: (db)
  mapper.findAll(done, done);
  mapper.findOne(criteria); // warning: (db)
  mapper.findBy(criteria); // warning: (db)
  mapper.count(); // warning: (db)
  mapper.count(criteria); // warning: (db)
  mapper.count(criteria, done, done);
  mapper.insert(object); // warning: (db)
  mapper.insert(object, done, done);
  mapper.update(object); // warning: (db)
  mapper.updateBy({"a"}, criteria, 1); // warning: (db)
  mapper.updateBy({"a"}, done, done, criteria, 1);
  mapper.increment({"a"}, criteria, 1); // warning: (db)
  mapper.deleteOne(object); // warning: (db)
  mapper.deleteBy(criteria); // warning: (db)
  mapper.deleteByPrimaryKey(1); // warning: (db)
  co_return;
}
void callbacks(HttpClient &http, HttpRequestPtr request, WebSocketClient &socket, orm::DbClient &client,
               nosql::RedisClient &redis) {
  http.sendRequest(request, [](int) { slow(); }); // warning: it reaches 'sleep'
  socket.setMessageHandler([](int) { slow(); }); // warning: it reaches 'sleep'
  socket.setConnectionClosedHandler([](int) { slow(); }); // warning: it reaches 'sleep'
  socket.connectToServer(request, [](int) { slow(); }); // warning: it reaches 'sleep'
  client.execSqlAsync("select 1", [](int) { slow(); }, [](int) {}); // warning: it reaches 'sleep'
  redis.execCommandAsync([](int) { slow(); }, [](int) {}, "get a"); // warning: it reaches 'sleep'
}

void drops() {
  other(); // warning: is never awaited
  spawned();
  async_run([]() -> Task<> { co_await other(); });
}
