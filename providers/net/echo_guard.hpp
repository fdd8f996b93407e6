// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "messages/errors.hpp"
#include "messages/reply.hpp"

#include <array>
#include <cstdint>
#include <string_view>
#include <vector>

namespace byollm::net {

/// Knows what repeats a part of a key, without keeping the key: it has keyed
/// one-way marks of the key's windows of eight bytes (ADR 0020). For the few
/// texts of a provider that go further than its answer's content: ids, codes,
/// names.
class echo_guard {
public:
  static constexpr size_t window_bytes = 8;

  echo_guard() = default;
  echo_guard(const echo_guard&) = delete;
  echo_guard& operator=(const echo_guard&) = delete;
  ~echo_guard();

  /// Forgets what it knew and learns `key`. A shorter key than a window is no
  /// secret that could be guarded.
  void learn(std::string_view key);

  /// Returns whether a window of the key is in `text`, as it is or in base64
  /// (both alphabets), hex or percent form.
  bool repeats(std::string_view text) const noexcept;

  /// Takes out of `why` and `reply` what repeats the key. Returns whether the
  /// content itself does where no words belong: in a tool's id or name; then
  /// the content is gone, too.
  bool strike(failure& why, message_reply& reply) const;

private:
  size_t place_of(uint32_t mark) const noexcept;
  bool is_known(const char* window) const noexcept;
  void forget() noexcept;

  /// A table by open addressing; 0 is an empty place.
  std::vector<uint32_t> marks_;
};

} // namespace byollm::net
