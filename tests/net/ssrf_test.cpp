// SPDX-License-Identifier: Apache-2.0
// Goal: nobody makes us connect to what is inside. Method: a corpus of
// addresses, each as a literal in the URL, past the check at save, and as an
// answer of the resolver; connections are counted under Asio, where the kernel
// is asked for them.
#include "providers/net/own_addresses.hpp"
#include "tests/net/address_corpus.hpp"
#include "tests/net/connect_counter.hpp"
#include "tests/net/net_fixture.hpp"

#include <catch2/catch.hpp>

#include <algorithm>
#include <cstdio>
#include <cstring>

#include <netdb.h>
#include <netinet/in.h>

using namespace byollm;
using namespace byollm::test;

namespace {

// What a resolver would make of `text`, if it takes it for an address. This is
// the C library's view, not ours.
std::optional<ip_bytes> resolved(std::string_view text) {
  addrinfo hints = {};
  hints.ai_flags = AI_NUMERICHOST | AI_V4MAPPED;
  hints.ai_family = AF_INET6;
  addrinfo* found = nullptr;
  if (getaddrinfo(std::string{text}.c_str(), nullptr, &hints, &found) != 0)
    return std::nullopt;
  sockaddr_in6 at;
  std::memcpy(&at, found->ai_addr, sizeof(at));
  freeaddrinfo(found);
  ip_bytes bytes;
  std::memcpy(bytes.data(), &at.sin6_addr, bytes.size());
  return bytes;
}

struct ssrf_fixture : net_fixture {
  ssrf_fixture() {
    https = true;
    allowed = reach::public_only;
  }

  // A target is of one origin, and a port of one target.
  errc ask_host(std::string name) {
    port.reset();
    host = std::move(name);
    auto sink = ask();
    CHECK(sink->outcome.sent == certainty::no);
    return sink->code();
  }

  errc ask_resolved(const ip_bytes& address) {
    resolver->answers = {std::vector{address}};
    return ask_host("llm.example");
  }

  void try_literal(std::string_view text, bool is_v6) {
    INFO(text);
    auto name = is_v6 ? "[" + std::string{text} + "]" : std::string{text};
    auto parsed = base_url::parse("https://" + name);
    if (!parsed)
      return;
    // Refused at save, in the words for all of them; and again when a
    // configuration from elsewhere names it.
    auto may = check_origin(parsed->at(), {});
    REQUIRE_FALSE(may);
    CHECK(may.error().code == errc::origin_denied);
    if (parse_ip(parsed->at().host()))
      CHECK(ask_host(parsed->at().host()) == errc::origin_denied);
  }

  void try_answer(std::string_view text) {
    INFO(text);
    auto address = resolved(text);
    // The odd spellings of public addresses are refused, their meaning is not.
    if (address && text != "1.2.3" && text != "0127.0.0.1")
      CHECK(ask_resolved(*address) == errc::origin_denied);
  }

  static std::optional<net::address_list> we_are_public() {
    return net::address_list{ip("8.8.8.8"), ip("2606:4700::1")};
  }

  connect_counter kernel;
};

} // namespace

TEST_CASE_METHOD(ssrf_fixture, "no denied address is connected to",
                 "[net][ssrf]") {
  for (auto text : denied_v4()) {
    try_literal(text, false);
    try_answer(text);
  }
  for (auto text : denied_v6()) {
    try_literal(text, true);
    try_answer(text);
  }
  CHECK(denied_v4().size() >= 80);
  CHECK(denied_v6().size() >= 40);
  CHECK(kernel.asked().empty());
  CHECK(vault.redeemed == 0);
  std::printf("addresses %zu, IPv6 literals %zu, connections to a denied "
              "range %zu\n",
              denied_v4().size(), denied_v6().size(), kernel.asked().size());
}

TEST_CASE_METHOD(ssrf_fixture, "a public address is connected to, and counted",
                 "[net][ssrf]") {
  auto address
    = GENERATE(as<std::string>{}, "8.8.8.8", "2606:4700::1", "87.0.0.1");
  SECTION("as a literal") {
    CHECK(ask_host(address) == errc::connect_failed);
  }
  SECTION("as an answer") {
    CHECK(ask_resolved(ip(address)) == errc::connect_failed);
  }
  CHECK(kernel.asked() == std::vector{ip(address)});
}

TEST_CASE_METHOD(ssrf_fixture, "this machine's public addresses are inside",
                 "[net][ssrf]") {
  options.interfaces = we_are_public;
  CHECK(ask_host("8.8.8.8") == errc::origin_denied);
  CHECK(ask_resolved(ip("2606:4700::1")) == errc::origin_denied);
  CHECK(kernel.asked().empty());
  CHECK(ask_host("8.8.4.4") == errc::connect_failed);
  CHECK(kernel.asked().size() == 1);
  // The admin's word counts there, too.
  allowed = reach::allowed;
  CHECK(ask_host("8.8.8.8") == errc::connect_failed);
  CHECK(kernel.asked().size() == 2);
}

TEST_CASE("own addresses are read once a minute at most", "[net][ssrf]") {
  static size_t reads;
  reads = 0;
  size_t failures = 0;
  net::own_addresses own{[]() -> std::optional<net::address_list> {
                           // The third time, the kernel does not tell.
                           if (++reads == 3)
                             return std::nullopt;
                           return net::address_list(reads, ip("8.8.8.8"));
                         },
                         [&] { ++failures; }};
  alarm_clock::time_point now{};
  CHECK(own.at(now).size() == 1);
  CHECK(own.at(now + 59s).size() == 1);
  CHECK(reads == 1);
  CHECK(own.at(now + 60s).size() == 2);
  CHECK(failures == 0);
  CHECK(own.at(now + 120s).size() == 2);
  CHECK(failures == 1);
  CHECK(own.at(now + 120s).size() == 4);
  CHECK(reads == 4);
}

TEST_CASE("own addresses that cannot be read are told once", "[net][ssrf]") {
  static bool is_told;
  is_told = false;
  size_t failures = 0;
  net::own_addresses own{[]() -> std::optional<net::address_list> {
                           if (is_told)
                             return net::address_list{};
                           return std::nullopt;
                         },
                         [&] { ++failures; }};
  alarm_clock::time_point now{};
  for (auto i = 0; i < 3; ++i)
    CHECK(own.at(now += 60s).empty());
  CHECK(failures == 1);
  // Well for a while, it is news again.
  is_told = true;
  own.at(now += 60s);
  is_told = false;
  own.at(now += 60s);
  own.at(now += 60s);
  CHECK(failures == 2);
}

TEST_CASE_METHOD(ssrf_fixture, "who operates it is told of them at the start",
                 "[net][ssrf]") {
  size_t failures = 0;
  options.on_no_interfaces = [&] { ++failures; };
  make_net_factory(*loop, clock, vault, options);
  CHECK(failures == 0);
  options.interfaces
    = []() -> std::optional<net::address_list> { return std::nullopt; };
  make_net_factory(*loop, clock, vault, options);
  CHECK(failures == 1);
}

TEST_CASE("the kernel tells this machine's addresses", "[net][ssrf]") {
  auto found = net::interface_addresses();
  REQUIRE(found);
  CHECK(std::count(found->begin(), found->end(), ip("127.0.0.1")) == 1);
}
