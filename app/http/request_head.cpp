// SPDX-License-Identifier: Apache-2.0
#include "app/http/request_head.hpp"

#include "app/http/characters.hpp"
#include "app/http/host.hpp"
#include "app/http/target.hpp"

#include <algorithm>
#include <charconv>

namespace byollm::http {

namespace {

// Two of these could mean two things to two readers.
constexpr std::string_view single_fields[] = {"authorization",
                                              "content-encoding",
                                              "content-length",
                                              "content-type",
                                              "cookie",
                                              "expect",
                                              "host",
                                              "idempotency-key",
                                              "origin",
                                              "proxy-connection",
                                              "transfer-encoding",
                                              "x-api-key"};

bool is_repeated(std::string_view name, const header_fields& fields) noexcept {
  for (auto single : single_fields)
    if (same(name, single))
      return fields.has(single);
  return false;
}

refusal take_version(std::string_view version, request_framing& framing) {
  framing.is_http_1_0 = version == "HTTP/1.0";
  if (framing.is_http_1_0 || version == "HTTP/1.1")
    return {};
  if (version.starts_with("HTTP/"))
    return {505, "this server speaks HTTP/1.1"};
  return {400, "the request line is malformed"};
}

// Decimal digits and nothing else; a number that starts with 0 is octal to
// some.
refusal take_length(std::string_view value, request_framing& framing) {
  constexpr refusal malformed{400, "the Content-Length is malformed"};
  if (value.empty() || (value.size() > 1 && value.front() == '0'))
    return malformed;
  auto end = value.data() + value.size();
  auto [stop, error]
    = std::from_chars(value.data(), end, framing.content_length);
  return error != std::errc{} || stop != end ? malformed : refusal{};
}

void take_connection(std::string_view value, request_framing& framing) {
  while (!value.empty()) {
    auto option = value.substr(0, value.find(','));
    framing.closes = framing.closes || same(trim(option), "close");
    value.remove_prefix(std::min(value.size(), option.size() + 1));
  }
}

refusal take_meaning(std::string_view name, std::string_view value,
                     request_framing& framing) {
  if (same(name, "content-length"))
    return take_length(value, framing);
  if (same(name, "connection")) {
    take_connection(value, framing);
  } else if (same(name, "transfer-encoding")) {
    if (!same(value, "chunked"))
      return {501, "the only Transfer-Encoding here is chunked"};
    framing.is_chunked = true;
  } else if (same(name, "expect")) {
    if (!same(value, "100-continue"))
      return {417, "the only expectation here is 100-continue"};
    framing.expects_continue = true;
  } else if (same(name, "host") && !is_host(value)) {
    return {400, "the Host is malformed"};
  }
  return {};
}

} // namespace

refusal take_request_line(std::string_view line, request& out,
                          request_framing& framing) {
  auto first = line.find(' ');
  auto last = line.rfind(' ');
  if (first == std::string_view::npos || first == last)
    return {400, "the request line is malformed"};
  auto method = line.substr(0, first);
  if (!is_token(method))
    return {400, "the method is malformed"};
  if (auto no = take_version(line.substr(last + 1), framing))
    return no;
  out.method = method;
  if (!parse_target(line.substr(first + 1, last - first - 1), out.path,
                    out.query))
    return {400, "the request target is malformed or not a path"};
  return {};
}

refusal take_field_line(std::string_view line, request& out,
                        request_framing& framing) {
  auto colon = line.find(':');
  if (colon == std::string_view::npos || !is_token(line.substr(0, colon)))
    return {400, "a header field's name is malformed"};
  auto name = line.substr(0, colon);
  auto value = trim(line.substr(colon + 1));
  if (!is_field_value(value))
    return {400, "a header field's value is malformed"};
  if (is_repeated(name, out.fields))
    return {400, "a header field that may come once only came twice"};
  if (auto no = take_meaning(name, value, framing))
    return no;
  out.fields.add(name, value);
  return {};
}

refusal finish_head(const request& head, const request_framing& framing) {
  if (!framing.is_http_1_0 && !head.fields.has("host"))
    return {400, "a Host is missing"};
  // Two framings in one request are how requests get smuggled.
  if (framing.is_chunked
      && (framing.is_http_1_0 || head.fields.has("content-length")))
    return {400, "the body's length is ambiguous"};
  return {};
}

} // namespace byollm::http
