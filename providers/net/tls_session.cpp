// SPDX-License-Identifier: Apache-2.0
#include "providers/net/tls_session.hpp"

#include <openssl/err.h>
#include <openssl/ssl.h>

namespace byollm::net {

tls_session::~tls_session() {
  SSL_free(ssl_);
}

tls_session::result tls_session::handshake() {
  ERR_clear_error();
  auto done = verdict(SSL_do_handshake(ssl_));
  return done == result::ok ? check_peer() : done;
}

tls_session::result tls_session::put(std::span<const char> ciphertext) {
  auto size = static_cast<int>(ciphertext.size());
  if (BIO_write(SSL_get_rbio(ssl_), ciphertext.data(), size) != size)
    return fail(errc::tls_failed, "no memory for what the server sent");
  return result::ok;
}

tls_session::result tls_session::read(std::span<char> to, size_t& size) {
  size = 0;
  while (size < to.size()) {
    ERR_clear_error();
    size_t got = 0;
    auto returned = SSL_read_ex(ssl_, to.data() + size, to.size() - size, &got);
    if (returned != 1)
      return verdict(returned);
    size += got;
  }
  return result::ok;
}

tls_session::result tls_session::write(std::string_view plaintext) {
  ERR_clear_error();
  size_t taken = 0;
  auto returned
    = SSL_write_ex(ssl_, plaintext.data(), plaintext.size(), &taken);
  // The memory BIO takes everything, so there is no partial write.
  if (returned == 1 && taken == plaintext.size())
    return result::ok;
  return fail(errc::tls_failed, "the request cannot be encrypted");
}

size_t tls_session::take(std::string& to) {
  auto out = SSL_get_wbio(ssl_);
  auto pending = BIO_ctrl_pending(out);
  if (pending == 0)
    return 0;
  auto before = to.size();
  to.resize(before + pending);
  auto got = BIO_read(out, to.data() + before, static_cast<int>(pending));
  to.resize(before + static_cast<size_t>(got > 0 ? got : 0));
  return to.size() - before;
}

bool tls_session::is_empty() const noexcept {
  return SSL_has_pending(ssl_) == 0
         && BIO_ctrl_pending(SSL_get_rbio(ssl_)) == 0;
}

tls_session::result tls_session::verdict(int returned) {
  if (returned == 1)
    return result::ok;
  switch (SSL_get_error(ssl_, returned)) {
  case SSL_ERROR_WANT_READ:
    return result::more;
  case SSL_ERROR_ZERO_RETURN:
    return result::closed;
  default:
    break;
  }
  auto verified = SSL_get_verify_result(ssl_);
  if (verified != X509_V_OK)
    return fail(errc::tls_untrusted, X509_verify_cert_error_string(verified));
  return fail(errc::tls_failed, "the server broke the TLS session");
}

tls_session::result tls_session::check_peer() {
  // OpenSSL has checked all this if its options say so. This line does not
  // depend on them.
  auto verified = SSL_get_verify_result(ssl_);
  if (verified != X509_V_OK)
    return fail(errc::tls_untrusted, X509_verify_cert_error_string(verified));
  if (!SSL_get0_peer_certificate(ssl_))
    return fail(errc::tls_untrusted, "the server showed no certificate");
  if (SSL_session_reused(ssl_) != 0)
    return fail(errc::tls_failed, "the session was resumed");
  return result::ok;
}

tls_session::result tls_session::fail(errc code, const char* detail) {
  ERR_clear_error();
  why_ = failure{code, detail};
  return result::broken;
}

} // namespace byollm::net
