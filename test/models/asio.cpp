// RUN: %nostall-verify %s --checks=-*,nostall-blocking-call -- -DBOOST_ASIO_HAS_IO_URING
// checks/models/asio.yaml against Boost.Asio 1.81: one call for every entry, and
// what the fix-its make of the synchronous ones. ModelCoverageTest.cpp fails
// when an entry has none.
// needs: <boost/asio.hpp>
// needs: <liburing.h>
// absent: asio::** (standalone Asio has the same names)
#include <boost/asio.hpp>
#include <boost/asio/experimental/awaitable_operators.hpp>
#include <boost/asio/experimental/channel.hpp>
#include <boost/asio/experimental/concurrent_channel.hpp>
#include <boost/asio/experimental/coro.hpp>
#include <boost/asio/experimental/deferred.hpp>
#include <boost/asio/experimental/promise.hpp>
#include <boost/asio/experimental/use_promise.hpp>
#include <boost/asio/spawn.hpp>
#include <boost/asio/ssl.hpp>
#include <chrono>
#include <thread>
#include <unistd.h>

namespace asio = boost::asio;
namespace ip = asio::ip;
using asio::awaitable;
using boost::system::error_code;
using ip::tcp;
using ip::udp;
using namespace std::chrono_literals;

int slow() { return sleep(1); }

//===--- running a loop ---------------------------------------------------------

awaitable<void> runs(asio::io_context &io, asio::thread_pool &pool, asio::system_context &system) {
  io.run(); // warning: (sync-run)
  io.run_one(); // warning: (sync-run)
  io.run_for(1s); // warning: (sync-run)
  io.run_until(std::chrono::steady_clock::now()); // warning: (sync-run)
  io.run_one_for(1s); // warning: (sync-run)
  io.run_one_until(std::chrono::steady_clock::now()); // warning: (sync-run)
  io.poll();
  io.poll_one();
  io.stop();
  pool.join(); // warning: (wait) // fix-note: co_await boost::asio::co_spawn(boost::asio::system_executor(), [&]() -> boost::asio::awaitable<void> { co_return pool.join(); }, boost::asio::use_awaitable);
  pool.wait(); // warning: (wait) // fix-note: co_await boost::asio::co_spawn(boost::asio::system_executor(), [&]() -> boost::asio::awaitable<void> { co_return pool.wait(); }, boost::asio::use_awaitable);
  pool.attach(); // warning: (wait) // fix-note: co_await boost::asio::co_spawn(boost::asio::system_executor(), [&]() -> boost::asio::awaitable<void> { co_return pool.attach(); }, boost::asio::use_awaitable);
  pool.stop();
  asio::thread_pool own(2); // warning: destruction of 'own' blocks the event loop (wait); join it on another thread
  system.join(); // warning: (wait) // fix-note: co_await boost::asio::co_spawn(boost::asio::system_executor(), [&]() -> boost::asio::awaitable<void> { co_return system.join(); }, boost::asio::use_awaitable);
  co_return;
}

//===--- handing on work --------------------------------------------------------

void posts(asio::io_context &io, asio::thread_pool &pool, asio::strand<asio::io_context::executor_type> strand,
           asio::strand<asio::thread_pool::executor_type> pool_strand, asio::io_context::strand old_strand,
           asio::any_io_executor any) {
  asio::post(io, [] { slow(); }); // warning: it reaches 'sleep'
  asio::dispatch(io, [] { slow(); }); // warning: it reaches 'sleep'
  asio::defer(io.get_executor(), [] { slow(); }); // warning: it reaches 'sleep'
  asio::post(pool, [] { slow(); });
  asio::dispatch(pool, [] { slow(); });
  asio::defer(pool.get_executor(), [] { slow(); });
  asio::post(any, [] { slow(); });
  asio::post([] { slow(); });
  asio::dispatch([] { slow(); });
  asio::defer([] { slow(); });
  asio::bind_executor(io, [] { slow(); }); // warning: it reaches 'sleep'
  asio::bind_executor(pool, [] { slow(); });
  asio::spawn(io, [](asio::yield_context) { slow(); }, asio::detached); // warning: it reaches 'sleep'
  io.post([] { slow(); }); // warning: it reaches 'sleep'
  io.dispatch([] { slow(); }); // warning: it reaches 'sleep'
  old_strand.post([] { slow(); }); // warning: it reaches 'sleep'
  old_strand.dispatch([] { slow(); }); // warning: it reaches 'sleep'
  old_strand.defer([] { slow(); }, std::allocator<void>()); // warning: it reaches 'sleep'
  io.get_executor().execute([] { slow(); }); // warning: it reaches 'sleep'
  io.get_executor().post([] { slow(); }, std::allocator<void>()); // warning: it reaches 'sleep'
  io.get_executor().dispatch([] { slow(); }, std::allocator<void>()); // warning: it reaches 'sleep'
  io.get_executor().defer([] { slow(); }, std::allocator<void>()); // warning: it reaches 'sleep'
  pool.get_executor().execute([] { slow(); });
  pool.get_executor().post([] { slow(); }, std::allocator<void>());
  pool.get_executor().dispatch([] { slow(); }, std::allocator<void>());
  pool.get_executor().defer([] { slow(); }, std::allocator<void>());
  asio::system_executor().execute([] { slow(); });
  asio::system_executor().post([] { slow(); }, std::allocator<void>());
  asio::system_executor().dispatch([] { slow(); }, std::allocator<void>());
  asio::system_executor().defer([] { slow(); }, std::allocator<void>());
  strand.execute([] { slow(); }); // warning: it reaches 'sleep'
  strand.post([] { slow(); }, std::allocator<void>()); // warning: it reaches 'sleep'
  strand.dispatch([] { slow(); }, std::allocator<void>()); // warning: it reaches 'sleep'
  strand.defer([] { slow(); }, std::allocator<void>()); // warning: it reaches 'sleep'
  pool_strand.execute([] { slow(); });
  pool_strand.post([] { slow(); }, std::allocator<void>());
}

awaitable<void> task() { co_return; }
void spawns(asio::io_context &io, asio::thread_pool &pool) {
  asio::co_spawn(io, task(), asio::detached);
  asio::co_spawn(io, []() -> awaitable<void> { slow(); co_return; }, asio::detached); // warning: it reaches 'sleep' // fix-note: asio::co_spawn(io, []() -> awaitable<void> { co_await boost::asio::co_spawn(boost::asio::system_executor(), [&]() -> boost::asio::awaitable<int> { co_return slow(); }, boost::asio::use_awaitable); co_return; }, asio::detached);
  asio::co_spawn(pool, []() -> awaitable<void> { slow(); co_return; }, asio::detached);
}
awaitable<void> switches(asio::thread_pool &pool) {
  co_await asio::post(asio::bind_executor(pool, asio::use_awaitable));
  slow();
  co_await asio::post(asio::use_awaitable);
  slow(); // warning: it reaches 'sleep' // fix-note: co_await boost::asio::co_spawn(boost::asio::system_executor(), [&]() -> boost::asio::awaitable<int> { co_return slow(); }, boost::asio::use_awaitable);
}
asio::experimental::coro<int> generates(asio::io_context &) {
  slow(); // warning: it reaches 'sleep'
  co_yield 1;
}

//===--- completion handlers ----------------------------------------------------

void completes(tcp::socket &socket, udp::socket &datagrams, asio::steady_timer &timer, asio::deadline_timer &deadline,
               tcp::resolver &resolver, tcp::acceptor &acceptor, asio::signal_set &signals,
               asio::ssl::stream<tcp::socket> &secure, std::string &text, tcp::resolver::results_type results) {
  auto buffer = asio::buffer(text);
  asio::async_read(socket, buffer, [](error_code, std::size_t) { slow(); }); // warning: it reaches 'sleep'
  asio::async_write(socket, buffer, [](error_code, std::size_t) { slow(); }); // warning: it reaches 'sleep'
  asio::async_read_until(socket, asio::dynamic_buffer(text), "a", [](error_code, std::size_t) { slow(); }); // warning: it reaches 'sleep'
  asio::async_connect(socket, results, [](error_code, tcp::endpoint) { slow(); }); // warning: it reaches 'sleep'
  socket.async_connect(tcp::endpoint(), [](error_code) { slow(); }); // warning: it reaches 'sleep'
  socket.async_read_some(buffer, [](error_code, std::size_t) { slow(); }); // warning: it reaches 'sleep'
  datagrams.async_receive(buffer, [](error_code, std::size_t) { slow(); }); // warning: it reaches 'sleep'
  timer.async_wait([](error_code) { slow(); }); // warning: it reaches 'sleep'
  deadline.async_wait([](error_code) { slow(); }); // warning: it reaches 'sleep'
  resolver.async_resolve("a", "b", [](error_code, tcp::resolver::results_type) { slow(); }); // warning: it reaches 'sleep'
  acceptor.async_accept([](error_code, tcp::socket) { slow(); }); // warning: it reaches 'sleep'
  signals.async_wait([](error_code, int) { slow(); }); // warning: it reaches 'sleep'
  secure.async_handshake(asio::ssl::stream_base::client, [](error_code) { slow(); }); // warning: it reaches 'sleep'
}

void completes_more(asio::generic::raw_protocol::socket &raw, asio::generic::seq_packet_protocol::socket &packets,
                    asio::serial_port &serial, asio::stream_file &file, asio::random_access_file &random,
                    asio::readable_pipe &in, asio::writable_pipe &out, asio::posix::stream_descriptor &fd,
                    asio::buffered_read_stream<tcp::socket> &reader, asio::buffered_write_stream<tcp::socket> &writer,
                    asio::buffered_stream<tcp::socket> &both,
                    asio::experimental::channel<void(error_code, int)> &channel,
                    asio::experimental::concurrent_channel<void(error_code, int)> &concurrent,
                    asio::socket_base::message_flags &flags, std::string &text) {
  auto buffer = asio::buffer(text);
  auto done = [](error_code, std::size_t) { slow(); }; // warning: it reaches 'sleep'
  raw.async_send(buffer, done);
  packets.async_receive(buffer, flags, done);
  serial.async_read_some(buffer, done);
  file.async_read_some(buffer, done);
  random.async_read_some_at(0, buffer, done);
  asio::async_read_at(random, 0, buffer, done);
  asio::async_write_at(random, 0, buffer, done);
  in.async_read_some(buffer, done);
  out.async_write_some(buffer, done);
  fd.async_read_some(buffer, done);
  fd.async_wait(asio::posix::descriptor_base::wait_read, [](error_code) { slow(); }); // warning: it reaches 'sleep'
  reader.async_fill(done);
  writer.async_flush(done);
  both.async_fill(done);
  channel.async_receive([](error_code, int) { slow(); }); // warning: it reaches 'sleep'
  concurrent.async_receive([](error_code, int) { slow(); }); // warning: it reaches 'sleep'
}

void initiates(asio::io_context &io, void (*handler)(error_code)) {
  asio::post(io, [handler]() mutable {
    asio::async_initiate<void (*)(error_code), void(error_code)>([](auto) { slow(); }, handler); // warning: it reaches 'sleep'
    asio::async_compose<void (*)(error_code), void(error_code)>([](auto &) { slow(); }, handler); // warning: it reaches 'sleep'
  });
}

//===--- operations that co_await takes by themselves ---------------------------

awaitable<void> deferred_operations(tcp::socket &socket, std::string &text) {
  co_await socket.async_read_some(asio::buffer(text), asio::deferred);
  auto sequence = socket.async_read_some(asio::buffer(text), asio::deferred) |
                  asio::deferred([](error_code, std::size_t n) { return asio::deferred.values(n); });
  co_await std::move(sequence);
  auto promise = socket.async_read_some(asio::buffer(text), asio::experimental::use_promise);
  co_await promise(asio::use_awaitable);
}

//===--- synchronous operations -------------------------------------------------

awaitable<void> free_functions(tcp::socket socket, std::string text, error_code ec, tcp::resolver::results_type results,
                               udp::socket &datagrams, udp::resolver::results_type peers, asio::random_access_file &file) {
  asio::read(socket, asio::buffer(text)); // warning: (net-io) // fix: co_await boost::asio::async_read(socket, asio::buffer(text), boost::asio::use_awaitable);
  asio::read(socket, asio::buffer(text), ec); // warning: (net-io) // fix: co_await boost::asio::async_read(socket, asio::buffer(text), boost::asio::redirect_error(boost::asio::use_awaitable, ec));
  asio::read(socket, asio::buffer(text), asio::transfer_at_least(1), ec); // warning: (net-io) // fix: co_await boost::asio::async_read(socket, asio::buffer(text), asio::transfer_at_least(1), boost::asio::redirect_error(boost::asio::use_awaitable, ec));
  std::size_t n = asio::write(socket, asio::buffer(text)); // warning: (net-io) // fix: std::size_t n = co_await boost::asio::async_write(socket, asio::buffer(text), boost::asio::use_awaitable);
  n = asio::read_until(socket, asio::dynamic_buffer(text), "\n"); // warning: (net-io) // fix: n = co_await boost::asio::async_read_until(socket, asio::dynamic_buffer(text), "\n", boost::asio::use_awaitable);
  asio::connect(socket, results); // warning: (net-io) // fix: co_await boost::asio::async_connect(socket, results, boost::asio::use_awaitable);
  asio::connect(socket, results, ec); // warning: (net-io) // fix: co_await boost::asio::async_connect(socket, results, boost::asio::redirect_error(boost::asio::use_awaitable, ec));
  asio::connect(datagrams, peers);
  asio::read_at(file, 0, asio::buffer(text)); // warning: (file-io) // fix: co_await boost::asio::async_read_at(file, 0, asio::buffer(text), boost::asio::use_awaitable);
  asio::write_at(file, 0, asio::buffer(text), ec); // warning: (file-io) // fix: co_await boost::asio::async_write_at(file, 0, asio::buffer(text), boost::asio::redirect_error(boost::asio::use_awaitable, ec));
  co_return;
}

awaitable<void> stream_sockets(tcp::socket &socket, tcp::socket *pointer, std::string text, error_code ec) {
  socket.connect(tcp::endpoint()); // warning: (net-io) // fix: co_await socket.async_connect(tcp::endpoint(), boost::asio::use_awaitable);
  socket.connect(tcp::endpoint(), ec); // warning: (net-io) // fix: co_await socket.async_connect(tcp::endpoint(), boost::asio::redirect_error(boost::asio::use_awaitable, ec));
  socket.wait(tcp::socket::wait_read); // warning: (net-io) // fix: co_await socket.async_wait(tcp::socket::wait_read, boost::asio::use_awaitable);
  socket.send(asio::buffer(text)); // warning: (net-io) // fix: co_await socket.async_send(asio::buffer(text), boost::asio::use_awaitable);
  pointer->receive(asio::buffer(text)); // warning: (net-io) // fix: co_await pointer->async_receive(asio::buffer(text), boost::asio::use_awaitable);
  socket.read_some(asio::buffer(text), ec); // warning: (net-io) // fix: co_await socket.async_read_some(asio::buffer(text), boost::asio::redirect_error(boost::asio::use_awaitable, ec));
  socket.write_some(asio::buffer(text)); // warning: (net-io) // fix: co_await socket.async_write_some(asio::buffer(text), boost::asio::use_awaitable);
  socket.shutdown(tcp::socket::shutdown_both);
  socket.close();
  socket.available();
  co_return;
}

awaitable<void> other_sockets(udp::socket &socket, asio::ip::icmp::socket &raw,
                              asio::generic::seq_packet_protocol::socket &packets, udp::endpoint peer,
                              asio::ip::icmp::endpoint host, asio::socket_base::message_flags &flags, std::string text) {
  socket.send(asio::buffer(text)); // warning: (net-io) // fix: co_await socket.async_send(asio::buffer(text), boost::asio::use_awaitable);
  socket.send_to(asio::buffer(text), peer); // warning: (net-io) // fix: co_await socket.async_send_to(asio::buffer(text), peer, boost::asio::use_awaitable);
  socket.receive(asio::buffer(text)); // warning: (net-io) // fix: co_await socket.async_receive(asio::buffer(text), boost::asio::use_awaitable);
  socket.receive_from(asio::buffer(text), peer); // warning: (net-io) // fix: co_await socket.async_receive_from(asio::buffer(text), peer, boost::asio::use_awaitable);
  raw.send(asio::buffer(text)); // warning: (net-io) // fix: co_await raw.async_send(asio::buffer(text), boost::asio::use_awaitable);
  raw.send_to(asio::buffer(text), host); // warning: (net-io) // fix: co_await raw.async_send_to(asio::buffer(text), host, boost::asio::use_awaitable);
  raw.receive(asio::buffer(text)); // warning: (net-io) // fix: co_await raw.async_receive(asio::buffer(text), boost::asio::use_awaitable);
  raw.receive_from(asio::buffer(text), host); // warning: (net-io) // fix: co_await raw.async_receive_from(asio::buffer(text), host, boost::asio::use_awaitable);
  packets.send(asio::buffer(text), 0); // warning: (net-io) // fix: co_await packets.async_send(asio::buffer(text), 0, boost::asio::use_awaitable);
  packets.receive(asio::buffer(text), flags); // warning: (net-io) // fix: co_await packets.async_receive(asio::buffer(text), flags, boost::asio::use_awaitable);
  socket.connect(peer);
  raw.connect(host);
  packets.connect(asio::generic::seq_packet_protocol::endpoint()); // warning: (net-io) // fix: co_await packets.async_connect(asio::generic::seq_packet_protocol::endpoint(), boost::asio::use_awaitable);
  socket.wait(udp::socket::wait_read); // warning: (net-io) // fix: co_await socket.async_wait(udp::socket::wait_read, boost::asio::use_awaitable);
  co_return;
}

awaitable<void> acceptors(tcp::acceptor &acceptor, tcp::socket &peer, error_code ec) {
  tcp::socket socket = acceptor.accept(); // warning: (net-io) // fix: tcp::socket socket = co_await acceptor.async_accept(boost::asio::use_awaitable);
  acceptor.accept(peer, ec); // warning: (net-io) // fix: co_await acceptor.async_accept(peer, boost::asio::redirect_error(boost::asio::use_awaitable, ec));
  acceptor.wait(tcp::acceptor::wait_read); // warning: (net-io) // fix: co_await acceptor.async_wait(tcp::acceptor::wait_read, boost::asio::use_awaitable);
  acceptor.listen();
  co_return;
}

void certificates(asio::io_context &loop, asio::ssl::context &context, error_code ec) {
  using asio::ssl::context_base;
  asio::post(loop, [&] {
    context.use_certificate_file("a.pem", context_base::pem); // warning: (file-io)
    context.use_certificate_chain_file("a.pem"); // warning: (file-io)
    context.use_private_key_file("a.pem", context_base::pem, ec); // warning: (file-io)
    context.use_rsa_private_key_file("a.pem", context_base::pem); // warning: (file-io)
    context.use_tmp_dh_file("a.pem"); // warning: (file-io)
    context.load_verify_file("a.pem"); // warning: (file-io)
    context.set_default_verify_paths(); // warning: (file-io)
    context.add_verify_path("certificates");
  });
}

awaitable<void> secure_streams(asio::ssl::stream<tcp::socket> &stream, std::string text, error_code ec) {
  stream.handshake(asio::ssl::stream_base::client); // warning: (net-io) // fix: co_await stream.async_handshake(asio::ssl::stream_base::client, boost::asio::use_awaitable);
  stream.shutdown(ec); // warning: (net-io) // fix: co_await stream.async_shutdown(boost::asio::redirect_error(boost::asio::use_awaitable, ec));
  stream.shutdown(); // warning: (net-io) // fix: co_await stream.async_shutdown(boost::asio::use_awaitable);
  stream.read_some(asio::buffer(text)); // warning: (net-io) // fix: co_await stream.async_read_some(asio::buffer(text), boost::asio::use_awaitable);
  stream.write_some(asio::buffer(text)); // warning: (net-io) // fix: co_await stream.async_write_some(asio::buffer(text), boost::asio::use_awaitable);
  co_return;
}

awaitable<void> descriptors(asio::serial_port &serial, asio::readable_pipe &in, asio::writable_pipe &out,
                            asio::posix::stream_descriptor &fd, std::string text) {
  serial.read_some(asio::buffer(text)); // warning: (net-io) // fix: co_await serial.async_read_some(asio::buffer(text), boost::asio::use_awaitable);
  serial.write_some(asio::buffer(text)); // warning: (net-io) // fix: co_await serial.async_write_some(asio::buffer(text), boost::asio::use_awaitable);
  in.read_some(asio::buffer(text)); // warning: (net-io) // fix: co_await in.async_read_some(asio::buffer(text), boost::asio::use_awaitable);
  out.write_some(asio::buffer(text)); // warning: (net-io) // fix: co_await out.async_write_some(asio::buffer(text), boost::asio::use_awaitable);
  fd.wait(fd.wait_read); // warning: (net-io) // fix: co_await fd.async_wait(fd.wait_read, boost::asio::use_awaitable);
  fd.read_some(asio::buffer(text)); // warning: (net-io) // fix: co_await fd.async_read_some(asio::buffer(text), boost::asio::use_awaitable);
  fd.write_some(asio::buffer(text)); // warning: (net-io) // fix: co_await fd.async_write_some(asio::buffer(text), boost::asio::use_awaitable);
  co_return;
}

awaitable<void> buffered(asio::buffered_read_stream<tcp::socket> &reader, asio::buffered_write_stream<tcp::socket> &writer,
                         asio::buffered_stream<tcp::socket> &both, std::string text) {
  reader.read_some(asio::buffer(text)); // warning: (net-io) // fix: co_await reader.async_read_some(asio::buffer(text), boost::asio::use_awaitable);
  reader.write_some(asio::buffer(text)); // warning: (net-io) // fix: co_await reader.async_write_some(asio::buffer(text), boost::asio::use_awaitable);
  reader.fill(); // warning: (net-io) // fix: co_await reader.async_fill(boost::asio::use_awaitable);
  writer.read_some(asio::buffer(text)); // warning: (net-io) // fix: co_await writer.async_read_some(asio::buffer(text), boost::asio::use_awaitable);
  writer.write_some(asio::buffer(text)); // warning: (net-io) // fix: co_await writer.async_write_some(asio::buffer(text), boost::asio::use_awaitable);
  writer.flush(); // warning: (net-io) // fix: co_await writer.async_flush(boost::asio::use_awaitable);
  both.read_some(asio::buffer(text)); // warning: (net-io) // fix: co_await both.async_read_some(asio::buffer(text), boost::asio::use_awaitable);
  both.write_some(asio::buffer(text)); // warning: (net-io) // fix: co_await both.async_write_some(asio::buffer(text), boost::asio::use_awaitable);
  both.fill(); // warning: (net-io) // fix: co_await both.async_fill(boost::asio::use_awaitable);
  both.flush(); // warning: (net-io) // fix: co_await both.async_flush(boost::asio::use_awaitable);
  co_return;
}

awaitable<void> opened_at_once(asio::any_io_executor on) {
  asio::stream_file closed(on);
  asio::stream_file file(on, "a", asio::stream_file::read_only);            // warning: (file-io)
  asio::random_access_file random(on, "a", asio::random_access_file::read_only); // warning: (file-io)
  co_return;
}
awaitable<void> files(asio::stream_file &file, asio::random_access_file &random, std::string text) {
  file.open("a", asio::stream_file::read_only); // warning: (file-io) // fix-note: co_await boost::asio::co_spawn(boost::asio::system_executor(), [&]() -> boost::asio::awaitable<void> { co_return file.open("a", asio::stream_file::read_only); }, boost::asio::use_awaitable);
  file.sync_all(); // warning: (file-io) // fix-note: co_await boost::asio::co_spawn(boost::asio::system_executor(), [&]() -> boost::asio::awaitable<void> { co_return file.sync_all(); }, boost::asio::use_awaitable);
  file.sync_data(); // warning: (file-io) // fix-note: co_await boost::asio::co_spawn(boost::asio::system_executor(), [&]() -> boost::asio::awaitable<void> { co_return file.sync_data(); }, boost::asio::use_awaitable);
  file.resize(1); // warning: (file-io) // fix-note: co_await boost::asio::co_spawn(boost::asio::system_executor(), [&]() -> boost::asio::awaitable<void> { co_return file.resize(1); }, boost::asio::use_awaitable);
  file.read_some(asio::buffer(text)); // warning: (file-io) // fix: co_await file.async_read_some(asio::buffer(text), boost::asio::use_awaitable);
  file.write_some(asio::buffer(text)); // warning: (file-io) // fix: co_await file.async_write_some(asio::buffer(text), boost::asio::use_awaitable);
  random.read_some_at(0, asio::buffer(text)); // warning: (file-io) // fix: co_await random.async_read_some_at(0, asio::buffer(text), boost::asio::use_awaitable);
  random.write_some_at(0, asio::buffer(text)); // warning: (file-io) // fix: co_await random.async_write_some_at(0, asio::buffer(text), boost::asio::use_awaitable);
  co_return;
}

awaitable<void> waits(asio::steady_timer &timer, asio::deadline_timer &deadline, tcp::resolver &resolver, error_code ec) {
  timer.wait(); // warning: (sleep) // fix: co_await timer.async_wait(boost::asio::use_awaitable);
  timer.wait(ec); // warning: (sleep) // fix: co_await timer.async_wait(boost::asio::redirect_error(boost::asio::use_awaitable, ec));
  deadline.wait(); // warning: (sleep) // fix: co_await deadline.async_wait(boost::asio::use_awaitable);
  auto results = resolver.resolve("a", "b"); // warning: (dns) // fix: auto results = co_await resolver.async_resolve("a", "b", boost::asio::use_awaitable);
  resolver.resolve("a", "b", tcp::resolver::passive, ec); // warning: (dns) // fix: co_await resolver.async_resolve("a", "b", tcp::resolver::passive, boost::asio::redirect_error(boost::asio::use_awaitable, ec));
  resolver.resolve("127.0.0.1", "1", tcp::resolver::numeric_host);
  resolver.resolve("127.0.0.1", "1", tcp::resolver::numeric_host, ec);
  resolver.resolve(tcp::v4(), "127.0.0.1", "1", tcp::resolver::numeric_host);
  tcp::iostream stream("a", "b"); // warning: (net-io)
  tcp::iostream empty;
  empty.connect("a", "b"); // warning: (net-io) // fix-note: co_await boost::asio::co_spawn(boost::asio::system_executor(), [&]() -> boost::asio::awaitable<void> { co_return empty.connect("a", "b"); }, boost::asio::use_awaitable);
  timer.cancel();
  co_return;
}

//===--- what other libraries' waits are called here ----------------------------

awaitable<void> sleeps() {
  std::this_thread::sleep_for(1s); // warning: (sleep) // fix: co_await boost::asio::steady_timer(co_await boost::asio::this_coro::executor, 1s).async_wait(boost::asio::use_awaitable);
  sleep(1); // warning: (sleep) // fix: co_await boost::asio::steady_timer(co_await boost::asio::this_coro::executor, std::chrono::seconds(1)).async_wait(boost::asio::use_awaitable);
  usleep(1); // warning: (sleep) // fix: co_await boost::asio::steady_timer(co_await boost::asio::this_coro::executor, std::chrono::microseconds(1)).async_wait(boost::asio::use_awaitable);
  co_return;
}

//===--- sockets that do not wait -----------------------------------------------

awaitable<void> polls(tcp::socket &socket, std::string text) {
  error_code ec;
  socket.read_some(asio::buffer(text), ec);
  if (ec == asio::error::would_block || ec == asio::error::try_again)
    co_return;
}
awaitable<void> made_nonblocking(tcp::socket socket, tcp::acceptor acceptor, asio::posix::stream_descriptor fd,
                                 tcp::socket other, std::string text) {
  socket.non_blocking(true);
  socket.read_some(asio::buffer(text));
  acceptor.non_blocking(true);
  acceptor.accept();
  fd.native_non_blocking(true);
  fd.read_some(asio::buffer(text));
  fd.non_blocking(true);
  acceptor.native_non_blocking(true);
  other.native_non_blocking(true);
  other.read_some(asio::buffer(text));
  co_return;
}
