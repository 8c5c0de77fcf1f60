// RUN: %nostall-verify %s --checks=-*,nostall-blocking-call --config="{CheckOptions: {nostall-blocking-call.Strict: true}}"
// checks/models/databases.yaml against declarations as the libraries' headers have them: RocksDB 7.8, LevelDB 1.23, LMDB 0.9,
// libmdbx 0.11, SQLiteCpp 3.2, libpqxx 7.7, ODBC 3, cpr 1.9, cpp-httplib 0.11, librdkafka 2.0, ZeroMQ 4.3, sd-bus 252,
// gRPC 1.51, Boost 1.81, FFmpeg 5.1, OpenCV 4.6. One call for every entry.
#include "co.h"
#include <string>
#include <vector>

namespace rocksdb {
struct Slice {
  Slice(const char *);
};
struct Status {};
struct Options {};
struct WriteBatch {
  Status Put(const Slice &key, const Slice &value);
};
class Iterator {
public:
  virtual ~Iterator();
  virtual void SeekToFirst() = 0;
  virtual void SeekToLast() = 0;
  virtual void Seek(const Slice &target) = 0;
  virtual void SeekForPrev(const Slice &target) = 0;
  virtual void Next() = 0;
  virtual void Prev() = 0;
};
class DB {
public:
  static Status Open(const Options &options, const std::string &name, DB **out);
  static Status OpenForReadOnly(const Options &options, const std::string &name, DB **out);
  virtual ~DB();
  virtual Status Get(const Options &, const Slice &key, std::string *value) = 0;
  virtual std::vector<Status> MultiGet(const Options &, const std::vector<Slice> &keys, std::vector<std::string> *values) = 0;
  virtual Status Put(const Options &, const Slice &key, const Slice &value) = 0;
  virtual Status Delete(const Options &, const Slice &key) = 0;
  virtual Status SingleDelete(const Options &, const Slice &key) = 0;
  virtual Status DeleteRange(const Options &, const Slice &begin, const Slice &end) = 0;
  virtual Status Merge(const Options &, const Slice &key, const Slice &value) = 0;
  virtual Status Write(const Options &, WriteBatch *updates) = 0;
  virtual Status Flush(const Options &) = 0;
  virtual Status FlushWAL(bool sync);
  virtual Status SyncWAL() = 0;
  virtual Status CompactRange(const Options &, const Slice *begin, const Slice *end) = 0;
  virtual Status IngestExternalFile(const std::vector<std::string> &files, const Options &) = 0;
};
} // namespace rocksdb
namespace leveldb {
using rocksdb::Options, rocksdb::Slice, rocksdb::Status, rocksdb::WriteBatch;
class Iterator {
public:
  virtual ~Iterator();
  virtual void SeekToFirst() = 0;
  virtual void SeekToLast() = 0;
  virtual void Seek(const Slice &target) = 0;
  virtual void Next() = 0;
  virtual void Prev() = 0;
};
class DB {
public:
  static Status Open(const Options &options, const std::string &name, DB **out);
  virtual ~DB();
  virtual Status Put(const Options &, const Slice &key, const Slice &value) = 0;
  virtual Status Delete(const Options &, const Slice &key) = 0;
  virtual Status Write(const Options &, WriteBatch *updates) = 0;
  virtual Status Get(const Options &, const Slice &key, std::string *value) = 0;
  virtual void CompactRange(const Slice *begin, const Slice *end) = 0;
};
} // namespace leveldb
co::task<> stores(rocksdb::DB *db, leveldb::DB *old, rocksdb::Iterator *it, leveldb::Iterator *older, rocksdb::Options o,
                  rocksdb::Slice key, std::string *value, std::vector<std::string> values) {
  rocksdb::DB::Open(o, "/data", &db); // warning: (db)
  rocksdb::DB::OpenForReadOnly(o, "/data", &db); // warning: (db)
  db->Get(o, key, value); // warning: (db)
  db->MultiGet(o, {key}, &values); // warning: (db)
  db->Put(o, key, key); // warning: (db)
  db->Delete(o, key); // warning: (db)
  db->SingleDelete(o, key); // warning: (db)
  db->DeleteRange(o, key, key); // warning: (db)
  db->Merge(o, key, key); // warning: (db)
  rocksdb::WriteBatch batch;
  batch.Put(key, key);
  db->Write(o, &batch); // warning: (db)
  db->Flush(o); // warning: (db)
  db->FlushWAL(true); // warning: (db)
  db->SyncWAL(); // warning: (db)
  db->CompactRange(o, nullptr, nullptr); // warning: (db)
  db->IngestExternalFile(values, o); // warning: (db)
  it->SeekToFirst(); // warning: (db)
  it->SeekToLast(); // warning: (db)
  it->Seek(key); // warning: (db)
  it->SeekForPrev(key); // warning: (db)
  it->Next(); // warning: (db)
  it->Prev(); // warning: (db)
  leveldb::DB::Open(o, "/data", &old); // warning: (db)
  old->Get(o, key, value); // warning: (db)
  old->Put(o, key, key); // warning: (db)
  old->Delete(o, key); // warning: (db)
  old->Write(o, &batch); // warning: (db)
  old->CompactRange(nullptr, nullptr); // warning: (db)
  older->SeekToFirst(); // warning: (db)
  older->SeekToLast(); // warning: (db)
  older->Seek(key); // warning: (db)
  older->Next(); // warning: (db)
  older->Prev(); // warning: (db)
  co_return;
}

extern "C" {
typedef struct MDB_env MDB_env;
typedef struct MDB_txn MDB_txn;
typedef struct MDB_cursor MDB_cursor;
typedef struct MDB_val MDB_val;
int mdb_env_open(MDB_env *env, const char *path, unsigned flags, unsigned mode);
int mdb_env_sync(MDB_env *env, int force);
int mdb_env_copy(MDB_env *env, const char *path);
int mdb_txn_commit(MDB_txn *txn);
int mdb_get(MDB_txn *txn, unsigned dbi, MDB_val *key, MDB_val *data);
int mdb_put(MDB_txn *txn, unsigned dbi, MDB_val *key, MDB_val *data, unsigned flags);
int mdb_del(MDB_txn *txn, unsigned dbi, MDB_val *key, MDB_val *data);
int mdb_cursor_get(MDB_cursor *cursor, MDB_val *key, MDB_val *data, int op);
int mdb_cursor_put(MDB_cursor *cursor, MDB_val *key, MDB_val *data, unsigned flags);
int mdb_cursor_del(MDB_cursor *cursor, unsigned flags);
int mdbx_env_open(MDB_env *env, const char *path, unsigned flags, unsigned mode);
int mdbx_env_sync(MDB_env *env);
int mdbx_env_copy(MDB_env *env, const char *path, unsigned flags);
int mdbx_txn_commit(MDB_txn *txn);
int mdbx_get(MDB_txn *txn, unsigned dbi, const MDB_val *key, MDB_val *data);
int mdbx_put(MDB_txn *txn, unsigned dbi, const MDB_val *key, MDB_val *data, unsigned flags);
int mdbx_del(MDB_txn *txn, unsigned dbi, const MDB_val *key, const MDB_val *data);
int mdbx_cursor_get(MDB_cursor *cursor, MDB_val *key, MDB_val *data, int op);
int mdbx_cursor_put(MDB_cursor *cursor, const MDB_val *key, MDB_val *data, unsigned flags);
int mdbx_cursor_del(MDB_cursor *cursor, unsigned flags);
}
co::task<> maps(MDB_env *env, MDB_txn *txn, MDB_cursor *cursor, MDB_val *v) {
  mdb_env_open(env, "/data", 0, 0600); // warning: (db)
  mdb_env_sync(env, 1); // warning: (db)
  mdb_env_copy(env, "/copy"); // warning: (db)
  mdb_get(txn, 0, v, v); // warning: (db)
  mdb_put(txn, 0, v, v, 0); // warning: (db)
  mdb_del(txn, 0, v, v); // warning: (db)
  mdb_cursor_get(cursor, v, v, 0); // warning: (db)
  mdb_cursor_put(cursor, v, v, 0); // warning: (db)
  mdb_cursor_del(cursor, 0); // warning: (db)
  mdb_txn_commit(txn); // warning: (db)
  mdbx_env_open(env, "/data", 0, 0600); // warning: (db)
  mdbx_env_sync(env); // warning: (db)
  mdbx_env_copy(env, "/copy", 0); // warning: (db)
  mdbx_get(txn, 0, v, v); // warning: (db)
  mdbx_put(txn, 0, v, v, 0); // warning: (db)
  mdbx_del(txn, 0, v, v); // warning: (db)
  mdbx_cursor_get(cursor, v, v, 0); // warning: (db)
  mdbx_cursor_put(cursor, v, v, 0); // warning: (db)
  mdbx_cursor_del(cursor, 0); // warning: (db)
  mdbx_txn_commit(txn); // warning: (db)
  co_return;
}

namespace SQLite {
struct Column {};
struct Database {
  explicit Database(const std::string &name, int flags = 1);
  int exec(const char *queries);
  int tryExec(const char *queries) noexcept;
  Column execAndGet(const char *query);
};
struct Statement {
  Statement(const Database &database, const char *query);
  bool executeStep();
  int tryExecuteStep() noexcept;
  int exec();
  void reset();
};
} // namespace SQLite
namespace pqxx {
struct result {};
struct row {};
struct connection {
  explicit connection(const char *options);
};
struct transaction_base {
  result exec(const std::string &query);
  result exec0(const std::string &query);
  row exec1(const std::string &query);
  template <class... A> result exec_params(const std::string &query, A &&...args);
  template <class... A> result exec_prepared(const std::string &name, A &&...args);
  void commit();
};
struct work : transaction_base {
  explicit work(connection &);
};
} // namespace pqxx
extern "C" {
typedef void *SQLHANDLE;
typedef unsigned char SQLCHAR;
short SQLConnect(SQLHANDLE, SQLCHAR *, short, SQLCHAR *, short, SQLCHAR *, short);
short SQLDriverConnect(SQLHANDLE, void *, SQLCHAR *, short, SQLCHAR *, short, short *, unsigned short);
short SQLExecDirect(SQLHANDLE, SQLCHAR *, int);
short SQLExecute(SQLHANDLE);
short SQLFetch(SQLHANDLE);
short SQLFetchScroll(SQLHANDLE, short, long);
short SQLEndTran(short, SQLHANDLE, short);
}
co::task<> clients(SQLHANDLE odbc) {
  SQLite::Database db("a.db"); // warning: (db)
  db.exec("DELETE FROM t"); // warning: (db)
  db.tryExec("DELETE FROM t"); // warning: (db)
  db.execAndGet("SELECT 1"); // warning: (db)
  SQLite::Statement statement(db, "SELECT 1");
  statement.executeStep(); // warning: (db)
  statement.tryExecuteStep(); // warning: (db)
  statement.exec(); // warning: (db)
  statement.reset();
  pqxx::connection connection("dbname=a"); // warning: (db)
  pqxx::work work(connection);
  work.exec("SELECT 1"); // warning: (db)
  work.exec0("SELECT 1"); // warning: (db)
  work.exec1("SELECT 1"); // warning: (db)
  work.exec_params("SELECT $1", 1); // warning: (db)
  work.exec_prepared("one", 1); // warning: (db)
  work.commit(); // warning: (db)
  SQLConnect(odbc, nullptr, 0, nullptr, 0, nullptr, 0); // warning: (db)
  SQLDriverConnect(odbc, nullptr, nullptr, 0, nullptr, 0, nullptr, 0); // warning: (db)
  SQLExecDirect(odbc, nullptr, 0); // warning: (db)
  SQLExecute(odbc); // warning: (db)
  SQLFetch(odbc); // warning: (db)
  SQLFetchScroll(odbc, 1, 0); // warning: (db)
  SQLEndTran(1, odbc, 0); // warning: (db)
  co_return;
}

namespace cpr {
struct Url {
  Url(const char *);
};
struct Response {};
template <class... A> Response Get(A &&...);
template <class... A> Response Post(A &&...);
template <class... A> Response Put(A &&...);
template <class... A> Response Patch(A &&...);
template <class... A> Response Delete(A &&...);
template <class... A> Response Head(A &&...);
template <class... A> Response Options(A &&...);
template <class... A> Response Download(A &&...);
} // namespace cpr
namespace httplib {
struct Result {};
struct Request {};
struct Client {
  explicit Client(const std::string &host);
  Result Get(const std::string &path);
  Result Post(const std::string &path);
  Result Put(const std::string &path);
  Result Patch(const std::string &path);
  Result Delete(const std::string &path);
  Result Head(const std::string &path);
  Result Options(const std::string &path);
  Result send(const Request &);
};
struct Server {
  bool listen(const std::string &host, int port);
  void stop();
};
} // namespace httplib
co::task<> http(httplib::Server &server) {
  cpr::Url url("http://x");
  cpr::Get(url); // warning: (net-io)
  cpr::Post(url); // warning: (net-io)
  cpr::Put(url); // warning: (net-io)
  cpr::Patch(url); // warning: (net-io)
  cpr::Delete(url); // warning: (net-io)
  cpr::Head(url); // warning: (net-io)
  cpr::Options(url); // warning: (net-io)
  cpr::Download(url); // warning: (net-io)
  httplib::Client client("x");
  client.Get("/"); // warning: (net-io)
  client.Post("/"); // warning: (net-io)
  client.Put("/"); // warning: (net-io)
  client.Patch("/"); // warning: (net-io)
  client.Delete("/"); // warning: (net-io)
  client.Head("/"); // warning: (net-io)
  client.Options("/"); // warning: (net-io)
  client.send(httplib::Request()); // warning: (net-io)
  server.listen("0.0.0.0", 80); // warning: (wait)
  server.stop();
  co_return;
}

extern "C" {
typedef struct rd_kafka_s rd_kafka_t;
typedef struct rd_kafka_message_s rd_kafka_message_t;
int rd_kafka_flush(rd_kafka_t *, int timeout_ms);
int rd_kafka_poll(rd_kafka_t *, int timeout_ms);
rd_kafka_message_t *rd_kafka_consumer_poll(rd_kafka_t *, int timeout_ms);
typedef struct zmq_msg_t zmq_msg_t;
int zmq_recv(void *socket, void *buffer, size_t length, int flags);
int zmq_msg_recv(zmq_msg_t *message, void *socket, int flags);
int zmq_poll(void *items, int count, long timeout);
typedef struct sd_bus sd_bus;
typedef struct sd_bus_message sd_bus_message;
typedef struct sd_bus_error sd_bus_error;
int sd_bus_call(sd_bus *, sd_bus_message *, unsigned long usec, sd_bus_error *, sd_bus_message **reply);
int sd_bus_call_method(sd_bus *, const char *to, const char *path, const char *interface, const char *member, sd_bus_error *,
                       sd_bus_message **reply, const char *types, ...);
int sd_bus_wait(sd_bus *, unsigned long usec);
struct AVFormatContext;
struct AVPacket;
int avformat_open_input(AVFormatContext **, const char *url, const void *format, void **options);
int avformat_find_stream_info(AVFormatContext *, void **options);
int av_read_frame(AVFormatContext *, AVPacket *);
}
namespace grpc {
struct CompletionQueue {
  bool Next(void **tag, bool *ok);
};
struct Server {
  void Wait();
};
} // namespace grpc
namespace boost::interprocess {
struct interprocess_semaphore {
  void wait();
  bool try_wait();
};
struct named_semaphore {
  void wait();
};
struct interprocess_mutex {
  void lock();
  void unlock();
};
struct named_mutex {
  void lock();
  void unlock();
};
struct message_queue {
  void send(const void *buffer, size_t size, unsigned priority);
  void receive(void *buffer, size_t size, size_t &received, unsigned &priority);
  bool try_send(const void *buffer, size_t size, unsigned priority);
};
} // namespace boost::interprocess
namespace cv {
struct Mat {};
Mat imread(const std::string &file, int flags = 1);
bool imwrite(const std::string &file, const Mat &);
struct VideoCapture {
  bool open(int index);
  bool read(Mat &);
  bool grab();
};
} // namespace cv
co::task<> queues(rd_kafka_t *kafka, void *socket, zmq_msg_t *message, sd_bus *bus, sd_bus_message *call, char *buffer) {
  rd_kafka_flush(kafka, 1000); // warning: (wait)
  rd_kafka_poll(kafka, 1000); // warning: (wait)
  rd_kafka_consumer_poll(kafka, 1000); // warning: (wait)
  rd_kafka_consumer_poll(kafka, 0);
  zmq_recv(socket, buffer, 8, 0); // warning: (net-io)
  zmq_recv(socket, buffer, 8, 1);
  zmq_msg_recv(message, socket, 0); // warning: (net-io)
  zmq_msg_recv(message, socket, 1);
  zmq_poll(socket, 1, -1); // warning: (wait)
  zmq_poll(socket, 1, 0);
  sd_bus_call(bus, call, 0, nullptr, nullptr); // warning: (process)
  sd_bus_call_method(bus, "a", "/", "a", "Get", nullptr, nullptr, ""); // warning: (process)
  sd_bus_wait(bus, 1000); // warning: (wait)
  sd_bus_wait(bus, 0);
  co_return;
}
co::task<> processes(grpc::CompletionQueue &queue, grpc::Server &server, boost::interprocess::interprocess_semaphore &semaphore,
                     boost::interprocess::named_semaphore &named, boost::interprocess::interprocess_mutex &mutex,
                     boost::interprocess::named_mutex &shared, boost::interprocess::message_queue &messages, char *buffer) {
  void *tag = nullptr;
  bool ok = false;
  queue.Next(&tag, &ok); // warning: (wait)
  server.Wait(); // warning: (wait)
  semaphore.wait(); // warning: (wait)
  semaphore.try_wait();
  named.wait(); // warning: (wait)
  mutex.lock(); // warning: (lock)
  mutex.unlock();
  shared.lock(); // warning: (lock)
  shared.unlock();
  size_t received = 0;
  unsigned priority = 0;
  messages.receive(buffer, 8, received, priority); // warning: (wait)
  messages.send(buffer, 8, 0); // warning: (wait)
  messages.try_send(buffer, 8, 0);
  co_return;
}
co::task<> pictures(AVFormatContext *film, AVPacket *packet, cv::VideoCapture &camera, cv::Mat picture) {
  avformat_open_input(&film, "a.mkv", nullptr, nullptr); // warning: (file-io)
  avformat_find_stream_info(film, nullptr); // warning: (file-io)
  av_read_frame(film, packet); // warning: (file-io)
  cv::imread("a.png"); // warning: (file-io)
  cv::imwrite("b.png", picture); // warning: (file-io)
  camera.open(0); // warning: (file-io)
  camera.read(picture); // warning: (file-io)
  camera.grab(); // warning: (file-io)
  co_return;
}
