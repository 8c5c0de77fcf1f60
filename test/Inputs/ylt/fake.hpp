//===- ylt/fake.hpp - declarations like yalantinglibs' ----------------------===//
//
// No Debian package has yalantinglibs. These are written after its headers, as far
// as the models speak of them.
//
//===----------------------------------------------------------------------===//

#ifndef NOSTALL_TEST_YLT_H
#define NOSTALL_TEST_YLT_H

#include "async_simple/fake.h"
#include <cstdio>
#include <string>

namespace easylog {
struct record_t {};
template <unsigned Id = 0> class logger {
public:
  static logger &instance();
  void operator+=(record_t &record) { write(record); }
  void write(record_t &) { pclose(popen("addr2line", "r")); }
};
} // namespace easylog

namespace coro_io {
struct ExecutorWrapper : async_simple::Executor {};
ExecutorWrapper *get_global_block_executor();
template <class F>
async_simple::coro::Lazy<int> post(F, ExecutorWrapper * = get_global_block_executor()) { co_return 0; }

template <int Type> class basic_seq_coro_file {
public:
  bool open(const std::string &path, int flags);
  bool seek(unsigned long offset, int direction);
  unsigned long file_size() const;
};
template <int Type> class basic_random_coro_file {
public:
  bool open(const std::string &path, int flags);
  unsigned long file_size() const;
};
} // namespace coro_io

namespace cinatra {
class coro_http_server {
public:
  int sync_start();
  async_simple::coro::Lazy<int> async_start();
  template <int Method, class F> void set_http_handler(std::string path, F handler) {
    easylog::record_t record;
    easylog::logger<>::instance() += record;
  }
};
class coro_http_client {
public:
  int get(std::string uri);
  int post(std::string uri, std::string content);
  int download(std::string uri, std::string file);
  async_simple::coro::Lazy<int> async_get(std::string uri);
};
} // namespace cinatra

namespace coro_rpc {
template <class Config> class coro_rpc_server_base {
public:
  int start();
  async_simple::coro::Lazy<int> async_start();
};
using coro_rpc_server = coro_rpc_server_base<int>;
} // namespace coro_rpc

#endif
