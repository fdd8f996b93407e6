// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "chat.hpp"
#include "embeddings.hpp"
#include "ids.hpp"
#include "loss.hpp"

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace byollm {

/// Token counts as the provider reported them, normalised: no token is counted
/// in two fields except `reasoning`, which is part of `output`. A count that is
/// not known is empty; that is not zero.
struct token_usage {
  enum class source : uint8_t { none, provider, estimated };
  source from = source::none;
  std::optional<uint64_t> input_uncached = {};
  std::optional<uint64_t> cache_read = {};
  std::optional<uint64_t> cache_write = {};
  std::optional<uint64_t> output = {};
  std::optional<uint64_t> reasoning = {};

  bool operator==(const token_usage&) const = default;
};

enum class stop_reason : uint8_t {
  unknown = 0,
  end_turn = 1,
  max_tokens = 2,
  stop_sequence = 3,
  tool_use = 4,
  refusal = 5, ///< The provider's content filter or the model itself declined.
  pause = 6,   ///< The provider paused a long turn; send it back to go on.
};

/// Who pays.
enum class billing_class : uint8_t {
  byollm = 1,   ///< The user's own key: costs 0.
  platform = 2, ///< The platform's key: priced.
};

BYOLLM_API std::string_view to_string(token_usage::source value) noexcept;
BYOLLM_API std::string_view to_string(stop_reason value) noexcept;
BYOLLM_API std::string_view to_string(billing_class value) noexcept;

/// A piece of an answer as it arrives. Pieces of one block have one `index`.
struct delta {
  enum class kind : uint8_t {
    text,       ///< `text` continues a text block.
    thinking,   ///< `text` continues a thinking block.
    signature,  ///< `text` is (a piece of) a thinking block's signature.
    tool_start, ///< A tool use begins: `tool_id`, `tool_name`.
    tool_input, ///< `text` continues the tool's JSON arguments.
    block,      ///< An opaque block, or an encrypted thought, begins; `text` is
                ///< its JSON so far.
    keep_alive, ///< The provider is still at work; there is nothing to show.
  };
  kind what = kind::text;
  uint32_t index = 0;
  std::string text = {};
  std::string tool_id = {};
  std::string tool_name = {};
};

BYOLLM_API std::string_view to_string(delta::kind value) noexcept;

/// The final reply to `create_message`; its outcome is durable in the ledger.
struct message_reply {
  std::vector<content_block> content = {};
  token_usage usage = {};
  stop_reason stop = stop_reason::unknown;
  std::string provider = {};
  /// The model that answered, as the provider named it.
  std::string model = {};
  /// Whether the user's own LLM answered.
  bool is_byollm = false;
  billing_class billing = billing_class::platform;
  /// What the answering attempt is billed, in micro-units of the platform's
  /// currency: 0 on the user's own key; empty if a price or a count is missing.
  std::optional<uint64_t> cost_micro = {};
  std::vector<provenance> params = {};
  std::string call = {};
  std::string turn = {};
  /// How many attempts were made; each has a ledger row.
  uint32_t attempts = 1;
  /// The provider that failed before this one answered; empty if none did.
  std::string fallback_from = {};
  std::string provider_request_id = {};
  /// With `call_kind::models`, the names of the models; otherwise empty.
  std::vector<std::string> models = {};
  /// With `call_kind::embeddings`, a vector for each text, in their order.
  std::vector<embedding> vectors = {};
  /// With `call_kind::count`, how many tokens the request has.
  std::optional<uint64_t> counted_tokens = {};
  /// What of the request, or of the answer, did not get through.
  std::vector<loss> losses = {};
  /// Which of the stop sequences the answer ended at; empty if it ended
  /// otherwise, or at a provider that does not tell.
  std::string stop_sequence = {};

  /// Returns all text blocks, joined.
  BYOLLM_API std::string text() const;
};

} // namespace byollm
