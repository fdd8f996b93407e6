// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "app/owner/json.hpp"

#include <string>
#include <vector>

// How tokens are told, whatever they are for: `put_fields` appends one's own
// members.
namespace byollm::owner {

/// Renders a token that was just made, with its secret.
template <class Token, class Put>
std::string render_new(const Token& made, Put put_fields) {
  return json_text([&](json_writer& to) {
    to.StartObject();
    put(to, "token", made.text);
    put_fields(to, made.shown);
    to.EndObject();
  });
}

template <class View, class Put>
std::string render_all(const std::vector<View>& tokens, Put put_fields) {
  return json_text([&](json_writer& to) {
    to.StartArray();
    for (const auto& token : tokens) {
      to.StartObject();
      put_fields(to, token);
      to.EndObject();
    }
    to.EndArray();
  });
}

} // namespace byollm::owner
