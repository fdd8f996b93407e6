// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "providers/net/response_framer.hpp"

#include <boost/beast/http/basic_parser.hpp>

#include <vector>

namespace byollm::net {

/// The fields of a response head; its strings are reused.
struct field_store {
  std::vector<wire_header> fields;
  size_t used = 0;

  void add(std::string_view name, std::string_view value);
};

/// Beast's parser of one response, interim or final, with the rules that it
/// does not know.
class strict_parser final : public boost::beast::http::basic_parser<false> {
public:
  using error_code = boost::beast::error_code;
  using beast_view = boost::beast::string_view;

  strict_parser(field_store& store, size_t& extension_bytes);

  /// Says where the bytes go that the next `put` finds, and which bytes these
  /// are: a value outside of them was folded.
  void aim(framing_events& to, std::string_view input) noexcept {
    to_ = &to;
    input_ = input;
  }

  /// Why `put` failed, if one of our own rules or `to` was the reason.
  failure& why() noexcept {
    return why_;
  }

  int code() const noexcept {
    return status_;
  }

  bool is_interim() const noexcept {
    return status_ / 100 == 1;
  }

  /// Returns whether the last chunk was seen: what follows are trailers.
  bool is_past_last_chunk() const noexcept {
    return past_last_chunk_;
  }

private:
  using field = boost::beast::http::field;
  using verb = boost::beast::http::verb;

  void on_request_impl(verb, beast_view, beast_view, int, error_code&) override;
  void on_response_impl(int code, beast_view reason, int version,
                        error_code& ec) override;
  void on_field_impl(field name, beast_view name_text, beast_view value,
                     error_code& ec) override;
  void on_header_impl(error_code& ec) override;
  void on_body_init_impl(const boost::optional<uint64_t>& length,
                         error_code& ec) override;
  std::size_t on_body_impl(beast_view body, error_code& ec) override;
  void on_chunk_header_impl(uint64_t size, beast_view extensions,
                            error_code& ec) override;
  std::size_t on_chunk_body_impl(uint64_t remain, beast_view body,
                                 error_code& ec) override;
  void on_finish_impl(error_code& ec) override;

  bool is_folded(beast_view name, beast_view value) const noexcept;
  void check_framing(field name, std::string_view value, error_code& ec);
  void refuse(const char* rule, error_code& ec);
  void stop(failure why, error_code& ec);

  field_store& store_;
  size_t& extension_bytes_;
  framing_events* to_ = nullptr;
  std::string_view input_;
  failure why_;
  int status_ = 0;
  int version_ = 0;
  bool has_length_ = false;
  bool past_last_chunk_ = false;
};

} // namespace byollm::net
