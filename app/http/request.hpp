// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "app/http/header_fields.hpp"
#include "app/vault/wiped_bytes.hpp"

#include <string>
#include <string_view>

namespace byollm::http {

/// One request, whole.
struct request {
  std::string method = {};
  /// Percent-decoded, without the query. Starts with '/', holds no control
  /// character and no segment "." or "..".
  std::string path = {};
  /// What follows '?', as it came.
  std::string query = {};
  /// May hold a key, whoever it was sent to.
  wiped_bytes body = {};
  header_fields fields = {};
  /// It came by the Unix socket.
  bool is_local = false;

  /// Returns a field's value without the white space around it; empty if there
  /// is none. Of a field that came more than once, the first: those that may
  /// come once only are refused otherwise.
  std::string_view header(std::string_view lower_case_name) const noexcept {
    return fields.find(lower_case_name);
  }
};

} // namespace byollm::http
