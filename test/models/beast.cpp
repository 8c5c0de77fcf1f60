// RUN: %nostall-verify %s --checks=-*,nostall-blocking-call
// checks/models/beast.yaml against Boost.Beast 1.81: one call for every entry,
// and what fix-its make of some (of all, it would take the compiler long).
// needs: <boost/beast.hpp>
#include "co.h"
#include <boost/asio/awaitable.hpp>
#include <boost/asio/redirect_error.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <boost/beast/core.hpp>
#include <boost/beast/http.hpp>
#include <boost/beast/ssl.hpp>
#include <boost/beast/websocket.hpp>
#include <functional>
#include <memory>
#include <unistd.h>

namespace asio = boost::asio;
namespace beast = boost::beast;
namespace http = beast::http;
namespace websocket = beast::websocket;
using asio::awaitable;
using beast::error_code;

co::task<> exchanges(beast::tcp_stream &stream, beast::flat_buffer &buffer, http::request<http::string_body> request,
                          http::request_parser<http::string_body> &parser,
                          http::request_serializer<http::string_body> &serializer, error_code ec) {
  http::read(stream, buffer, request); // warning: (net-io)
  http::read_some(stream, buffer, parser); // warning: (net-io)
  http::read_header(stream, buffer, parser); // warning: (net-io)
  http::write_some(stream, serializer); // warning: (net-io)
  http::write_header(stream, serializer, ec); // warning: (net-io)
  co_return;
}

co::task<> streams(beast::tcp_stream &stream, asio::ip::tcp::resolver::results_type results, asio::mutable_buffer buffer) {
  stream.connect(*results.begin()); // warning: (net-io)
  stream.read_some(buffer); // warning: (net-io)
  stream.write_some(buffer); // warning: (net-io)
  stream.expires_never();
  stream.cancel();
  co_return;
}

co::task<> sockets(websocket::stream<beast::tcp_stream> &ws, beast::flat_buffer &buffer, error_code ec) {
  ws.accept(); // warning: (net-io)
  ws.handshake("a", "/"); // warning: (net-io)
  ws.read_some(buffer, 1, ec); // warning: (net-io)
  ws.write(buffer.data()); // warning: (net-io)
  ws.write_some(true, buffer.data()); // warning: (net-io)
  ws.ping({}); // warning: (net-io)
  ws.pong({}); // warning: (net-io)
  ws.close(websocket::close_code::normal); // warning: (net-io)
  ws.set_option(websocket::stream_base::timeout::suggested(beast::role_type::server));
  co_return;
}

awaitable<void> fixed(beast::tcp_stream &stream, websocket::stream<beast::tcp_stream> &ws, beast::flat_buffer &buffer,
                      http::request<http::string_body> request, error_code ec) {
  http::read(stream, buffer, request, ec); // warning: (net-io) // fix: co_await boost::beast::http::async_read(stream, buffer, request, boost::asio::redirect_error(boost::asio::use_awaitable, ec));
  http::write(stream, request); // warning: (net-io) // fix: co_await boost::beast::http::async_write(stream, request, boost::asio::use_awaitable);
  ws.read(buffer); // warning: (net-io) // fix: co_await ws.async_read(buffer, boost::asio::use_awaitable);
  co_return;
}

co::task<> others(asio::ip::tcp::socket &socket, beast::ssl_stream<beast::tcp_stream> &secure,
                  beast::flat_stream<beast::tcp_stream> &flat,
                  beast::buffered_read_stream<beast::tcp_stream, beast::flat_buffer> &buffered, beast::flat_buffer &buffer,
                  http::request<http::string_body> request, error_code ec) {
  secure.handshake(asio::ssl::stream_base::client); // warning: (net-io)
  secure.shutdown(ec); // warning: (net-io)
  secure.read_some(buffer.prepare(1)); // warning: (net-io)
  secure.write_some(buffer.data()); // warning: (net-io)
  flat.read_some(buffer.prepare(1)); // warning: (net-io)
  flat.write_some(buffer.data()); // warning: (net-io)
  buffered.read_some(buffer.prepare(1)); // warning: (net-io)
  buffered.write_some(buffer.data()); // warning: (net-io)
  beast::teardown(beast::role_type::client, secure, ec); // warning: (net-io)
  websocket::teardown(beast::role_type::client, socket, ec); // warning: (net-io)
  beast::detect_ssl(socket, buffer, ec); // warning: (net-io)
  http::message_generator generator(std::move(request));
  beast::write(socket, std::move(generator), ec); // warning: (net-io)
  co_return;
}

template <class File> co::task<> files_of(File file, char *to, error_code ec) {
  file.open("a", beast::file_mode::read, ec); // warning: (file-io)
  file.read(to, 1, ec); // warning: (file-io)
  file.write(to, 1, ec); // warning: (file-io)
  file.seek(1, ec); // warning: (file-io)
  file.size(ec); // warning: (file-io)
  co_return;
}
co::task<> files(char *to, error_code ec) {
  co_await files_of(beast::file_posix(), to, ec);
  co_await files_of(beast::file_stdio(), to, ec);
  http::file_body::value_type body;
  body.open("a", beast::file_mode::scan, ec); // warning: (file-io)
}

// An operation that is awaited reads its file on the way; no thread would help.
awaitable<void> file_bodies(beast::tcp_stream &stream, beast::flat_buffer &buffer, http::response<http::file_body> &file,
                            http::response<http::string_body> &text, http::request_parser<http::file_body> &upload,
                            http::request_parser<http::string_body> &form, http::response_serializer<http::file_body> &part) {
  co_await http::async_write(stream, file, asio::use_awaitable); // warning: call to 'boost::beast::http::async_write' blocks the event loop (file-io); read the file on a thread pool, and write a body that is in memory
  co_await http::async_write_some(stream, part, asio::use_awaitable); // warning: (file-io)
  co_await http::async_write(stream, text, asio::use_awaitable);
  co_await http::async_read(stream, buffer, upload, asio::use_awaitable); // warning: (file-io)
  co_await http::async_read_some(stream, buffer, upload, asio::use_awaitable); // warning: (file-io)
  co_await http::async_read(stream, buffer, form, asio::use_awaitable);
}
co::task<> parts(http::response_serializer<http::string_body> &serializer, error_code ec) {
  serializer.next(ec, [](error_code &, const auto &) { sleep(1); }); // warning: it reaches 'sleep'
  co_return;
}

struct Session : std::enable_shared_from_this<Session> {
  beast::tcp_stream stream_;
  beast::ssl_stream<beast::tcp_stream> secure_;
  websocket::stream<beast::tcp_stream> ws_;
  beast::flat_buffer buffer_;
  http::request<http::string_body> request_;
  http::request_parser<http::string_body> parser_;

  void run() {
    http::async_read_header(stream_, buffer_, parser_, [](error_code, std::size_t) { sleep(1); }); // warning: call to 'sleep' blocks
    http::async_read(stream_, buffer_, request_, beast::bind_front_handler(&Session::on_read, shared_from_this()));
    stream_.async_connect(asio::ip::tcp::endpoint(), [](error_code) { sleep(1); }); // warning: call to 'sleep' blocks
    secure_.async_handshake(asio::ssl::stream_base::client, [](error_code) { sleep(1); }); // warning: call to 'sleep' blocks
    ws_.async_read(buffer_, [](error_code, std::size_t) { sleep(1); }); // warning: call to 'sleep' blocks
    beast::async_detect_ssl(stream_, buffer_, beast::bind_handler([](error_code, bool) { sleep(1); }, std::placeholders::_1, true)); // warning: call to 'sleep' blocks
  }
  void on_read(error_code, std::size_t) {
    sleep(1); // warning: call to 'sleep' blocks
  }
};
