// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "app/clients/dialect.hpp"

#include <string>
#include <utility>
#include <vector>

namespace byollm::clients {

using header_list = std::vector<std::pair<std::string, std::string>>;

/// Reads `body` as the service does.
expected<asked_message> read(const dialect& as, const std::string& body,
                             const header_list& headers = {});

/// Returns "PLACE: words" of why a body is refused; "" if it is not.
std::string refusal(const dialect& as, const std::string& body);

/// Returns the names of what was lost, a space after each.
std::string lost_in(const asked_message& asked);

/// Runs `use` with the parsed body.
template <class Use>
auto with_source(const std::string& body, const header_list& headers, Use use) {
  rapidjson::Document parsed;
  parsed.Parse(body.c_str());
  http::header_fields fields;
  for (const auto& [name, value] : headers)
    fields.add(name, value);
  return use(source{parsed, body, fields});
}

/// An answer with one block of each kind that both dialects show.
message_reply sample_reply();

/// The pieces in which it came.
std::vector<delta> sample_pieces();

call_facts sample_facts();

} // namespace byollm::clients
