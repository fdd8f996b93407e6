// SPDX-License-Identifier: Apache-2.0
// Feeds answers to decoders in chosen pieces and renders what came out as text,
// so that tests and fuzz targets compare and print whole results.
#pragma once

#include "providers/catalog.hpp"
#include "providers/dialect.hpp"

#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace byollm::test {

/// An HTTP answer as bytes.
struct answer {
  unsigned status = 200;
  std::vector<wire_header> fields;
  std::string body;
};

/// What a decoder made of an answer.
struct result {
  failure why;
  message_reply reply;
  std::vector<delta> deltas;
  bool ended = false;
};

/// Returns the body of the fixture called `name`.
std::string fixture(std::string_view name);

/// Returns a 200 with the media type that `provider` answers with.
answer good_answer(std::string_view provider, bool stream, std::string body);

/// Decodes `what`, its body cut where `cuts` says (ascending offsets).
result decode(std::string_view provider, bool stream, const answer& what,
              std::span<const size_t> cuts = {});

/// Decodes a good answer with `body`.
result decode(std::string_view provider, bool stream, std::string body);

/// Renders everything that `what` says, deltas included.
std::string render(const result& what);

/// Renders content blocks, one a line.
std::string render(const std::vector<content_block>& content);

/// Puts deltas together again, as a user interface would, one block a line;
/// what has no delta (redacted thinking) is missing.
std::string replay(const std::vector<delta>& deltas);

} // namespace byollm::test
