// SPDX-License-Identifier: Apache-2.0
#include "app/standin/wire.hpp"

#include <array>
#include <charconv>

namespace byollm::standin {

namespace {

std::string_view reason(unsigned status) noexcept {
  switch (status) {
  case 200:
    return "OK";
  case 400:
    return "Bad Request";
  case 401:
    return "Unauthorized";
  case 404:
    return "Not Found";
  case 405:
    return "Method Not Allowed";
  case 413:
    return "Content Too Large";
  case 417:
    return "Expectation Failed";
  case 431:
    return "Request Header Fields Too Large";
  case 505:
    return "HTTP Version Not Supported";
  default:
    return "Error";
  }
}

void append_number(uint64_t value, int base, std::string& out) {
  std::array<char, 20> digits;
  auto result
    = std::to_chars(digits.data(), digits.data() + digits.size(), value, base);
  out.append(digits.data(), result.ptr);
}

} // namespace

void append_head(unsigned status, std::string_view content_type,
                 const std::size_t* length, bool close, uint64_t serial,
                 std::string& out) {
  out += "HTTP/1.1 ";
  append_number(status, 10, out);
  out += ' ';
  out += reason(status);
  out += "\r\nContent-Type: ";
  out += content_type;
  // The OpenAI client reads the first name, the Anthropic client the second.
  for (std::string_view name : {"x-request-id", "request-id"}) {
    out += "\r\n";
    out += name;
    out += ": req_standin_";
    append_number(serial, 10, out);
  }
  if (close)
    out += "\r\nConnection: close";
  if (length) {
    out += "\r\nContent-Length: ";
    append_number(*length, 10, out);
  } else {
    out += "\r\nTransfer-Encoding: chunked";
  }
  out += "\r\n\r\n";
}

void append_chunk(std::string_view bytes, std::string& out) {
  append_number(bytes.size(), 16, out);
  out += "\r\n";
  out += bytes;
  out += "\r\n";
}

} // namespace byollm::standin
