// SPDX-License-Identifier: Apache-2.0
#include "app/http/request_reader.hpp"

#include "app/http/characters.hpp"

#include "messages/limits.hpp"

#include <algorithm>
#include <charconv>
#include <utility>

namespace byollm::http {

namespace {

constexpr size_t body_step = 64u << 10;
constexpr refusal too_large{413, "the body is too large"};
constexpr refusal bad_chunk{400, "a chunk is malformed"};
// A size of 16 hexadecimal digits and its CRLF.
constexpr size_t size_line_bytes = 18;
// Room for nothing but CR and LF: neither a longer chunk nor a trailer fits.
constexpr size_t line_end_bytes = 2;

} // namespace

request_reader::step request_reader::take(std::string_view& bytes) {
  switch (phase_) {
  case phase::request_line:
  case phase::fields:
    return take_head(bytes);
  case phase::fixed_body:
    return take_fixed(bytes);
  case phase::whole:
    return step::request;
  case phase::broken:
    return step::bad;
  default:
    return take_chunked(bytes);
  }
}

std::span<char> request_reader::room() {
  if (phase_ != phase::fixed_body || missing_ < limits::http_read_buffer_bytes)
    return {};
  auto& body = request_.body;
  auto at = body.size();
  body.resize(at + std::min(missing_, body_step));
  return {body.data() + at, body.size() - at};
}

void request_reader::filled(size_t count) {
  auto& body = request_.body;
  auto lent = std::min(missing_, body_step);
  body.resize(body.size() - lent + count);
  missing_ -= count;
}

request request_reader::take_request() {
  phase_ = phase::request_line;
  framing_ = {};
  has_head_ = false;
  head_bytes_ = 0;
  // A token may have come in two pieces.
  joined_ = {};
  line_ = {};
  return std::exchange(request_, {});
}

request_reader::step request_reader::fail(refusal why) noexcept {
  refusal_ = why;
  phase_ = phase::broken;
  return step::bad;
}

std::optional<std::string_view>
request_reader::take_line(std::string_view& bytes, size_t& left,
                          refusal too_long) {
  auto end = bytes.substr(0, left).find('\n');
  if (end == std::string_view::npos) {
    if (bytes.size() >= left) {
      fail(too_long);
    } else {
      byollm::append(line_, bytes);
      left -= bytes.size();
      bytes = {};
    }
    return std::nullopt;
  }
  auto line = bytes.substr(0, end);
  if (!line_.empty()) {
    byollm::append(line_, line);
    joined_.swap(line_);
    line_.clear();
    line = view(joined_);
  }
  left -= end + 1;
  bytes.remove_prefix(end + 1);
  if (!line.ends_with('\r')) {
    fail({400, "a line does not end with CR and LF"});
    return std::nullopt;
  }
  line.remove_suffix(1);
  return line;
}

// -- head ---------------------------------------------------------------------

request_reader::step request_reader::take_head(std::string_view& bytes) {
  auto left = most_.head_bytes - head_bytes_;
  for (;;) {
    auto line = take_line(bytes, left, {431, "the head is too large"});
    head_bytes_ = most_.head_bytes - left;
    if (!line)
      return refusal_ ? step::bad : step::need_more;
    refusal no;
    if (phase_ == phase::request_line) {
      no = take_request_line(*line, request_, framing_);
      phase_ = phase::fields;
    } else if (line->empty()) {
      return end_head();
    } else if (request_.fields.size() >= most_.head_fields) {
      no = {431, "the head has too many fields"};
    } else {
      no = take_field_line(*line, request_, framing_);
    }
    if (no)
      return fail(no);
  }
}

request_reader::step request_reader::end_head() {
  if (auto no = finish_head(request_, framing_))
    return fail(no);
  has_head_ = true;
  if (framing_.content_length > most_.body_bytes)
    return fail(too_large);
  missing_ = static_cast<size_t>(framing_.content_length);
  if (framing_.is_chunked) {
    extension_left_ = limits::http_chunk_extension_bytes_max;
    missing_ = size_line_bytes + extension_left_;
    phase_ = phase::chunk_size;
  } else {
    phase_ = missing_ > 0 ? phase::fixed_body : phase::whole;
  }
  return step::head;
}

// -- body ---------------------------------------------------------------------

void request_reader::append(std::string_view& bytes) {
  auto taken = bytes.substr(0, missing_);
  byollm::append(request_.body, taken);
  missing_ -= taken.size();
  bytes.remove_prefix(taken.size());
}

request_reader::step request_reader::take_fixed(std::string_view& bytes) {
  append(bytes);
  if (missing_ > 0)
    return step::need_more;
  phase_ = phase::whole;
  return step::request;
}

request_reader::step request_reader::take_chunked(std::string_view& bytes) {
  for (;;) {
    if (phase_ == phase::chunk_data) {
      append(bytes);
      if (missing_ > 0)
        return step::need_more;
      phase_ = phase::chunk_end;
      missing_ = line_end_bytes;
    }
    auto line = take_line(bytes, missing_, bad_chunk);
    if (!line)
      return refusal_ ? step::bad : step::need_more;
    if (phase_ == phase::chunk_size) {
      if (take_chunk_size(*line) == step::bad)
        return step::bad;
    } else if (phase_ == phase::last_line) {
      phase_ = phase::whole;
      return step::request;
    } else {
      phase_ = phase::chunk_size;
      missing_ = size_line_bytes + extension_left_;
    }
  }
}

request_reader::step request_reader::take_chunk_size(std::string_view line) {
  auto digits = line.substr(0, line.find_first_of("; \t"));
  auto extension = trim(line.substr(digits.size()));
  uint64_t size = 0;
  auto end = digits.data() + digits.size();
  auto [stop, error] = std::from_chars(digits.data(), end, size, 16);
  if (error != std::errc{} || stop != end || digits.size() > 16
      || !is_field_value(extension)
      || (digits.size() < line.size() && !extension.starts_with(';'))
      || line.size() - digits.size() > extension_left_)
    return fail(bad_chunk);
  extension_left_ -= line.size() - digits.size();
  if (size > most_.body_bytes - request_.body.size())
    return fail(too_large);
  phase_ = size > 0 ? phase::chunk_data : phase::last_line;
  missing_ = size > 0 ? static_cast<size_t>(size) : line_end_bytes;
  return step::need_more;
}

} // namespace byollm::http
