// SPDX-License-Identifier: Apache-2.0
#include "providers/net/tls_context.hpp"

#include "messages/address.hpp"
#include "providers/net/tls_session.hpp"

#include <openssl/err.h>
#include <openssl/ssl.h>
#include <openssl/x509v3.h>

#include <array>

namespace byollm::net {

namespace {

failure tls_setup_failure() {
  ERR_clear_error();
  return failure{errc::tls_failed, "TLS cannot be set up"};
}

bool configure(SSL_CTX* ctx, X509_STORE* trust) {
  constexpr std::array<unsigned char, 9> http11
    = {8, 'h', 't', 't', 'p', '/', '1', '.', '1'};
  SSL_CTX_set_security_level(ctx, 2);
  SSL_CTX_set_verify(ctx, SSL_VERIFY_PEER, nullptr);
  // A resumed session skips the checks of certificate and host (E5): there is
  // none, neither kept by us nor offered by a ticket.
  SSL_CTX_set_session_cache_mode(ctx, SSL_SESS_CACHE_OFF);
  SSL_CTX_set_options(ctx, SSL_OP_NO_TICKET | SSL_OP_NO_RENEGOTIATION
                             | SSL_OP_NO_COMPRESSION);
  SSL_CTX_set_mode(ctx, SSL_MODE_RELEASE_BUFFERS);
  SSL_CTX_set1_cert_store(ctx, trust);
  return SSL_CTX_set_min_proto_version(ctx, TLS1_2_VERSION) == 1
         && SSL_CTX_set_alpn_protos(ctx, http11.data(), http11.size()) == 0;
}

bool expect_host(SSL* ssl, const std::string& host, bool is_address) {
  // An empty name would switch the check off.
  if (host.empty())
    return false;
  SSL_set_hostflags(ssl, X509_CHECK_FLAG_NO_PARTIAL_WILDCARDS
                           | X509_CHECK_FLAG_NEVER_CHECK_SUBJECT);
  if (is_address)
    return X509_VERIFY_PARAM_set1_ip_asc(SSL_get0_param(ssl), host.c_str())
           == 1;
  return SSL_set1_host(ssl, host.c_str()) == 1
         && SSL_set_tlsext_host_name(ssl, host.c_str()) == 1;
}

} // namespace

expected<std::unique_ptr<tls_context>>
tls_context::make(const origin& at, trust_store_ptr trust) {
  std::shared_ptr<SSL_CTX> ctx{SSL_CTX_new(TLS_client_method()), SSL_CTX_free};
  if (!ctx || !configure(ctx.get(), trust.get()))
    return tls_setup_failure();
  auto is_address = parse_ip(at.host()).has_value();
  return std::unique_ptr<tls_context>{
    new tls_context(std::move(ctx), std::move(trust), at.host(), is_address)};
}

tls_context::tls_context(std::shared_ptr<SSL_CTX> ctx, trust_store_ptr trust,
                         std::string host, bool is_address)
    : ctx_(std::move(ctx)),
      trust_(std::move(trust)),
      host_(std::move(host)),
      is_address_(is_address) {
  // nop
}

expected<std::unique_ptr<tls_session>> tls_context::session() const {
  std::unique_ptr<SSL, void (*)(SSL*)> ssl{SSL_new(ctx_.get()), SSL_free};
  if (!ssl || !expect_host(ssl.get(), host_, is_address_))
    return tls_setup_failure();
  auto in = BIO_new(BIO_s_mem());
  auto out = BIO_new(BIO_s_mem());
  if (!in || !out) {
    BIO_free(in);
    BIO_free(out);
    return tls_setup_failure();
  }
  // An empty buffer means "not yet", not the end.
  BIO_set_mem_eof_return(in, -1);
  BIO_set_mem_eof_return(out, -1);
  SSL_set_bio(ssl.get(), in, out);
  SSL_set_connect_state(ssl.get());
  return std::make_unique<tls_session>(ssl.release());
}

} // namespace byollm::net
