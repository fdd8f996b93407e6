// SPDX-License-Identifier: Apache-2.0
#include "app/standin/http_reader.hpp"

#include <algorithm>
#include <charconv>
#include <cstring>

namespace byollm::standin {

namespace {

constexpr std::size_t read_bytes = 16 * 1024;

} // namespace

std::span<char> http_reader::prepare() {
  if (begin_ == end_) {
    begin_ = end_ = 0;
  } else if (begin_ > 0 && buffer_.size() - end_ < read_bytes) {
    std::memmove(buffer_.data(), buffer_.data() + begin_, end_ - begin_);
    end_ -= begin_;
    begin_ = 0;
  }
  // A body of known size gets its room in one step.
  auto wanted = std::max(end_ + read_bytes, begin_ + need_);
  if (buffer_.size() < wanted)
    buffer_.resize(std::max(wanted, buffer_.size() * 3 / 2));
  return {buffer_.data() + end_, buffer_.size() - end_};
}

void http_reader::commit(std::size_t n) noexcept {
  end_ += n;
}

http_reader::step http_reader::next(http_request& out) {
  auto bytes = unread();
  if (bytes.empty() || bytes.size() < need_)
    return step::need_more;
  if (head_ == 0) {
    auto at = bytes.substr(0, head_bytes_max).find("\r\n\r\n");
    if (at == std::string_view::npos)
      return bytes.size() >= head_bytes_max ? fail(431) : step::need_more;
    head_ = at + 4;
    chunk_pos_ = head_;
  }
  out = {};
  if (auto status = parse_head(bytes.substr(0, head_ - 4), out))
    return fail(status);
  return out.chunked ? read_chunked(out) : read_fixed(out);
}

void http_reader::consume() noexcept {
  begin_ += request_;
  need_ = head_ = request_ = chunk_pos_ = 0;
  chunked_body_.clear();
  continued_ = false;
}

http_reader::step http_reader::fail(unsigned status) noexcept {
  error_status_ = status;
  return step::bad;
}

http_reader::step http_reader::wait_for_body(const http_request& out,
                                             std::size_t need) noexcept {
  need_ = need;
  if (!out.expects_continue || continued_)
    return step::need_more;
  continued_ = true;
  return step::send_continue;
}

http_reader::step http_reader::read_fixed(http_request& out) {
  if (out.content_length > body_bytes_max)
    return fail(413);
  request_ = head_ + out.content_length;
  if (unread().size() < request_)
    return wait_for_body(out, request_);
  out.body = unread().substr(head_, out.content_length);
  return step::request;
}

http_reader::step http_reader::read_chunked(http_request& out) {
  auto bytes = unread();
  for (;;) {
    auto line = bytes.substr(chunk_pos_, 20);
    auto end = line.find("\r\n");
    if (end == std::string_view::npos)
      return line.size() == 20 ? fail(400)
                               : wait_for_body(out, bytes.size() + 1);
    std::size_t size = 0;
    auto [stop, error]
      = std::from_chars(line.data(), line.data() + end, size, 16);
    if (error != std::errc{} || stop != line.data() + end)
      return fail(400);
    if (size > body_bytes_max - chunked_body_.size())
      return fail(413);
    auto data = chunk_pos_ + end + 2;
    if (bytes.size() < data + size + 2)
      return wait_for_body(out, data + size + 2);
    // Trailers are refused by the same check.
    if (bytes.substr(data + size, 2) != "\r\n")
      return fail(400);
    chunked_body_.append(bytes, data, size);
    chunk_pos_ = data + size + 2;
    if (size == 0) {
      request_ = chunk_pos_;
      out.body = chunked_body_;
      return step::request;
    }
  }
}

} // namespace byollm::standin
