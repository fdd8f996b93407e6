// SPDX-License-Identifier: Apache-2.0
// Goal: the server listens where it was told, for whom it was told, and takes
// no place from anybody. Method: sockets and files in a folder of the test.
#include "tests/net/http/http_fixture.hpp"

#include <boost/asio/local/stream_protocol.hpp>
#include <catch2/catch.hpp>

#include <fstream>

#include <sys/stat.h>

using namespace byollm;
using namespace byollm::test;
namespace fs = std::filesystem;
using local_socket = boost::asio::local::stream_protocol;

namespace {

struct place_fixture : http_fixture {
  place_fixture() {
    options.unix_path = folder.path / "http.sock";
  }

  failure why_not() {
    auto made = http::server::start({&loop}, options);
    REQUIRE(!made);
    return made.error();
  }

  std::string ask_locally(const fs::path& at, const std::string& bytes) {
    auto client
      = std::make_shared<raw_client>(loop, local_socket::endpoint{at.string()});
    client->read();
    client->send(bytes);
    until([&] { return client->is_ended; });
    return client->received;
  }

  temporary_folder folder;
};

constexpr auto close = "Connection: close\r\n";

} // namespace

TEST_CASE_METHOD(place_fixture, "a Unix socket is our own user's", "[http]") {
  bool is_local = false;
  options.on_request = [&](const http::exchange_ptr& got) {
    is_local = got->asked().is_local;
    got->reply({200, "hello"});
  };
  serve();
  struct stat found {};
  REQUIRE(::stat(options.unix_path.c_str(), &found) == 0);
  CHECK((found.st_mode & 07777) == 0600);
  CHECK(body_of(ask_locally(options.unix_path, get("/", close))) == "hello");
  CHECK(is_local);
  // No browser gets here, so any name is good.
  CHECK(ask_locally(options.unix_path, "GET / HTTP/1.1\r\nHost: any.example\r\n"
                                       "Connection: close\r\n\r\n")
          .starts_with("HTTP/1.1 200 "));
  CHECK(body_of(talk(get("/", close))) == "hello");
  CHECK(!is_local);
  server.reset();
  CHECK(!fs::exists(options.unix_path));
}

TEST_CASE_METHOD(place_fixture, "the mode may be wider", "[http]") {
  options.unix_mode = 0660;
  serve();
  struct stat found {};
  REQUIRE(::stat(options.unix_path.c_str(), &found) == 0);
  CHECK((found.st_mode & 07777) == 0660);
}

TEST_CASE_METHOD(place_fixture, "a socket that nobody serves is replaced",
                 "[http]") {
  {
    local_socket::acceptor dead{
      loop, local_socket::endpoint{options.unix_path.string()}};
  }
  REQUIRE(fs::exists(options.unix_path));
  echo();
  serve();
  CHECK(body_of(ask_locally(options.unix_path, get("/a", close))) == "GET /a ");
}

TEST_CASE_METHOD(place_fixture, "a socket that somebody serves is left alone",
                 "[http]") {
  echo();
  serve();
  auto why = why_not();
  CHECK(why.code == errc::invalid_config);
  CHECK(why.parameter == "unix_path");
  CHECK(body_of(ask_locally(options.unix_path, get("/a", close))) == "GET /a ");
}

TEST_CASE_METHOD(place_fixture, "a file that is no socket is left alone",
                 "[http]") {
  std::ofstream{options.unix_path} << "precious";
  CHECK(why_not().parameter == "unix_path");
  CHECK(fs::file_size(options.unix_path) == 8);
  fs::remove(options.unix_path);
  fs::create_symlink(folder.path / "elsewhere", options.unix_path);
  CHECK(why_not().parameter == "unix_path");
}

TEST_CASE_METHOD(place_fixture, "another's socket is not removed", "[http]") {
  serve();
  fs::remove(options.unix_path);
  local_socket::acceptor other{
    loop, local_socket::endpoint{options.unix_path.string()}};
  server.reset();
  settle();
  CHECK(fs::exists(options.unix_path));
}

TEST_CASE_METHOD(place_fixture, "a path may be longer than an address",
                 "[http]") {
  auto deep = folder.path / std::string(120, 'd');
  fs::create_directory(deep);
  options.unix_path = deep / "http.sock";
  echo();
  serve();
  auto near = folder.path / "near";
  fs::create_symlink(deep, near);
  CHECK(body_of(ask_locally(near / "http.sock", get("/a", close)))
        == "GET /a ");
  server.reset();
  CHECK(fs::is_empty(deep));
  options.unix_path = folder.path / "missing" / "http.sock";
  CHECK(why_not().parameter == "unix_path");
  options.unix_path = folder.path / std::string(120, 'n');
  CHECK(why_not().parameter == "unix_path");
}

TEST_CASE_METHOD(place_fixture, "other machines need the admin's word",
                 "[http]") {
  options.unix_path.clear();
  for (auto address : {"0.0.0.0", "::", "192.0.2.1"}) {
    INFO(address);
    options.tcp->address = address;
    auto why = why_not();
    CHECK(why.code == errc::invalid_config);
    CHECK(why.parameter == "tcp");
    CHECK(why.detail.find("allow_remote") != std::string::npos);
  }
  options.tcp->address = "localhost";
  CHECK(why_not().parameter == "tcp");
  options.tcp->address = "0.0.0.0";
  options.allow_remote = true;
  echo();
  serve();
  CHECK(body_of(talk(get("/a", close))) == "GET /a ");
  // The port is taken now.
  options.tcp->port = server->port();
  CHECK(why_not().parameter == "tcp");
}

TEST_CASE_METHOD(place_fixture, "a server needs a loop and a handler",
                 "[http]") {
  CHECK(http::server::start({}, options).error().parameter == "loops");
  options.on_request = nullptr;
  CHECK(why_not().parameter == "on_request");
}
