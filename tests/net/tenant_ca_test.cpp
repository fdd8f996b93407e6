// SPDX-License-Identifier: Apache-2.0
// Goal: a tenant's authority vouches for that tenant's servers, to that
// tenant's users, and changes nothing else. Method: authorities that no other
// trust store knows, on one loop and from one factory.
#include "providers/net/ca_bundle.hpp"
#include "tests/net/tls_fixture.hpp"
#include "tests/support/certificate.hpp"

#include <catch2/catch.hpp>

using namespace byollm;
using namespace byollm::test;

namespace {

ca_bundle_ptr bundle_of(const test_ca& ca) {
  auto read = read_ca_bundle(ca.pem());
  REQUIRE(read);
  return *read;
}

// The port trusts `ca`; tenants bring others.
struct private_server : tls_fixture {
  explicit private_server(const test_ca& own = test_ca{}) {
    auto identity = own.issue();
    serve({upstream_script{}.expect().send(ok_response("hi")).again()},
          &identity);
  }

  errc ask_with(ca_bundle_ptr trusted) {
    trust = std::move(trusted);
    port.reset();
    return ask()->code();
  }
};

failure refusal_of(std::string_view pem) {
  auto read = read_ca_bundle(pem);
  REQUIRE_FALSE(read);
  return read.error();
}

std::string repeated(const std::string& text, size_t times) {
  std::string out;
  for (size_t i = 0; i < times; ++i)
    out += text;
  return out;
}

} // namespace

TEST_CASE("a tenant's authority is that tenant's", "[net][ca]") {
  test_ca of_a;
  test_ca of_b;
  private_server net{of_a};
  CHECK(net.ask_with(nullptr) == errc::tls_untrusted);
  CHECK(net.ask_with(bundle_of(of_b)) == errc::tls_untrusted);
  CHECK(net.upstream->received_bytes() == 0);
  CHECK(net.vault.redeemed == 0);
  CHECK(net.ask_with(bundle_of(of_a)) == errc::none);
  // It is with the target, not with the loop or the process.
  CHECK(net.ask_with(nullptr) == errc::tls_untrusted);
  CHECK(net.upstream->requests().size() == 1);
}

TEST_CASE("two tenants' authorities work at once on one loop", "[net][ca]") {
  test_ca of_a;
  test_ca of_b;
  private_server net{of_a};
  auto identity = of_b.issue();
  scripted_upstream other{
    *net.loop,
    {upstream_script{}.expect().send(ok_response("other")).again()},
    &identity};
  net.factory = make_net_factory(*net.loop, net.clock, net.vault, net.options);
  auto open = [&](const test_ca& trusted, uint16_t at, const char* tenant) {
    net.trust = bundle_of(trusted);
    net.url_port = at;
    net.tenant = tenant;
    auto made = net.factory->make(*net.target());
    REQUIRE(made);
    net.port = *std::move(made);
    auto sink = net.call();
    return std::pair{std::move(net.port), sink};
  };
  auto at_a = net.upstream->port();
  auto at_b = other.port();
  auto [port_1, a_at_a] = open(of_a, at_a, "a");
  auto [port_2, b_at_b] = open(of_b, at_b, "b");
  auto [port_3, a_at_b] = open(of_a, at_b, "a");
  auto [port_4, b_at_a] = open(of_b, at_a, "b");
  for (auto& sink : {a_at_a, b_at_b, a_at_b, b_at_a})
    net.until_done(sink);
  CHECK(a_at_a->code() == errc::none);
  CHECK(b_at_b->code() == errc::none);
  CHECK(b_at_b->outcome.reply.text() == "other");
  CHECK(a_at_b->code() == errc::tls_untrusted);
  CHECK(b_at_a->code() == errc::tls_untrusted);
}

TEST_CASE("a bundle adds to everybody's trust and takes no check away",
          "[net][ca]") {
  test_ca own;
  private_server net;
  auto ask_server = [&](const test_ca& ca, const certificate_wish& wish) {
    auto identity = ca.issue(wish);
    net.serve({upstream_script{}.expect().send(ok_response("hi"))}, &identity);
    return net.ask_with(bundle_of(own));
  };
  CHECK(ask_server(net.ca, {}) == errc::none);
  CHECK(ask_server(own, {}) == errc::none);
  CHECK(ask_server(own, {.alternative_names = "DNS:other.example"})
        == errc::tls_untrusted);
  CHECK(ask_server(own, {.expired = true}) == errc::tls_untrusted);
  CHECK(ask_server(own, {.weak_key = true}) == errc::tls_untrusted);
  CHECK(ask_server(own, {.self_signed = true}) == errc::tls_untrusted);
}

TEST_CASE("connections are kept while their port is the current one",
          "[net][ca]") {
  private_server net;
  auto identity = net.ca.issue();
  net.serve({upstream_script{}.expect().send(ok_response("hi")).again()},
            &identity);
  REQUIRE(net.ask()->code() == errc::none);
  REQUIRE(net.upstream->open_connections() == 1);
  net.port->keep_connections(false);
  net.until([&] { return net.upstream->open_connections() == 0; });
  // Who pinned the old one is still served, each time anew.
  CHECK(net.ask()->code() == errc::none);
  net.until([&] { return net.upstream->open_connections() == 0; });
  net.port->keep_connections(true);
  CHECK(net.ask()->code() == errc::none);
  CHECK(net.ask()->code() == errc::none);
  CHECK(net.upstream->connections() == 3);
}

TEST_CASE("a bundle that somebody damaged is no trust", "[net][ca]") {
  private_server net;
  net.trust = std::make_shared<const ca_bundle>(ca_bundle{
    "-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n", "x", 1});
  net.factory = make_net_factory(*net.loop, net.clock, net.vault, net.options);
  auto made = net.factory->make(*net.target());
  REQUIRE_FALSE(made);
  CHECK(made.error().code == errc::tls_failed);
}

TEST_CASE("only certificates of authorities are taken", "[net][ca]") {
  test_ca ca;
  auto leaf = ca.issue();
  CHECK(refusal_of("").code == errc::invalid_config);
  CHECK(refusal_of("not PEM at all").code == errc::invalid_config);
  CHECK(refusal_of("-----BEGIN CERTIFICATE-----\nAAAA\n").code
        == errc::invalid_config);
  CHECK(refusal_of("-----BEGIN CERTIFICATE-----\nAAAA\n"
                   "-----END CERTIFICATE-----\n")
          .detail
        == "block 1 is a damaged certificate");
  CHECK(refusal_of(ca.pem()
                   + "-----BEGIN X509 CRL-----\nAAAA\n"
                     "-----END X509 CRL-----\n")
          .detail
        == "block 2 is no certificate");
  CHECK(refusal_of(ca.pem() + leaf.certificate).detail
        == "block 2 is not the certificate of an authority");
  auto with_key = refusal_of(ca.pem() + leaf.key);
  CHECK(with_key.detail
        == "it holds a private key; give the certificates alone");
  CHECK(with_key.parameter == "ca");
  CHECK(refusal_of(std::string(limits::ca_bundle_bytes_max + 1, ' ')).code
        == errc::limit_exceeded);
  CHECK(refusal_of(repeated(ca.pem(), limits::ca_certificates_max + 1)).code
        == errc::limit_exceeded);
  CHECK(read_ca_bundle(repeated(ca.pem(), limits::ca_certificates_max)));
}

TEST_CASE("a bundle holds certificates alone and is named by them",
          "[net][ca]") {
  test_ca ca;
  auto plain = bundle_of(ca);
  auto commented = read_ca_bundle("# ours\n" + ca.pem() + "\n# the end\n");
  REQUIRE(commented);
  CHECK((*commented)->pem == plain->pem);
  CHECK((*commented)->fingerprint == plain->fingerprint);
  CHECK(plain->fingerprint.size() == 64);
  CHECK(plain->certificates == 1);
  CHECK(bundle_of(test_ca{})->fingerprint != plain->fingerprint);
  auto shown = describe(*plain);
  REQUIRE(shown.size() == 1);
  CHECK(shown[0].subject.starts_with("CN=BYOLLM test authority"));
  CHECK(shown[0].expires_unix > 0);
}
