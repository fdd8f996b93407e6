// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "providers/net/response_framer.hpp"

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <tuple>
#include <vector>

namespace byollm::test {

/// What a framer found.
struct collected final : net::framing_events {
  status on_head(const response_head& head,
                 std::optional<uint64_t> declared) override {
    ++heads;
    code = head.status;
    length = declared;
    fields.assign(head.fields.begin(), head.fields.end());
    return unit{};
  }

  status on_body(std::string_view piece) override {
    body += piece;
    return unit{};
  }

  size_t heads = 0;
  unsigned code = 0;
  std::optional<uint64_t> length;
  std::vector<wire_header> fields;
  std::string body;
};

/// What came of a connection's bytes.
struct framed {
  collected seen;
  errc code = errc::none;
  size_t used = 0;
  bool is_done = false;
  bool keeps_alive = false;

  // Where in the bytes a failure was found may differ, not what it was.
  auto verdict() const {
    auto ok = code == errc::none;
    return std::tuple{code, ok ? seen.body : "", ok ? used : 0, is_done,
                      keeps_alive};
  }
};

/// Feeds `bytes` in pieces that end at `cuts`, as a connection would: what was
/// not used is passed again.
inline framed feed(std::string_view bytes, const std::vector<size_t>& cuts) {
  net::response_framer framer;
  framed got;
  for (auto cut : cuts) {
    if (framer.is_done())
      break;
    auto used = framer.feed(bytes.substr(got.used, cut - got.used), got.seen);
    if (!used) {
      got.code = used.error().code;
      return got;
    }
    got.used += *used;
  }
  got.is_done = framer.is_done();
  got.keeps_alive = got.is_done && framer.keeps_alive();
  return got;
}

inline framed feed_whole(std::string_view bytes) {
  return feed(bytes, {bytes.size()});
}

} // namespace byollm::test
