// RUN: %nostall-verify %s --checks=-*,nostall-blocking-call -- -I/usr/include/mariadb -I/usr/include/postgresql
// checks/models/c-libraries.yaml against the libraries' headers: one call for
// every entry. CUDA's functions are declared here as its headers declare them.
// needs: <curl/curl.h>
// needs: <hiredis/hiredis.h>
// needs: <liburing.h>
// needs: <mariadb/mysql.h>
// needs: <openssl/ssl.h>
// needs: <postgresql/libpq-fe.h>
// needs: <sqlite3.h>
#include "co.h"
#include <curl/curl.h>
#include <hiredis/async.h>
#include <hiredis/hiredis.h>
#include <liburing.h>
#include <mysql.h>
#include <crypt.h>
#include <openssl/evp.h>
#include <openssl/ssl.h>
#include <libpq-fe.h>
#include <libpq/libpq-fs.h>
#include <sqlite3.h>
#include <memory>
#include <string>
#include <unistd.h>

// As libsodium's and argon2's headers declare them.
extern "C" {
int crypto_pwhash(unsigned char *out, unsigned long long size, const char *password, unsigned long long length,
                  const unsigned char *salt, unsigned long long times, size_t memory, int algorithm);
int crypto_pwhash_str(char *out, const char *password, unsigned long long length, unsigned long long times, size_t memory);
int crypto_pwhash_str_verify(const char *str, const char *password, unsigned long long length);
int argon2id_hash_encoded(uint32_t times, uint32_t memory, uint32_t threads, const void *password, size_t length,
                          const void *salt, size_t salt_length, size_t hash_length, char *encoded, size_t encoded_length);
int argon2id_hash_raw(uint32_t times, uint32_t memory, uint32_t threads, const void *password, size_t length,
                      const void *salt, size_t salt_length, void *hash, size_t hash_length);
int argon2id_verify(const char *encoded, const void *password, size_t length);
}
co::task<> passwords(const char *password, unsigned char *out, char *text, crypt_data *data) {
  PKCS5_PBKDF2_HMAC(password, 1, out, 1, 100000, EVP_sha256(), 1, out); // warning: (cpu)
  EVP_PBE_scrypt(password, 1, out, 1, 1, 8, 1, 0, out, 1); // warning: (cpu)
  crypto_pwhash(out, 1, password, 1, out, 1, 1, 1); // warning: (cpu)
  crypto_pwhash_str(text, password, 1, 1, 1); // warning: (cpu)
  crypto_pwhash_str_verify(text, password, 1); // warning: (cpu)
  argon2id_hash_encoded(1, 1, 1, password, 1, out, 1, 1, text, 1); // warning: (cpu)
  argon2id_hash_raw(1, 1, 1, password, 1, out, 1, text, 1); // warning: (cpu)
  argon2id_verify(text, password, 1); // warning: (cpu)
  crypt(password, text); // warning: (cpu)
  crypt_r(password, text, data); // warning: (cpu)
  co_return;
}

co::task<> curl(CURL *easy, CURLM *multi, int *count) {
  curl_easy_perform(easy); // warning: (net-io)
  curl_multi_wait(multi, nullptr, 0, 1000, count); // warning: (wait)
  curl_multi_wait(multi, nullptr, 0, 0, count);
  curl_multi_poll(multi, nullptr, 0, 1000, count); // warning: (wait)
  curl_multi_perform(multi, count);
  curl_easy_setopt(easy, CURLOPT_URL, "a");
  co_return;
}

int each_row(void *, int, char **, char **) { return 0; }

co::task<> sqlite(sqlite3 *db, sqlite3_stmt *statement, sqlite3_backup *backup, sqlite3_blob *blob, char ***table,
                  char **error, int *count, void *data) {
  sqlite3_open("a", &db); // warning: (db)
  sqlite3_open16(u"a", &db); // warning: (db)
  sqlite3_open_v2("a", &db, SQLITE_OPEN_READONLY, nullptr); // warning: (db)
  sqlite3_exec(db, "a", each_row, nullptr, error); // warning: (db)
  sqlite3_step(statement); // warning: (db)
  sqlite3_get_table(db, "a", table, count, count, error); // warning: (db)
  sqlite3_backup_step(backup, 1); // warning: (db)
  sqlite3_wal_checkpoint(db, "a"); // warning: (db)
  sqlite3_wal_checkpoint_v2(db, "a", 0, count, count); // warning: (db)
  sqlite3_blob_read(blob, data, 1, 0); // warning: (db)
  sqlite3_blob_write(blob, data, 1, 0); // warning: (db)
  sqlite3_load_extension(db, "a", nullptr, error); // warning: (db)
  sqlite3_sleep(1); // warning: (sleep)
  sqlite3_close(db); // warning: (db)
  sqlite3_close_v2(db); // warning: (db)
  sqlite3_bind_int(statement, 1, 1);
  sqlite3_column_int(statement, 1);
  co_return;
}

co::task<> postgres(PGconn *connection, const char *const *words, PGcancel *cancel, char *text) {
  PQconnectdb("a"); // warning: (db)
  PQconnectdbParams(words, words, 0); // warning: (db)
  PQsetdbLogin("a", "b", "", "", "c", "d", "e"); // warning: (db)
  PQreset(connection); // warning: (db)
  PQping("a"); // warning: (db)
  PQpingParams(words, words, 0); // warning: (db)
  PQexec(connection, "a"); // warning: (db)
  PQexecParams(connection, "a", 0, nullptr, words, nullptr, nullptr, 0); // warning: (db)
  PQprepare(connection, "a", "b", 0, nullptr); // warning: (db)
  PQexecPrepared(connection, "a", 0, words, nullptr, nullptr, 0); // warning: (db)
  PQdescribePrepared(connection, "a"); // warning: (db)
  PQdescribePortal(connection, "a"); // warning: (db)
  PQfn(connection, 1, nullptr, nullptr, 0, nullptr, 0); // warning: (db)
  PQendcopy(connection); // warning: (db)
  PQgetline(connection, text, 1); // warning: (db)
  PQcancel(cancel, text, 1); // warning: (db)
  PQrequestCancel(connection); // warning: (db)
  lo_open(connection, 1, INV_READ); // warning: (db)
  lo_read(connection, 1, text, 1); // warning: (db)
  lo_write(connection, 1, text, 1); // warning: (db)
  lo_import(connection, "a"); // warning: (db)
  lo_export(connection, 1, "a"); // warning: (db)
  lo_creat(connection, INV_READ); // warning: (db)
  lo_create(connection, 1); // warning: (db)
  lo_unlink(connection, 1); // warning: (db)
  PQsendQuery(connection, "a");
  PQconsumeInput(connection);
  if (!PQisBusy(connection))
    PQgetResult(connection);
  co_return;
}

co::task<> mysql(MYSQL *connection, MYSQL_STMT *statement, MYSQL_RES *result) {
  mysql_real_connect(connection, "a", "b", "c", "d", 0, nullptr, 0); // warning: (db)
  mysql_query(connection, "a"); // warning: (db)
  mysql_real_query(connection, "a", 1); // warning: (db)
  mysql_store_result(connection); // warning: (db)
  mysql_next_result(connection); // warning: (db)
  mysql_read_query_result(connection); // warning: (db)
  mysql_ping(connection); // warning: (db)
  mysql_commit(connection); // warning: (db)
  mysql_rollback(connection); // warning: (db)
  mysql_autocommit(connection, 1); // warning: (db)
  mysql_change_user(connection, "a", "b", "c"); // warning: (db)
  mysql_select_db(connection, "a"); // warning: (db)
  mysql_reset_connection(connection); // warning: (db)
  mysql_stat(connection); // warning: (db)
  mysql_list_dbs(connection, "a"); // warning: (db)
  mysql_list_tables(connection, "a"); // warning: (db)
  mysql_list_processes(connection); // warning: (db)
  mysql_set_character_set(connection, "a"); // warning: (db)
  mysql_set_server_option(connection, MYSQL_OPTION_MULTI_STATEMENTS_ON); // warning: (db)
  mysql_stmt_prepare(statement, "a", 1); // warning: (db)
  mysql_stmt_execute(statement); // warning: (db)
  mysql_stmt_store_result(statement); // warning: (db)
  mysql_stmt_next_result(statement); // warning: (db)
  mysql_stmt_close(statement); // warning: (db)
  mysql_close(connection); // warning: (db)
  mysql_fetch_row(result);
  mysql_num_rows(result);
  co_return;
}

void on_reply(redisAsyncContext *, void *, void *) {
  usleep(1); // warning: call to 'usleep' blocks
}
void on_connection(const redisAsyncContext *, int) {
  usleep(2); // warning: call to 'usleep' blocks
}
void redis_callbacks(redisAsyncContext *context, va_list arguments, const char **words) {
  redisAsyncCommand(context, on_reply, nullptr, "a");
  redisvAsyncCommand(context, on_reply, nullptr, "a", arguments);
  redisAsyncCommandArgv(context, on_reply, nullptr, 1, words, nullptr);
  redisAsyncSetConnectCallback(context, on_connection);
  redisAsyncSetDisconnectCallback(context, on_connection);
}
co::task<> redis(redisContext *context, timeval time, const char **words, va_list arguments, void **reply) {
  redisConnect("a", 1); // warning: (db)
  redisConnectWithTimeout("a", 1, time); // warning: (db)
  redisConnectUnix("a"); // warning: (db)
  redisConnectUnixWithTimeout("a", time); // warning: (db)
  redisConnectNonBlock("a", 1);
  redisReconnect(context); // warning: (db)
  redisCommand(context, "a"); // warning: (db)
  redisCommandArgv(context, 1, words, nullptr); // warning: (db)
  redisvCommand(context, "a", arguments); // warning: (db)
  redisGetReply(context, reply); // warning: (db)
  redisAppendCommand(context, "a");
  co_return;
}

co::task<> uring(io_uring *ring, io_uring_cqe **entry, __kernel_timespec *time) {
  io_uring_wait_cqe(ring, entry); // warning: (wait)
  io_uring_wait_cqe_nr(ring, entry, 1); // warning: (wait)
  io_uring_wait_cqes(ring, entry, 1, time, nullptr); // warning: (wait)
  io_uring_wait_cqe_timeout(ring, entry, time); // warning: (wait)
  io_uring_submit_and_wait(ring, 1); // warning: (wait)
  io_uring_submit_and_wait_timeout(ring, entry, 1, time, nullptr); // warning: (wait)
  io_uring_submit(ring);
  io_uring_submit_and_wait(ring, 0);
  io_uring_peek_cqe(ring, entry);
  co_return;
}

extern "C" {
typedef int cudaError_t, CUresult;
typedef struct CUstream_st *cudaStream_t, *CUstream;
typedef struct CUevent_st *cudaEvent_t, *CUevent;
enum cudaMemcpyKind { cudaMemcpyHostToDevice };
struct cudaMemcpy3DParms;
cudaError_t cudaDeviceSynchronize();
cudaError_t cudaStreamSynchronize(cudaStream_t);
cudaError_t cudaEventSynchronize(cudaEvent_t);
cudaError_t cudaMemcpy(void *, const void *, size_t, cudaMemcpyKind);
cudaError_t cudaMemcpy2D(void *, size_t, const void *, size_t, size_t, size_t, cudaMemcpyKind);
cudaError_t cudaMemcpy3D(const cudaMemcpy3DParms *);
cudaError_t cudaMemcpyToSymbol(const void *, const void *, size_t, size_t, cudaMemcpyKind);
cudaError_t cudaMemcpyFromSymbol(void *, const void *, size_t, size_t, cudaMemcpyKind);
cudaError_t cudaMemcpyAsync(void *, const void *, size_t, cudaMemcpyKind, cudaStream_t);
cudaError_t cudaFree(void *);
CUresult cuCtxSynchronize();
CUresult cuStreamSynchronize(CUstream);
CUresult cuEventSynchronize(CUevent);
}

co::task<> cuda(cudaStream_t stream, cudaEvent_t event, void *to, const void *from, cudaMemcpy3DParms *cube) {
  cudaDeviceSynchronize(); // warning: (gpu)
  cudaStreamSynchronize(stream); // warning: (gpu)
  cudaEventSynchronize(event); // warning: (gpu)
  cudaMemcpy(to, from, 1, cudaMemcpyHostToDevice); // warning: (gpu)
  cudaMemcpy2D(to, 1, from, 1, 1, 1, cudaMemcpyHostToDevice); // warning: (gpu)
  cudaMemcpy3D(cube); // warning: (gpu)
  cudaMemcpyToSymbol(to, from, 1, 0, cudaMemcpyHostToDevice); // warning: (gpu)
  cudaMemcpyFromSymbol(to, from, 1, 0, cudaMemcpyHostToDevice); // warning: (gpu)
  cudaMemcpyAsync(to, from, 1, cudaMemcpyHostToDevice, stream);
  cudaFree(to); // warning: (gpu)
  cuCtxSynchronize(); // warning: (gpu)
  cuStreamSynchronize(stream); // warning: (gpu)
  cuEventSynchronize(event); // warning: (gpu)
  co_return;
}

co::task<> openssl(SSL_CTX *context, SSL *connection, X509_STORE *store, X509_LOOKUP *lookup) {
  SSL_CTX_use_certificate_file(context, "a.pem", SSL_FILETYPE_PEM); // warning: (file-io)
  SSL_CTX_use_certificate_chain_file(context, "a.pem"); // warning: (file-io)
  SSL_CTX_use_PrivateKey_file(context, "a.pem", SSL_FILETYPE_PEM); // warning: (file-io)
  SSL_CTX_use_RSAPrivateKey_file(context, "a.pem", SSL_FILETYPE_PEM); // warning: (file-io)
  SSL_CTX_load_verify_file(context, "a.pem"); // warning: (file-io)
  SSL_CTX_load_verify_locations(context, "a.pem", nullptr); // warning: (file-io)
  SSL_CTX_set_default_verify_paths(context); // warning: (file-io)
  SSL_use_certificate_file(connection, "a.pem", SSL_FILETYPE_PEM); // warning: (file-io)
  SSL_use_certificate_chain_file(connection, "a.pem"); // warning: (file-io)
  SSL_use_PrivateKey_file(connection, "a.pem", SSL_FILETYPE_PEM); // warning: (file-io)
  SSL_load_client_CA_file("a.pem"); // warning: (file-io)
  X509_STORE_load_locations(store, "a.pem", nullptr); // warning: (file-io)
  X509_STORE_load_file(store, "a.pem"); // warning: (file-io)
  X509_STORE_set_default_paths(store); // warning: (file-io)
  X509_load_cert_file(lookup, "a.pem", X509_FILETYPE_PEM); // warning: (file-io)
  X509_load_cert_crl_file(lookup, "a.pem", X509_FILETYPE_PEM); // warning: (file-io)
  co_return;
}

// As zlib.h, version 1.3, declares them.
extern "C" {
typedef struct gzFile_s *gzFile;
gzFile gzopen(const char *path, const char *mode);
gzFile gzopen64(const char *path, const char *mode);
int gzread(gzFile file, void *buffer, unsigned length);
size_t gzfread(void *buffer, size_t size, size_t count, gzFile file);
int gzwrite(gzFile file, const void *buffer, unsigned length);
size_t gzfwrite(const void *buffer, size_t size, size_t count, gzFile file);
int gzprintf(gzFile file, const char *format, ...);
int gzputs(gzFile file, const char *text);
char *gzgets(gzFile file, char *buffer, int length);
int gzputc(gzFile file, int c);
int gzgetc(gzFile file);
int gzflush(gzFile file, int flush);
long gzseek(gzFile file, long offset, int whence);
long gzseek64(gzFile file, long offset, int whence);
int gzclose(gzFile file);
int gzclose_r(gzFile file);
int gzclose_w(gzFile file);
}
co::task<> zlib(char *text) {
  gzFile file = gzopen("a.gz", "r"); // warning: (file-io)
  gzopen64("a.gz", "r"); // warning: (file-io)
  gzread(file, text, 1); // warning: (file-io)
  gzfread(text, 1, 1, file); // warning: (file-io)
  gzwrite(file, text, 1); // warning: (file-io)
  gzfwrite(text, 1, 1, file); // warning: (file-io)
  gzprintf(file, "a"); // warning: (file-io)
  gzputs(file, text); // warning: (file-io)
  gzgets(file, text, 1); // warning: (file-io)
  gzputc(file, 'a'); // warning: (file-io)
  gzgetc(file); // warning: (file-io)
  gzflush(file, 2); // warning: (file-io)
  gzseek(file, 0, 0); // warning: (file-io)
  gzseek64(file, 0, 0); // warning: (file-io)
  gzclose(file); // warning: (file-io)
  gzclose_r(file); // warning: (file-io)
  gzclose_w(file); // warning: (file-io)
  co_return;
}

extern "C" {
char *readline(const char *prompt);
char *linenoise(const char *prompt);
}
namespace fmt {
struct ostream {};
ostream output_file(const char *path);
} // namespace fmt
namespace spdlog {
struct logger {};
template <class Factory = int> std::shared_ptr<logger> basic_logger_mt(const std::string &name, const std::string &file);
template <class Factory = int> std::shared_ptr<logger> basic_logger_st(const std::string &name, const std::string &file);
template <class Factory = int> std::shared_ptr<logger> rotating_logger_mt(const std::string &name, const std::string &file, int size, int files);
template <class Factory = int> std::shared_ptr<logger> rotating_logger_st(const std::string &name, const std::string &file, int size, int files);
template <class Factory = int> std::shared_ptr<logger> daily_logger_mt(const std::string &name, const std::string &file);
template <class Factory = int> std::shared_ptr<logger> daily_logger_st(const std::string &name, const std::string &file);
template <class Factory = int> std::shared_ptr<logger> hourly_logger_mt(const std::string &name, const std::string &file);
template <class Factory = int> std::shared_ptr<logger> hourly_logger_st(const std::string &name, const std::string &file);
} // namespace spdlog
co::task<> lines_and_logs() {
  readline("> ");  // warning: (input)
  linenoise("> "); // warning: (input)
  fmt::output_file("a"); // warning: (file-io)
  spdlog::basic_logger_mt("a", "a"); // warning: (file-io)
  spdlog::basic_logger_st<long>("a", "a"); // warning: (file-io)
  spdlog::rotating_logger_mt("a", "a", 1, 1); // warning: (file-io)
  spdlog::rotating_logger_st("a", "a", 1, 1); // warning: (file-io)
  spdlog::daily_logger_mt("a", "a"); // warning: (file-io)
  spdlog::daily_logger_st("a", "a"); // warning: (file-io)
  spdlog::hourly_logger_mt("a", "a"); // warning: (file-io)
  spdlog::hourly_logger_st("a", "a"); // warning: (file-io)
  co_return;
}
