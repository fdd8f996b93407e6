// SPDX-License-Identifier: Apache-2.0
#include "tests/net/http/http_fixture.hpp"

#include <boost/asio/buffer.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/write.hpp>
#include <catch2/catch.hpp>

#include <cstdlib>
#include <utility>

namespace byollm::test {

namespace asio = boost::asio;
using boost::system::error_code;

namespace {

// A hang is the only thing that takes this long.
constexpr auto patience = 20s;

} // namespace

// -- the client ---------------------------------------------------------------

raw_client::raw_client(asio::io_context& loop, const protocol::endpoint& at)
    : socket_(loop) {
  socket_.connect(at);
}

void raw_client::read() {
  socket_.async_read_some(asio::buffer(room_), [self = shared_from_this()](
                                                 error_code ec, size_t got) {
    self->received.append(self->room_.data(), got);
    self->is_ended = bool{ec};
    self->is_reset = ec == asio::error::connection_reset;
    if (!ec)
      self->read();
  });
}

void raw_client::send(std::string bytes) {
  waiting_ += bytes;
  if (!is_writing_)
    write();
}

void raw_client::write() {
  is_writing_ = !waiting_.empty();
  if (!is_writing_)
    return;
  auto bytes = std::make_shared<std::string>(std::exchange(waiting_, {}));
  asio::async_write(socket_, asio::buffer(*bytes),
                    [self = shared_from_this(), bytes](error_code ec, size_t) {
                      self->is_writing_ = false;
                      if (!ec)
                        self->write();
                    });
}

void raw_client::reset() {
  socket_.set_option(asio::socket_base::linger{true, 0});
  socket_.close();
}

void raw_client::shut() {
  socket_.shutdown(protocol::socket::shutdown_send);
}

// -- the fixture --------------------------------------------------------------

http_fixture::http_fixture() {
  options.tcp.emplace();
  options.on_request
    = [this](http::exchange_ptr got) { asked.push_back(std::move(got)); };
  options.clocks = {&clock};
}

http_fixture::~http_fixture() {
  server.reset();
  settle();
  asked.clear();
  settle();
}

void http_fixture::serve() {
  auto made = http::server::start({&loop}, options);
  REQUIRE(made);
  server = *std::move(made);
}

void http_fixture::echo() {
  options.on_request = [](const http::exchange_ptr& got) {
    auto& what = got->asked();
    got->reply(
      {200, what.method + ' ' + what.path + ' ' + std::string{view(what.body)},
       "text/plain"});
  };
}

client_ptr http_fixture::connect(bool reads) {
  if (!server)
    serve();
  asio::ip::tcp::endpoint at{asio::ip::address_v4::loopback(), server->port()};
  auto made = std::make_shared<raw_client>(loop, at);
  if (reads)
    made->read();
  return made;
}

std::string http_fixture::talk(const std::string& bytes, size_t piece) {
  auto client = connect();
  for (size_t at = 0; at < bytes.size(); at += piece) {
    client->send(bytes.substr(at, piece));
    settle();
  }
  until([&] { return client->is_ended; });
  CHECK(!client->is_reset);
  return client->received;
}

void http_fixture::until(const std::function<bool()>& what) {
  while (!what()) {
    loop.restart();
    if (loop.run_one_for(patience) == 0)
      FAIL("nothing happens any more");
  }
}

void http_fixture::settle() {
  loop.restart();
  while (loop.poll() > 0)
    loop.restart();
}

// -- bytes --------------------------------------------------------------------

std::string get(const std::string& path, const std::string& fields) {
  return "GET " + path + " HTTP/1.1\r\nHost: localhost\r\n" + fields + "\r\n";
}

std::string post(const std::string& path, const std::string& body,
                 const std::string& fields) {
  return "POST " + path + " HTTP/1.1\r\nHost: localhost\r\nContent-Length: "
         + std::to_string(body.size()) + "\r\n" + fields + "\r\n" + body;
}

size_t count(std::string_view text, std::string_view part) {
  size_t result = 0;
  for (auto at = text.find(part); at != text.npos;
       at = text.find(part, at + part.size()))
    ++result;
  return result;
}

std::string body_of(const std::string& text) {
  CHECK(count(text, "HTTP/1.1 ") == 1);
  auto at = text.find("\r\n\r\n");
  REQUIRE(at != text.npos);
  return text.substr(at + 4);
}

temporary_folder::temporary_folder() {
  std::string made
    = std::filesystem::temp_directory_path() / "byollm-http-XXXXXX";
  REQUIRE(::mkdtemp(made.data()) != nullptr);
  path = made;
}

temporary_folder::~temporary_folder() {
  std::error_code ignored;
  std::filesystem::remove_all(path, ignored);
}

} // namespace byollm::test
