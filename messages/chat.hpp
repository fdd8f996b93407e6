// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "parameters.hpp"
#include "trace.hpp"

#include <chrono>
#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <variant>
#include <vector>

namespace byollm {

// -- content blocks -----------------------------------------------------------

// A superset of what the dialects carry. JSON that we only pass on (tool input,
// schemas) stays text; the dialect checks that it parses.

struct text_block {
  std::string text;
  /// Ask the provider to cache the prompt up to here, where it can.
  bool cache_mark = false;
};

/// An image by value or by reference. A URL is passed on, never fetched by us.
struct image_block {
  std::string media_type; ///< For example "image/png"; empty with a URL.
  std::string data;       ///< Base64; empty with a URL.
  std::string url;
  bool cache_mark = false;
};

struct tool_use_block {
  std::string id;
  std::string name;
  /// The arguments, one JSON object.
  std::string input_json;
};

struct tool_result_block {
  std::string tool_use_id;
  std::string text;
  bool is_error = false;
  bool cache_mark = false;
  /// What the tool showed, after its text.
  std::vector<image_block> images = {};
};

/// What the model thought. Goes back to the provider unchanged.
struct thinking_block {
  std::string text;
  std::string signature;
  /// The provider encrypted the thought; `text` is opaque then.
  bool redacted = false;
};

/// A block of a kind that only one dialect has, such as a search that the
/// provider made by itself. Goes back to that dialect as it stands.
struct opaque_block {
  /// "anthropic", "openai", "local-ollama".
  std::string dialect;
  /// The whole block, one JSON object.
  std::string json;
};

using content_block
  = std::variant<text_block, image_block, tool_use_block, tool_result_block,
                 thinking_block, opaque_block>;

// -- request ------------------------------------------------------------------

enum class role : uint8_t { user, assistant };

struct chat_message {
  role who = role::user;
  std::vector<content_block> content;
};

/// A function that the model may ask to have called.
struct tool {
  std::string name;
  std::string description;
  /// JSON Schema of the arguments.
  std::string input_schema_json;
  /// Ask the provider to cache the tools up to here, where it can.
  bool cache_mark = false;
};

struct tool_choice {
  enum class mode : uint8_t { automatic, any, none, one };
  mode how = mode::automatic;
  /// The tool's name, with `mode::one`.
  std::string name = {};
  /// Ask for no more than one call in an answer.
  bool one_at_a_time = false;
};

/// An answer that is one JSON value which fits a schema.
struct output_format {
  /// JSON Schema; how much of it is taken differs by provider. Empty: any JSON
  /// object.
  std::string schema_json;
  /// 1 to 64 bytes of `[A-Za-z0-9_-]`.
  std::string name = "answer";
  /// OpenAI's: keep to the schema exactly, and refuse one that is outside of
  /// what it can keep to (each property required, no further ones).
  bool strict = false;
};

/// How much a model that can think shall think before it answers.
struct thinking_wish {
  enum class effort : uint8_t { off, low, medium, high };
  effort how = effort::medium;
  /// A bound in tokens, for models that take one instead of an effort.
  std::optional<int64_t> budget_tokens = {};
};

/// What a caller who speaks a dialect adds in that dialect. It goes out byte
/// for byte if that dialect's provider answers with the user's own key;
/// otherwise it is `lost::extra`. (What fields cost, the platform cannot know.)
struct dialect_extra {
  /// "anthropic", "openai", "local-ollama".
  std::string dialect = {};
  /// One JSON object of further members of the body; none that we write.
  std::string fields_json = {};
  /// Further headers: `anthropic-*`, `openai-*`, `traceparent`, `tracestate`.
  std::map<std::string, std::string> headers = {};
};

/// One `ctx.llm.create_message(...)`.
struct create_message_request {
  std::string system = {};
  /// The system prompt in blocks, where its parts have cache marks; instead of
  /// `system`.
  std::vector<text_block> system_blocks = {};
  std::vector<chat_message> messages = {};
  /// The per-call values; what is unset comes from the cascade.
  parameters params = {};
  std::vector<tool> tools = {};
  std::optional<tool_choice> choice = {};
  std::optional<output_format> output = {};
  /// Unset: the provider's own default.
  std::optional<thinking_wish> thinking = {};
  std::optional<int64_t> seed = {};
  std::optional<dialect_extra> extra = {};
  /// Selects the admin's per-purpose parameters; empty for none.
  std::string purpose = {};
  /// Passed on where the dialect has a place for it (`user_id`).
  std::map<std::string, std::string> metadata = {};
  /// Bounds the whole call, retries included; at most
  /// `limits::call_timeout_max`.
  std::optional<std::chrono::milliseconds> timeout = {};
  /// Another model of the provider that answers; only where policy allows it.
  std::optional<std::string> model = {};
  /// Names the call. Empty: we make a UUIDv7. A second call with the same id is
  /// `duplicate_call` or `call_conflict`, never a second request.
  std::string id = {};
  /// The caller made `id` for this call just now, a UUIDv7: whether it was used
  /// before is not looked up.
  bool id_is_new = false;
  /// The trace that this call is part of; goes before one in `extra`.
  trace_headers trace = {};
};

// -- what is asked ------------------------------------------------------------

/// What a call asks of a provider. All kinds take the same way: intent, lease,
/// transport, outcome. The values are bytes in ledger records.
enum class call_kind : uint8_t {
  message = 0,    ///< An answer to messages.
  models = 1,     ///< The list of the models that the key may use.
  embeddings = 2, ///< A vector for each of some texts.
  count = 3,      ///< How many tokens a request has; nothing is generated.
};

// -- chat turn ----------------------------------------------------------------

/// `test`: somebody tests a configuration, or asks for its models.
enum class turn_source : uint8_t { chat, panel, mcp, webhook, test };
enum class action_type : uint8_t { read, write, destructive };

/// What started a chat turn, besides who: recorded with each of its calls.
struct turn_origin {
  turn_source source = turn_source::chat;
  /// The extension's function; empty if the turn is not a function call.
  std::string function = {};
  action_type action = action_type::read;
};

std::string_view to_string(role value) noexcept;
BYOLLM_API std::string_view to_string(thinking_wish::effort value) noexcept;
BYOLLM_API std::string_view to_string(call_kind value) noexcept;
BYOLLM_API std::string_view to_string(turn_source value) noexcept;
BYOLLM_API std::string_view to_string(action_type value) noexcept;

} // namespace byollm
