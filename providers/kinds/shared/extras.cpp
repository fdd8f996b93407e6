// SPDX-License-Identifier: Apache-2.0
#include "providers/kinds/shared/extras.hpp"

#include "providers/json/members.hpp"
#include "providers/json/text.hpp"
#include "providers/kinds/shared/encoding.hpp"

#include <algorithm>

namespace byollm::kinds {

namespace {

bool is_of_trace(std::string_view name) noexcept {
  return name == "traceparent" || name == "tracestate";
}

bool is_allowed_header(std::string_view name) noexcept {
  return name.starts_with("anthropic-") || name.starts_with("openai-");
}

const dialect_extra* extra_of(const create_message_request& request,
                              std::string_view dialect) noexcept {
  return request.extra && request.extra->dialect == dialect ? &*request.extra
                                                            : nullptr;
}

bool is_plain(std::string_view text, std::string_view also) noexcept {
  return std::ranges::all_of(text, [&](char c) {
    return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9')
           || also.find(c) != also.npos;
  });
}

bool is_header_value(std::string_view text) noexcept {
  return !text.empty() && text.size() <= 1'024
         && std::ranges::all_of(text,
                                [](char c) { return c >= ' ' && c < 0x7f; });
}

} // namespace

status append_extra(json::writer& to, const encode_input& in,
                    std::string_view dialect,
                    std::span<const std::string_view> ours) {
  auto extra = extra_of(in.request, dialect);
  if (!extra || extra->fields_json.empty() || !in.takes_extra)
    return unit{};
  auto members = json::members_of(extra->fields_json);
  if (!members)
    return invalid_request("extra", "the extra fields are no JSON object");
  for (const auto& [name, value] : *members) {
    // Names with escapes could be ours in other letters.
    if (name.empty() || name.find('\\') != name.npos)
      return invalid_request("extra", "an extra field has no plain name");
    if (std::ranges::find(ours, name) != ours.end())
      return invalid_request("extra", "the field " + std::string{name}
                                        + " has a place of its own");
    to.key(name).checked(value);
  }
  return unit{};
}

status add_headers(wire_request& to, const encode_input& in,
                   std::string_view dialect) {
  const auto& extra = in.request.extra;
  if (!extra)
    return unit{};
  auto takes_them = in.takes_extra && extra->dialect == dialect;
  for (const auto& [name, value] : extra->headers) {
    // The trace is the transport's.
    if (is_of_trace(name))
      continue;
    if (!is_allowed_header(name) || !is_plain(name, "-")
        || !is_header_value(value))
      return invalid_request("extra", "a header that is not passed on");
    if (!takes_them)
      continue;
    std::erase_if(to.headers, [&name = name](const wire_header& x) {
      return x.name == name;
    });
    to.headers.push_back({name, value});
  }
  return unit{};
}

} // namespace byollm::kinds
