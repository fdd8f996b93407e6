// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "api.hpp"

#include <compare>
#include <functional>
#include <optional>
#include <string>
#include <string_view>

namespace byollm {

/// Returns whether `text` is 1-128 bytes of `[A-Za-z0-9._:@-]`, the alphabet of
/// every identity and name in the system.
BYOLLM_API bool is_valid_id(std::string_view text) noexcept;

/// Returns whether `text` may be a model's name: 1 to `limits::model_bytes_max`
/// bytes of visible ASCII, no spaces.
BYOLLM_API bool is_model_name(std::string_view text) noexcept;

/// A checked identity. There is no default value: a missing identity is a
/// compile error or an empty `optional`, never an empty string.
template <class Tag>
class basic_id {
public:
  /// Returns the identity, or nothing if `text` breaks the alphabet's rules.
  static std::optional<basic_id> parse(std::string_view text) {
    if (!is_valid_id(text))
      return std::nullopt;
    return basic_id{std::string{text}};
  }

  const std::string& str() const noexcept {
    return text_;
  }

  friend auto operator<=>(const basic_id&, const basic_id&) = default;

private:
  explicit basic_id(std::string text) : text_(std::move(text)) {
    // nop
  }

  std::string text_;
};

using tenant_id = basic_id<struct tenant_tag>;
using user_id = basic_id<struct user_tag>;
/// An extension of the platform.
using app_id = basic_id<struct app_tag>;
using turn_id = basic_id<struct turn_tag>;
using call_id = basic_id<struct call_tag>;

/// Who acts: a user is always `(tenant, user)`, acting through an extension.
struct identity {
  tenant_id tenant;
  user_id user;
  app_id app;
};

} // namespace byollm

template <class Tag>
struct std::hash<byollm::basic_id<Tag>> {
  size_t operator()(const byollm::basic_id<Tag>& id) const noexcept {
    return std::hash<std::string>{}(id.str());
  }
};
