// SPDX-License-Identifier: Apache-2.0
// Goal: a key goes to no address but public ones, whatever a name resolves to
// and whenever. Method: scripted DNS answers; an upstream on loopback counts
// what reaches it.
#include "providers/net/address_guard.hpp"
#include "tests/net/connect_counter.hpp"
#include "tests/net/net_fixture.hpp"

#include <boost/asio/executor_work_guard.hpp>
#include <boost/asio/io_context.hpp>
#include <catch2/catch.hpp>

#include <cstdlib>

#include <arpa/inet.h>
#include <netinet/in.h>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

using namespace byollm;
using namespace byollm::test;

namespace {

// An address that neither accepts nor refuses: a listener whose queue is full.
class black_hole {
public:
  black_hole(const char* address, uint16_t port) {
    at_.sin_family = AF_INET;
    at_.sin_port = htons(port);
    inet_pton(AF_INET, address, &at_.sin_addr);
    auto listener = open_socket();
    REQUIRE(bind(listener, reinterpret_cast<sockaddr*>(&at_), sizeof(at_))
            == 0);
    REQUIRE(listen(listener, 0) == 0);
    // On loopback a connection that is taken is taken at once.
    while (is_taken(open_socket()))
      REQUIRE(sockets_.size() < 64);
  }

  ~black_hole() {
    for (auto one : sockets_)
      close(one);
  }

private:
  int open_socket() {
    sockets_.push_back(socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK, 0));
    return sockets_.back();
  }

  bool is_taken(int one) {
    connect(one, reinterpret_cast<sockaddr*>(&at_), sizeof(at_));
    pollfd asked{one, POLLOUT, 0};
    return poll(&asked, 1, 0) == 1;
  }

  sockaddr_in at_ = {};
  std::vector<int> sockets_;
};

struct guard_fixture : net_fixture {
  guard_fixture() {
    serve({upstream_script{}.expect().send(ok_response("hi")).again()});
    host = "llm.example";
    https = true;
    allowed = reach::public_only;
  }

  errc ask_with(std::vector<ip_bytes> addresses) {
    resolver->answers = {std::move(addresses)};
    auto sink = ask();
    CHECK(sink->outcome.sent == certainty::no);
    return sink->code();
  }

  // Nothing leaves the machine, not even without a guard.
  connect_counter kernel;
};

} // namespace

TEST_CASE_METHOD(guard_fixture, "a name with a private address gets nothing",
                 "[net]") {
  auto address = GENERATE(as<std::string>{}, "127.0.0.1", "10.0.0.1",
                          "192.168.1.1", "169.254.169.254", "100.64.0.1",
                          "0.0.0.0", "::1", "::ffff:127.0.0.1", "fe80::1",
                          "fd00:ec2::254", "64:ff9b::7f00:1");
  CHECK(ask_with({ip(address)}) == errc::origin_denied);
  CHECK(upstream->connections() == 0);
  CHECK(vault.redeemed == 0);
}

TEST_CASE_METHOD(guard_fixture,
                 "one private address among public ones denies "
                 "them all",
                 "[net]") {
  CHECK(ask_with({ip("8.8.8.8"), ip("127.0.0.1")}) == errc::origin_denied);
  CHECK(ask_with({ip("127.0.0.1"), ip("8.8.8.8")}) == errc::origin_denied);
  CHECK(ask_with({ip("2606:4700::1"), ip("::ffff:10.0.0.1")})
        == errc::origin_denied);
  CHECK(upstream->connections() == 0);
}

TEST_CASE_METHOD(guard_fixture, "every connection is checked anew", "[net]") {
  // Public when it was checked first, private when it counts, a thousand times.
  REQUIRE(net::check_addresses(std::vector{ip("8.8.8.8")}, allowed, {}));
  for (int i = 0; i < 1'000; ++i)
    if (ask_with({ip("127.0.0.1")}) != errc::origin_denied)
      FAIL("a private address got through");
  CHECK(resolver->asked.size() == 1'000);
  CHECK(upstream->connections() == 0);
}

TEST_CASE_METHOD(guard_fixture,
                 "a private literal is denied without a question", "[net]") {
  host = GENERATE(as<std::string>{}, "127.0.0.1", "::1", "10.1.2.3");
  auto sink = ask();
  CHECK(sink->code() == errc::origin_denied);
  CHECK(resolver->asked.empty());
  CHECK(upstream->connections() == 0);
}

TEST_CASE_METHOD(guard_fixture, "plain http needs the admin's word", "[net]") {
  https = false;
  host = "127.0.0.1";
  CHECK(ask()->code() == errc::origin_denied);
  CHECK(upstream->connections() == 0);
}

TEST_CASE_METHOD(guard_fixture, "no address is a failure of its own", "[net]") {
  resolver->answers = {failure{errc::dns_failed, "no such host"}};
  auto sink = ask();
  CHECK(sink->code() == errc::dns_failed);
  CHECK(sink->outcome.sent == certainty::no);
  CHECK(ask_with({}) == errc::dns_failed);
}

TEST_CASE_METHOD(guard_fixture, "an allowed name is asked once per connection",
                 "[net]") {
  https = false;
  allowed = reach::allowed;
  resolver->answers = {std::vector{ip("127.0.0.1")}};
  CHECK(ask()->code() == errc::none);
  CHECK(ask()->code() == errc::none);
  CHECK(resolver->asked == std::vector<std::string>{"llm.example"});
  CHECK(upstream->requests()[0].header("Host")
        == "llm.example:" + std::to_string(upstream->port()));
}

TEST_CASE_METHOD(guard_fixture, "the next address is tried if one refuses",
                 "[net]") {
  https = false;
  allowed = reach::allowed;
  // Nobody listens there; the guard would deny it if it were not allowed.
  resolver->answers = {std::vector{ip("127.0.0.2"), ip("127.0.0.1")}};
  CHECK(ask()->code() == errc::none);
}

TEST_CASE_METHOD(guard_fixture,
                 "an address that swallows everything has its "
                 "share of the time",
                 "[net]") {
  https = false;
  allowed = reach::allowed;
  black_hole hole{"127.0.0.2", upstream->port()};
  resolver->answers = {std::vector{ip("127.0.0.2"), ip("127.0.0.1")}};
  auto sink = call();
  settle();
  clock.advance(limits::connect_timeout / 2 - 1ms);
  settle();
  CHECK(upstream->connections() == 0);
  clock.advance(1ms);
  until_done(sink);
  CHECK(sink->code() == errc::none);
}

TEST_CASE_METHOD(guard_fixture,
                 "a connection that nobody takes is a connect "
                 "time-out",
                 "[net]") {
  https = false;
  allowed = reach::allowed;
  black_hole hole{"127.0.0.2", upstream->port()};
  resolver->answers = {std::vector{ip("127.0.0.2")}};
  auto sink = call();
  settle();
  clock.advance(limits::connect_timeout - 1ms);
  settle();
  CHECK_FALSE(sink->is_done());
  clock.advance(1ms);
  CHECK(sink->code() == errc::connect_timeout);
  CHECK(sink->outcome.sent == certainty::no);
}

TEST_CASE_METHOD(guard_fixture,
                 "a permission that was withdrawn ends with its "
                 "connections",
                 "[net]") {
  https = false;
  allowed = reach::allowed;
  host = "127.0.0.1";
  REQUIRE(ask()->code() == errc::none);
  allowed = reach::public_only;
  CHECK(ask()->code() == errc::origin_denied);
  CHECK(upstream->requests().size() == 1);
}

TEST_CASE_METHOD(guard_fixture, "proxies of the environment are ignored",
                 "[net]") {
  constexpr const char* names[] = {"HTTP_PROXY", "http_proxy",  "ALL_PROXY",
                                   "all_proxy",  "HTTPS_PROXY", "https_proxy"};
  scripted_upstream proxy{*loop, {upstream_script{}.expect()}};
  auto address = "http://127.0.0.1:" + std::to_string(proxy.port());
  for (auto name : names)
    setenv(name, address.c_str(), 1);
  allowed = reach::allowed;
  host = "127.0.0.1";
  test_ca ca;
  SECTION("by http") {
    https = false;
  }
  SECTION("by https") {
    options.ca_pem_file = ca.file();
    auto identity = ca.issue();
    serve({upstream_script{}.expect().send(ok_response("hi"))}, &identity);
  }
  CHECK(ask()->code() == errc::none);
  CHECK(proxy.connections() == 0);
  for (auto name : names)
    unsetenv(name);
}

TEST_CASE_METHOD(net_fixture, "the system's resolver answers on the loop",
                 "[net]") {
  auto system
    = make_system_resolver(*loop, std::make_shared<net::lookup_desk>());
  std::optional<net::addresses> found;
  system->resolve({"localhost"}, [&](auto answer) { found = answer; });
  CHECK_FALSE(found);
  // As a loop has that waits for another thread.
  auto work = boost::asio::make_work_guard(*loop);
  until([&] { return found.has_value(); });
  REQUIRE(*found);
  for (auto& address : **found)
    CHECK_FALSE(is_public_address(address));
}
