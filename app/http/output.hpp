// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <boost/asio/buffer.hpp>

#include <cstddef>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace byollm::http {

/// What leaves in one gathered write: text of ours, payloads, a tail. Keeps its
/// memory from one answer to the next.
class output {
public:
  std::string text = {};
  std::vector<std::string> payloads = {};
  /// Lives for ever.
  std::string_view tail = {};

  /// Call when all three are as they should leave.
  void seal();

  bool is_empty() const noexcept {
    return first_ == buffers_.size();
  }

  std::span<const boost::asio::const_buffer> left() const noexcept {
    return std::span{buffers_}.subspan(first_);
  }

  /// Drops `count` bytes from the front, and everything with the last one.
  void consume(size_t count);

private:
  void add(std::string_view bytes);

  std::vector<boost::asio::const_buffer> buffers_;
  size_t first_ = 0;
};

} // namespace byollm::http
