// RUN: %nostall-verify %s --checks=-*,nostall-blocking-call,nostall-forgotten-co-await --config="{CheckOptions: {nostall-blocking-call.Strict: true}}"
// checks/models/yalantinglibs.yaml against declarations like its own: one call
// for every entry.
#include <unistd.h>
#include <ylt/fake.hpp>

using async_simple::coro::Lazy;

int slow() { return sleep(1); }

Lazy<> logs(easylog::record_t record) {
  easylog::logger<>::instance() += record; // warning: (console-io)
  easylog::logger<>::instance().write(record); // warning: (console-io)
  co_return;
}

void starts(cinatra::coro_http_server &http, coro_rpc::coro_rpc_server &rpc) {
  http.async_start();
  rpc.async_start();
  http.set_http_handler<0>("/", [](int) { slow(); }); // warning: it reaches 'sleep'
}
Lazy<> serves(cinatra::coro_http_server &http, coro_rpc::coro_rpc_server &rpc) {
  http.sync_start(); // warning: (sync-run)
  rpc.start(); // warning: (sync-run)
  http.set_http_handler<0>("/", [](int) {});
  co_return;
}

Lazy<> asks(cinatra::coro_http_client &client) {
  client.get("a"); // warning: (net-io)
  client.post("a", "b"); // warning: (net-io)
  client.download("a", "b"); // warning: (net-io)
  co_await client.async_get("a");
  client.async_get("a"); // warning: is never awaited // fix: co_await client.async_get("a");
}

Lazy<> files(coro_io::basic_seq_coro_file<0> &file, coro_io::basic_random_coro_file<0> &random) {
  file.open("a", 0); // warning: (file-io)
  file.seek(0, 0); // warning: (file-io)
  file.file_size(); // warning: (file-io)
  random.open("a", 0); // warning: (file-io)
  random.file_size(); // warning: (file-io)
  co_await coro_io::post([] { return slow(); });
  co_await coro_io::post([] { return slow(); }, coro_io::get_global_block_executor());
}
