// SPDX-License-Identifier: Apache-2.0
#include "app/http/response_head.hpp"

#include "app/http/characters.hpp"

#include <algorithm>
#include <array>
#include <charconv>

namespace byollm::http {

namespace {

struct status_words {
  int status;
  std::string_view reason;
};

constexpr status_words known[] = {{200, "OK"},
                                  {201, "Created"},
                                  {202, "Accepted"},
                                  {204, "No Content"},
                                  {304, "Not Modified"},
                                  {400, "Bad Request"},
                                  {401, "Unauthorized"},
                                  {402, "Payment Required"},
                                  {403, "Forbidden"},
                                  {404, "Not Found"},
                                  {405, "Method Not Allowed"},
                                  {408, "Request Timeout"},
                                  {409, "Conflict"},
                                  {413, "Content Too Large"},
                                  {415, "Unsupported Media Type"},
                                  {417, "Expectation Failed"},
                                  {421, "Misdirected Request"},
                                  {422, "Unprocessable Content"},
                                  {429, "Too Many Requests"},
                                  {431, "Request Header Fields Too Large"},
                                  {500, "Internal Server Error"},
                                  {501, "Not Implemented"},
                                  {502, "Bad Gateway"},
                                  {503, "Service Unavailable"},
                                  {504, "Gateway Timeout"},
                                  {505, "HTTP Version Not Supported"}};

// What the server writes itself.
constexpr std::string_view own_fields[]
  = {"cache-control",     "connection", "content-length",
     "content-type",      "keep-alive", "trailer",
     "transfer-encoding", "upgrade",    "x-content-type-options"};

bool is_own(std::string_view name) noexcept {
  return std::any_of(std::begin(own_fields), std::end(own_fields),
                     [&](auto own) { return same(name, own); });
}

std::string_view reason(int status) noexcept {
  auto found = std::find_if(std::begin(known), std::end(known),
                            [&](auto& x) { return x.status == status; });
  return found == std::end(known) ? std::string_view{} : found->reason;
}

void append_number(size_t value, int base, std::string& out) {
  std::array<char, 20> digits;
  auto result
    = std::to_chars(digits.data(), digits.data() + digits.size(), value, base);
  out.append(digits.data(), result.ptr);
}

void append_field(std::string_view name, std::string_view value,
                  std::string& out) {
  out += name;
  out += ": ";
  out += value;
  out += "\r\n";
}

/// Returns the reason in snake_case.
std::string code_of(int status) {
  std::string result{reason(status)};
  for (auto& c : result)
    c = c == ' ' ? '_' : lower(c);
  return result;
}

} // namespace

bool is_sendable(const answer& what) noexcept {
  if (what.status < 200 || what.status > 599
      || !is_field_value(what.content_type))
    return false;
  return std::all_of(what.headers.begin(), what.headers.end(), [](auto& field) {
    return is_token(field.first) && !is_own(field.first)
           && is_field_value(field.second);
  });
}

void append_head(const answer& what, body_form form, bool closes,
                 std::string& out) {
  out += "HTTP/1.1 ";
  append_number(static_cast<size_t>(what.status), 10, out);
  out += ' ';
  out += reason(what.status);
  out += "\r\n";
  if (!what.content_type.empty() && form != body_form::none)
    append_field("Content-Type", what.content_type, out);
  for (auto& [name, value] : what.headers)
    append_field(name, value, out);
  out += "Cache-Control: no-store\r\nX-Content-Type-Options: nosniff\r\n";
  if (closes)
    out += "Connection: close\r\n";
  if (form == body_form::length) {
    out += "Content-Length: ";
    append_number(what.body.size(), 10, out);
    out += "\r\n";
  } else if (form == body_form::chunked) {
    out += "Transfer-Encoding: chunked\r\n";
  }
  out += "\r\n";
}

void append_chunk_size(size_t size, std::string& out) {
  append_number(size, 16, out);
  out += "\r\n";
}

answer default_error(int status, std::string_view why) {
  answer made{status};
  made.body = R"({"error":{"code":")" + code_of(status) + R"(","message":")";
  made.body += why;
  made.body += R"("}})";
  return made;
}

} // namespace byollm::http
