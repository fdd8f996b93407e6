// SPDX-License-Identifier: Apache-2.0
#include "providers/net/strict_parser.hpp"

#include "messages/limits.hpp"

#include <algorithm>
#include <functional>

namespace byollm::net {

namespace {

namespace http = boost::beast::http;

char lower(char c) noexcept {
  return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
}

std::string_view plain(boost::beast::string_view text) noexcept {
  return {text.data(), text.size()};
}

bool is_word(std::string_view value, std::string_view word) noexcept {
  return value.size() == word.size()
         && std::equal(value.begin(), value.end(), word.begin(),
                       [](char x, char y) { return lower(x) == y; });
}

// 18 digits cannot overflow; no answer is that long.
bool is_plain_number(std::string_view value) noexcept {
  return !value.empty() && value.size() <= 18
         && std::all_of(value.begin(), value.end(),
                        [](char c) { return c >= '0' && c <= '9'; });
}

} // namespace

void field_store::add(std::string_view name, std::string_view value) {
  if (used == fields.size())
    fields.emplace_back();
  auto& at = fields[used++];
  at.name.resize(name.size());
  std::transform(name.begin(), name.end(), at.name.begin(), lower);
  at.value.assign(value);
}

strict_parser::strict_parser(field_store& store, size_t& extension_bytes)
    : store_(store), extension_bytes_(extension_bytes) {
  store_.used = 0;
  header_limit(static_cast<std::uint32_t>(limits::http_header_bytes_max));
  // Bodies have a budget of their own, which also counts what is undeclared.
  body_limit(boost::none);
}

void strict_parser::on_request_impl(verb, beast_view, beast_view, int,
                                    error_code&) {
  // nop
}

void strict_parser::on_response_impl(int code, beast_view, int version,
                                     error_code& ec) {
  status_ = code;
  version_ = version;
  if (code < 100 || code > 599)
    refuse("the status code is out of range", ec);
}

void strict_parser::on_field_impl(field name, beast_view name_text,
                                  beast_view value, error_code& ec) {
  // Trailers come after the verdict on everything that they could change.
  if (past_last_chunk_)
    return;
  if (store_.used == limits::http_header_fields_max)
    return refuse("the head has too many fields", ec);
  if (is_folded(name_text, value))
    return refuse("a header field is folded", ec);
  check_framing(name, plain(value), ec);
  if (!ec)
    store_.add(plain(name_text), plain(value));
}

bool strict_parser::is_folded(beast_view name,
                              beast_view value) const noexcept {
  // Beast joins folded lines in a buffer of its own, or skips lines without a
  // value: either way a line ends between name and value.
  auto from = name.data() + name.size();
  auto last = input_.data() + input_.size();
  std::less<> before;
  if (before(value.data(), from) || before(last, value.data()))
    return true;
  return std::find(from, value.data(), '\n') != value.data();
}

void strict_parser::check_framing(field name, std::string_view value,
                                  error_code& ec) {
  switch (name) {
  default:
    break;
  case field::content_length:
    if (has_length_ || !is_plain_number(value))
      refuse("the content length is repeated or malformed", ec);
    has_length_ = true;
    break;
  case field::transfer_encoding:
    if (version_ < 11 || !is_word(value, "chunked"))
      refuse("the transfer encoding is not chunked", ec);
    break;
  case field::content_encoding:
    if (!is_word(value, "identity"))
      refuse("the body is encoded, which was not asked for", ec);
    break;
  }
}

void strict_parser::on_header_impl(error_code& ec) {
  if (status_ == 101)
    return refuse("the server switched protocols", ec);
  if (is_interim())
    return;
  std::optional<uint64_t> length;
  if (auto declared = content_length())
    length = *declared;
  response_head head{static_cast<unsigned>(status_),
                     {store_.fields.data(), store_.used}};
  if (auto ok = to_->on_head(head, length); !ok)
    stop(std::move(ok).error(), ec);
}

void strict_parser::on_body_init_impl(const boost::optional<uint64_t>&,
                                      error_code&) {
  // nop
}

std::size_t strict_parser::on_body_impl(beast_view body, error_code& ec) {
  if (auto ok = to_->on_body(plain(body)); !ok)
    stop(std::move(ok).error(), ec);
  return body.size();
}

void strict_parser::on_chunk_header_impl(uint64_t size, beast_view extensions,
                                         error_code& ec) {
  past_last_chunk_ = size == 0;
  extension_bytes_ += extensions.size();
  if (extension_bytes_ > limits::http_chunk_extension_bytes_max)
    refuse("the chunk extensions are too long", ec);
}

std::size_t strict_parser::on_chunk_body_impl(uint64_t, beast_view body,
                                              error_code& ec) {
  return on_body_impl(body, ec);
}

void strict_parser::on_finish_impl(error_code&) {
  // nop
}

void strict_parser::refuse(const char* rule, error_code& ec) {
  stop(failure{errc::protocol, rule}, ec);
}

void strict_parser::stop(failure why, error_code& ec) {
  why_ = std::move(why);
  ec = http::error::bad_value;
}

} // namespace byollm::net
