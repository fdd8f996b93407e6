// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "messages/expected.hpp"
#include "providers/dialect.hpp"

#include <string>
#include <string_view>

namespace byollm::net {

/// The head of one HTTP request, key included: the only place outside the vault
/// where a key's bytes lie, from the redemption until the write has ended.
class request_head {
public:
  request_head() = default;
  request_head(const request_head&) = delete;
  request_head& operator=(const request_head&) = delete;
  ~request_head();

  /// Writes the head of `request`. Every byte is checked here, whatever was
  /// checked before: nothing upstream of this can put a second header or a
  /// second request on the wire. `host` is the `Host` header's value. Errors:
  /// `invalid_request` (target or header), `invalid_key`; no text names a
  /// value.
  status build(const wire_request& request, std::string_view host,
               const auth_header& auth, std::string_view key);

  std::string_view bytes() const noexcept {
    return text_;
  }

  /// Overwrites the bytes; the memory is kept for the next request.
  void wipe() noexcept;

  /// Overwrites the bytes and frees them: an answer may take long.
  void release() noexcept;

private:
  void reserve(size_t size);

  std::string text_;
};

} // namespace byollm::net
