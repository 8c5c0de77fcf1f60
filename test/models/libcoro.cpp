// RUN: %nostall-verify %s --checks=-*,nostall-blocking-call,nostall-forgotten-co-await
// checks/models/libcoro.yaml against declarations like libcoro's: one call for
// every entry.
#include <coro/fake.hpp>
#include <unistd.h>

using coro::task;
using namespace std::chrono_literals;
using Clock = std::chrono::steady_clock;

int slow() { return sleep(1); }
task<> other() { co_return; }

task<> runs(coro::scheduler &scheduler, coro::io_scheduler &old, coro::thread_pool &pool) {
  coro::sync_wait(other()); // warning: (sync-run)
  scheduler.process_events(1s); // warning: (sync-run)
  old.process_events(1s); // warning: (sync-run)
  pool.shutdown(); // warning: (wait)
  scheduler.shutdown(); // warning: (wait)
  old.shutdown(); // warning: (wait)
  co_return;
}

task<int> receives(coro::net::tcp::client &client, char *buffer) {
  co_return client.recv(buffer, 1);
}
task<int> sends(coro::net::udp::peer &peer, coro::net::socket &socket, coro::net::dns::resolver &resolver) {
  socket.blocking(false);
  co_await resolver.host_by_name("a");
  co_return peer.sendto("", 0);
}
task<> secures() {
  using enum coro::net::tls::tls_file_type;
  coro::net::tls::context plain;
  coro::net::tls::context certified("a", pem, "b", pem); // warning: (file-io)
  co_return;
}
task<> closes() {
  coro::net::tls::client client = coro::net::tls::make_client();
  co_await client.shutdown(1s);
  coro::net::tls::client forgotten = coro::net::tls::make_client(); // warning: destruction of 'forgotten'
}

task<> switches(coro::thread_pool &pool, coro::scheduler &scheduler, coro::io_scheduler &old) {
  co_await pool.schedule();
  slow();
  co_await scheduler.schedule();
  slow(); // warning: it reaches 'sleep'
  co_await pool.yield();
  slow();
  co_await scheduler.yield();
  co_await scheduler.schedule_after(1s);
  co_await scheduler.schedule_at(Clock::now());
  co_await scheduler.yield_for(1s);
  co_await scheduler.yield_until(Clock::now());
  co_await scheduler.poll(1);
  slow(); // warning: it reaches 'sleep'
  co_await pool.schedule(other());
  slow();
  co_await old.schedule();
  co_await old.yield();
  co_await old.schedule_after(1s);
  co_await old.schedule_at(Clock::now());
  co_await old.yield_for(1s);
  co_await old.yield_until(Clock::now());
  co_await old.poll(1);
  slow(); // warning: it reaches 'sleep'
}

void spawns(coro::thread_pool &pool, coro::scheduler &scheduler, coro::io_scheduler &old, coro::task_group &group,
            coro::task_container &container) {
  pool.spawn_detached([]() -> task<> { slow(); co_return; }());
  pool.spawn(other());
  scheduler.spawn_detached([]() -> task<> { slow(); co_return; }()); // warning: it reaches 'sleep'
  old.spawn_detached(other());
  group.start(other());
  container.start(other());
  other(); // warning: is never awaited
}
task<> joins(coro::thread_pool &pool, coro::scheduler &scheduler, coro::io_scheduler &old) {
  co_await pool.spawn_joinable(other());
  co_await scheduler.spawn_joinable(other());
  co_await old.spawn(other());
}
