// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "messages/expected.hpp"
#include "messages/reply.hpp"

#include <cstdint>
#include <map>
#include <string>
#include <string_view>
#include <vector>

namespace byollm {

/// Assembles a reply from pieces and passes each piece on as a delta. A block
/// is named by its place in `message_reply::content`, which is also the deltas'
/// `index`, until `close` leaves out what was cut. Every method fails with
/// `answer_too_large` above its limit.
class reply_builder {
public:
  using place = uint32_t;

  /// Where deltas go from now on; null: nowhere.
  void deltas_to(std::vector<delta>* out) noexcept {
    out_ = out;
  }

  message_reply& reply() noexcept {
    return reply_;
  }

  // -- opening blocks ---------------------------------------------------------

  /// Opens `block`. Text that it already has is passed on; a tool use must come
  /// without input, an opaque block with a JSON object that `check` accepted.
  expected<place> open(content_block block);

  /// Returns the last block if it is open for the pieces of `kind` (text or
  /// thinking), otherwise opens one.
  expected<place> continued(delta::kind kind);

  // -- filling blocks ---------------------------------------------------------

  /// Appends to the block at `at`; `kind` must suit the block, otherwise
  /// `protocol`.
  status append(place at, delta::kind kind, std::string_view piece);

  /// Appends to the last block if it suits, otherwise opens a new one.
  status append(delta::kind kind, std::string_view piece);

  /// The provider makes whole what it cut: whether the last call is, nobody can
  /// tell by its input.
  void inputs_come_mended() noexcept {
    inputs_come_mended_ = true;
  }

  /// Checks that every tool use has one JSON object as input; an empty input
  /// becomes `{}`. The input of opaque blocks that came in pieces takes its
  /// place in them. A call that was cut when the answer was stopped, at
  /// `max_tokens` or by a filter, is left out, and the loss told. Errors:
  /// `protocol`.
  status close();

  bool has_tool_use() const noexcept {
    return has_tool_use_;
  }

private:
  bool close_call(place at);
  bool is_doubtful(place at) const noexcept;
  void leave_out(const std::vector<place>& cut);
  std::string* input_of(place at) noexcept;
  status take_labels(const tool_use_block& use);
  status grow(size_t bytes);
  void emit(delta piece);

  message_reply reply_;
  std::vector<delta>* out_ = nullptr;
  size_t bytes_ = 0;
  size_t labels_bytes_ = 0; ///< Ids and names of tool calls.
  bool has_tool_use_ = false;
  bool inputs_come_mended_ = false;
  /// The input of opaque blocks as far as it came in pieces.
  std::map<place, std::string> inputs_;
};

} // namespace byollm
