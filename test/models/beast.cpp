// RUN: %nostall-verify %s --checks=-*,nostall-blocking-call
// checks/models/beast.yaml against Boost.Beast 1.81: one call for every entry,
// and what fix-its make of the synchronous ones.
// needs: <boost/beast.hpp>
#include <boost/asio.hpp>
#include <boost/asio/ssl.hpp>
#include <boost/beast.hpp>
#include <boost/beast/ssl.hpp>
#include <functional>
#include <memory>
#include <unistd.h>

namespace asio = boost::asio;
namespace beast = boost::beast;
namespace http = beast::http;
namespace websocket = beast::websocket;
using asio::awaitable;
using beast::error_code;

awaitable<void> exchanges(beast::tcp_stream &stream, beast::flat_buffer &buffer, http::request<http::string_body> request,
                          http::request_parser<http::string_body> &parser,
                          http::request_serializer<http::string_body> &serializer, error_code ec) {
  http::read(stream, buffer, request); // warning: (net-io) // fix: co_await boost::beast::http::async_read(stream, buffer, request, boost::asio::use_awaitable);
  http::read(stream, buffer, request, ec); // warning: (net-io) // fix: co_await boost::beast::http::async_read(stream, buffer, request, boost::asio::redirect_error(boost::asio::use_awaitable, ec));
  http::read_some(stream, buffer, parser); // warning: (net-io) // fix: co_await boost::beast::http::async_read_some(stream, buffer, parser, boost::asio::use_awaitable);
  http::read_header(stream, buffer, parser); // warning: (net-io) // fix: co_await boost::beast::http::async_read_header(stream, buffer, parser, boost::asio::use_awaitable);
  http::write(stream, request); // warning: (net-io) // fix: co_await boost::beast::http::async_write(stream, request, boost::asio::use_awaitable);
  http::write_some(stream, serializer); // warning: (net-io) // fix: co_await boost::beast::http::async_write_some(stream, serializer, boost::asio::use_awaitable);
  http::write_header(stream, serializer, ec); // warning: (net-io) // fix: co_await boost::beast::http::async_write_header(stream, serializer, boost::asio::redirect_error(boost::asio::use_awaitable, ec));
  co_return;
}

awaitable<void> streams(beast::tcp_stream &stream, asio::ip::tcp::resolver::results_type results, asio::mutable_buffer buffer) {
  stream.connect(*results.begin()); // warning: (net-io) // fix: co_await stream.async_connect(*results.begin(), boost::asio::use_awaitable);
  stream.read_some(buffer); // warning: (net-io) // fix: co_await stream.async_read_some(buffer, boost::asio::use_awaitable);
  stream.write_some(buffer); // warning: (net-io) // fix: co_await stream.async_write_some(buffer, boost::asio::use_awaitable);
  stream.expires_never();
  stream.cancel();
  co_return;
}

awaitable<void> sockets(websocket::stream<beast::tcp_stream> &ws, beast::flat_buffer &buffer, error_code ec) {
  ws.accept(); // warning: (net-io) // fix: co_await ws.async_accept(boost::asio::use_awaitable);
  ws.handshake("a", "/"); // warning: (net-io) // fix: co_await ws.async_handshake("a", "/", boost::asio::use_awaitable);
  ws.read(buffer); // warning: (net-io) // fix: co_await ws.async_read(buffer, boost::asio::use_awaitable);
  ws.read_some(buffer, 1, ec); // warning: (net-io) // fix: co_await ws.async_read_some(buffer, 1, boost::asio::redirect_error(boost::asio::use_awaitable, ec));
  ws.write(buffer.data()); // warning: (net-io) // fix: co_await ws.async_write(buffer.data(), boost::asio::use_awaitable);
  ws.write_some(true, buffer.data()); // warning: (net-io) // fix: co_await ws.async_write_some(true, buffer.data(), boost::asio::use_awaitable);
  ws.ping({}); // warning: (net-io) // fix: co_await ws.async_ping({}, boost::asio::use_awaitable);
  ws.pong({}); // warning: (net-io) // fix: co_await ws.async_pong({}, boost::asio::use_awaitable);
  ws.close(websocket::close_code::normal); // warning: (net-io) // fix: co_await ws.async_close(websocket::close_code::normal, boost::asio::use_awaitable);
  ws.set_option(websocket::stream_base::timeout::suggested(beast::role_type::server));
  co_return;
}

struct Session : std::enable_shared_from_this<Session> {
  beast::tcp_stream stream_;
  beast::ssl_stream<beast::tcp_stream> secure_;
  websocket::stream<beast::tcp_stream> ws_;
  beast::flat_buffer buffer_;
  http::request<http::string_body> request_;

  void run() {
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
