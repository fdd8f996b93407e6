// SPDX-License-Identifier: Apache-2.0
// Goal: no TLS session of ours goes on where an earlier one ended, since that
// skips the checks of certificate and host (security.md, E5). Method: a server
// that offers it by session id and by ticket; then sessions made as wrongly as
// OpenSSL allows, which OpenSSL takes and our session does not.
#include "providers/net/tls_session.hpp"
#include "tests/net/tls_fixture.hpp"

#include <catch2/catch.hpp>
#include <openssl/pem.h>
#include <openssl/ssl.h>
#include <openssl/x509v3.h>

using namespace byollm;
using namespace byollm::test;

namespace {

using context_ptr = std::unique_ptr<SSL_CTX, void (*)(SSL_CTX*)>;
using ssl_ptr = std::unique_ptr<SSL, void (*)(SSL*)>;
using session_ptr = std::unique_ptr<SSL_SESSION, void (*)(SSL_SESSION*)>;

enum class trust : uint8_t { ours, nobody };

// How a client is set up; the defaults are right.
struct client_setup {
  const char* expected_host = "localhost";
  int verify = SSL_VERIFY_PEER;
  trust in = trust::ours;
};

struct wrong_client {
  const char* what;
  client_setup earlier; ///< Of the session that is resumed.
  client_setup now;
  bool resumes;
};

const wrong_client wrong_clients[] = {
  {"nothing is verified",
   {},
   {"localhost", SSL_VERIFY_NONE, trust::nobody},
   false},
  {"another host is expected", {}, {"other.example"}, true},
  {"the authority is not trusted any more",
   {},
   {"localhost", SSL_VERIFY_PEER, trust::nobody},
   true},
  {"the first session verified nothing",
   {"localhost", SSL_VERIFY_NONE, trust::nobody},
   {},
   true},
};

// A client and a server of OpenSSL's that meet in memory.
struct meeting {
  explicit meeting(int tls_version) : version(tls_version) {
    auto identity = ca.issue();
    auto use = [](const std::string& pem) {
      return std::unique_ptr<BIO, int (*)(BIO*)>{
        BIO_new_mem_buf(pem.data(), static_cast<int>(pem.size())), BIO_free};
    };
    auto certificate = use(identity.certificate);
    auto key = use(identity.key);
    std::unique_ptr<X509, void (*)(X509*)> x{
      PEM_read_bio_X509(certificate.get(), nullptr, nullptr, nullptr),
      X509_free};
    std::unique_ptr<EVP_PKEY, void (*)(EVP_PKEY*)> k{
      PEM_read_bio_PrivateKey(key.get(), nullptr, nullptr, nullptr),
      EVP_PKEY_free};
    SSL_CTX_use_certificate(server.get(), x.get());
    SSL_CTX_use_PrivateKey(server.get(), k.get());
    pin(server.get());
  }

  void pin(SSL_CTX* ctx) const {
    SSL_CTX_set_min_proto_version(ctx, version);
    SSL_CTX_set_max_proto_version(ctx, version);
  }

  // One that resumes `from`, if that is not null.
  ssl_ptr client(const client_setup& setup, SSL_SESSION* from) {
    context_ptr ctx{SSL_CTX_new(TLS_client_method()), SSL_CTX_free};
    pin(ctx.get());
    SSL_CTX_set_verify(ctx.get(), setup.verify, nullptr);
    if (setup.in == trust::ours)
      SSL_CTX_load_verify_file(ctx.get(), ca.file().c_str());
    ssl_ptr made{SSL_new(ctx.get()), SSL_free};
    SSL_set1_host(made.get(), setup.expected_host);
    SSL_set_tlsext_host_name(made.get(), "localhost");
    if (from)
      SSL_set_session(made.get(), from);
    SSL_set_bio(made.get(), BIO_new(BIO_s_mem()), BIO_new(BIO_s_mem()));
    BIO_set_mem_eof_return(SSL_get_rbio(made.get()), -1);
    SSL_set_connect_state(made.get());
    return made;
  }

  ssl_ptr accept() {
    ssl_ptr made{SSL_new(server.get()), SSL_free};
    SSL_set_bio(made.get(), BIO_new(BIO_s_mem()), BIO_new(BIO_s_mem()));
    BIO_set_mem_eof_return(SSL_get_rbio(made.get()), -1);
    SSL_set_accept_state(made.get());
    return made;
  }

  static void move(SSL* from, SSL* to) {
    char bytes[8'192];
    for (int got;
         (got = BIO_read(SSL_get_wbio(from), bytes, sizeof bytes)) > 0;)
      BIO_write(SSL_get_rbio(to), bytes, got);
  }

  // Shakes hands as OpenSSL does alone; returns whether it connects.
  bool connects(SSL* one) {
    auto other = accept();
    int done = 0;
    for (int i = 0; i < 8; ++i) {
      done = SSL_do_handshake(one);
      move(one, other.get());
      SSL_do_handshake(other.get());
      move(other.get(), one);
    }
    char byte;
    SSL_read(one, &byte, 1); // takes the tickets
    // A session that ended otherwise is forgotten.
    SSL_set_shutdown(one, SSL_SENT_SHUTDOWN);
    SSL_set_shutdown(other.get(), SSL_SENT_SHUTDOWN);
    return done == 1;
  }

  session_ptr earlier_session(const client_setup& setup) {
    auto one = client(setup, nullptr);
    REQUIRE(connects(one.get()));
    return {SSL_get1_session(one.get()), SSL_SESSION_free};
  }

  // Shakes hands as we do.
  net::tls_session::result shake_hands(ssl_ptr one) {
    auto raw = one.get();
    auto other = accept();
    net::tls_session ours{one.release()};
    auto done = net::tls_session::result::more;
    for (int i = 0; i < 8 && done == net::tls_session::result::more; ++i) {
      done = ours.handshake();
      move(raw, other.get());
      SSL_do_handshake(other.get());
      move(other.get(), raw);
    }
    return done;
  }

  test_ca ca;
  int version;
  context_ptr server{SSL_CTX_new(TLS_server_method()), SSL_CTX_free};
};

} // namespace

TEST_CASE_METHOD(tls_fixture, "no session is resumed", "[net][tls]") {
  auto version = GENERATE(TLS1_2_VERSION, TLS1_3_VERSION);
  auto identity = ca.issue();
  identity.version = version;
  serve({upstream_script{}.expect().send(
          ok_response("hi", "Connection: close\r\n"))},
        &identity);
  for (int i = 0; i < 5; ++i)
    CHECK(ask()->code() == errc::none);
  CHECK(upstream->connections() == 5);
  CHECK(upstream->resumed() == 0);
}

TEST_CASE("a server's count of resumed sessions counts", "[net][tls]") {
  meeting in_memory{GENERATE(TLS1_2_VERSION, TLS1_3_VERSION)};
  auto earlier = in_memory.earlier_session({});
  auto again = in_memory.client({}, earlier.get());
  CHECK(in_memory.connects(again.get()));
  CHECK(SSL_CTX_sess_hits(in_memory.server.get()) == 1);
}

TEST_CASE("a handshake that is right is taken", "[net][tls]") {
  meeting in_memory{GENERATE(TLS1_2_VERSION, TLS1_3_VERSION)};
  CHECK(in_memory.shake_hands(in_memory.client({}, nullptr))
        == net::tls_session::result::ok);
}

TEST_CASE("what OpenSSL would take by its options, we refuse", "[net][tls]") {
  auto version = GENERATE(TLS1_2_VERSION, TLS1_3_VERSION);
  for (auto& one : wrong_clients) {
    INFO(one.what << ", " << std::hex << version);
    meeting in_memory{version};
    auto earlier = in_memory.earlier_session(one.earlier);
    auto from = one.resumes ? earlier.get() : nullptr;
    auto alone = in_memory.client(one.now, from);
    CHECK(in_memory.connects(alone.get()));
    CHECK(in_memory.shake_hands(in_memory.client(one.now, from))
          == net::tls_session::result::broken);
  }
}

TEST_CASE("a session that is right in all else is not resumed, either",
          "[net][tls]") {
  meeting in_memory{GENERATE(TLS1_2_VERSION, TLS1_3_VERSION)};
  auto earlier = in_memory.earlier_session({});
  CHECK(in_memory.shake_hands(in_memory.client({}, earlier.get()))
        == net::tls_session::result::broken);
}
