// SPDX-License-Identifier: Apache-2.0
// Goal: who cannot prove to be the configured host hears nothing from us.
// Method: servers that are wrong in one way each, and what is right in the same
// way beside them; the server counts the bytes that it can decrypt.
#include "tests/net/tls_fixture.hpp"

#include <catch2/catch.hpp>
#include <openssl/ssl.h>

#include <cstdio>

using namespace byollm;
using namespace byollm::test;

namespace {

struct server {
  const char* what;
  certificate_wish wish;
  std::string host = "localhost";
  int version = 0;
  errc code = errc::tls_untrusted;
};

certificate_wish named(std::string alternative_names) {
  return {.alternative_names = std::move(alternative_names)};
}

certificate_wish under(intermediate kind) {
  return {.alternative_names = "DNS:localhost,DNS:a.example.test",
          .under = kind};
}

const server bad_servers[] = {
  {"another host", named("DNS:other.example")},
  {"the host as another name's end", named("DNS:evil-localhost")},
  {"the host as another name's begin", named("DNS:localhost.evil.example")},
  {"the host in the subject only", named("")},
  {"the host in the subject, another beside",
   {.common_name = "localhost", .alternative_names = "DNS:other.example"}},
  {"a wildcard for part of a label", named("DNS:a*.example.test"),
   "ab.example.test"},
  {"a wildcard over two labels", named("DNS:*.example.test"),
   "a.b.example.test"},
  {"a wildcard for everything", named("DNS:*")},
  {"a NUL in the name",
   {.raw_dns_name = std::string("localhost\0.evil.example", 23)}},
  {"expired", {.expired = true}},
  {"not yet valid", {.not_yet_valid = true}},
  {"signed by itself", {.self_signed = true}},
  {"a key of 1,024 bits", {.weak_key = true}},
  {"signed with SHA-1", {.sha1 = true}},
  {"for clients only", {.usage = "clientAuth"}},
  {"an unknown critical extension", {.unknown_critical = true}},
  {"an intermediate that is no authority", under(intermediate::no_authority)},
  {"an expired intermediate", under(intermediate::expired)},
  {"outside of the intermediate's names", under(intermediate::constrained)},
  {"the intermediate left out", under(intermediate::left_out)},
  {"an address as a name", named("DNS:127.0.0.1"), "127.0.0.1"},
  {"another address", named("IP:127.0.0.2"), "127.0.0.1"},
  {"TLS 1.1 only", {}, "localhost", TLS1_1_VERSION, errc::tls_failed},
  {"TLS 1.0 only", {}, "localhost", TLS1_VERSION, errc::tls_failed},
};

const server good_servers[] = {
  {"the host", {}},
  {"a wildcard for one label", named("DNS:*.example.test"), "a.example.test"},
  {"for servers", {.usage = "serverAuth,clientAuth"}},
  {"an intermediate", under(intermediate::good)},
  {"inside of the intermediate's names",
   {.alternative_names = "DNS:a.example.test",
    .under = intermediate::constrained},
   "a.example.test"},
  {"an address", named("IP:127.0.0.1"), "127.0.0.1"},
  {"TLS 1.2 only", {}, "localhost", TLS1_2_VERSION},
  {"TLS 1.3 only", {}, "localhost", TLS1_3_VERSION},
};

struct one_server : tls_fixture {
  explicit one_server(const server& what) {
    auto identity = ca.issue(what.wish);
    identity.version = what.version;
    serve({upstream_script{}.expect().send(ok_response("hi"))}, &identity);
    host = what.host;
  }
};

} // namespace

TEST_CASE("a bad certificate is refused before a byte", "[net][tls]") {
  size_t refused = 0;
  uint64_t bytes = 0;
  for (auto& one : bad_servers) {
    INFO(one.what);
    one_server net{one};
    auto sink = net.ask();
    CHECK(sink->code() == one.code);
    CHECK(sink->outcome.sent == certainty::no);
    CHECK(net.upstream->connections() == 1);
    // The key was not even opened.
    CHECK(net.vault.redeemed == 0);
    net.until([&] { return net.upstream->open_connections() == 0; });
    refused += sink->code() == one.code;
    bytes += net.upstream->received_bytes();
  }
  CHECK(bytes == 0);
  std::printf("bad certificates %zu, refused %zu, application bytes %llu\n",
              std::size(bad_servers), refused,
              static_cast<unsigned long long>(bytes));
}

TEST_CASE("what is right in the same ways is served", "[net][tls]") {
  for (auto& one : good_servers) {
    INFO(one.what);
    one_server net{one};
    CHECK(net.ask()->code() == errc::none);
    CHECK(net.upstream->received_bytes() > 0);
  }
}

TEST_CASE_METHOD(tls_fixture, "another authority's certificate is refused",
                 "[net][tls]") {
  test_ca other;
  options.ca_pem_file = other.file();
  CHECK(refused({}) == errc::tls_untrusted);
  until([&] { return upstream->open_connections() == 0; });
  CHECK(upstream->received_bytes() == 0);
}
