// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "messages/expected.hpp"

#include <span>
#include <string>
#include <string_view>

#include <openssl/types.h>

namespace byollm::net {

/// One TLS client session as a machine without I/O: ciphertext and plaintext go
/// in and out, whoever owns it moves the bytes. So nothing that the peer sent
/// is ever out of our sight when a connection is to be used again.
class tls_session {
public:
  enum class result : uint8_t {
    ok,     ///< It happened.
    more,   ///< More of the peer's ciphertext is needed first.
    closed, ///< The peer ended the session properly.
    broken, ///< `why` tells.
  };

  /// Takes over `ssl`, configured, with memory BIOs.
  explicit tls_session(SSL* ssl) noexcept : ssl_(ssl) {
    // nop
  }

  tls_session(const tls_session&) = delete;
  tls_session& operator=(const tls_session&) = delete;
  ~tls_session();

  /// Goes on with the handshake. After `ok` the peer is who it should be:
  /// chain, host and freshness are checked here.
  result handshake();

  /// Takes ciphertext from the peer.
  result put(std::span<const char> ciphertext);

  /// Decrypts into `to`; `size` tells how much came, also beside `more`.
  result read(std::span<char> to, size_t& size);

  /// Encrypts all of `plaintext`.
  result write(std::string_view plaintext);

  /// Moves the ciphertext for the peer to the end of `to`; returns how much.
  size_t take(std::string& to);

  /// Returns whether nothing of the peer's bytes is left inside.
  bool is_empty() const noexcept;

  /// Why the last step was `broken`: `tls_untrusted` or `tls_failed`.
  const failure& why() const noexcept {
    return why_;
  }

private:
  result verdict(int returned);
  result check_peer();
  result fail(errc code, const char* detail);

  SSL* ssl_;
  failure why_;
};

} // namespace byollm::net
