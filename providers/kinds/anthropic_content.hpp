// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "messages/chat.hpp"
#include "messages/expected.hpp"
#include "providers/json/writer.hpp"

namespace byollm::kinds {

/// Appends the mark that the prompt shall be cached up to here, if `marked`.
void append_cache_mark(json::writer& to, bool marked);

/// Appends a text block.
void append_text(json::writer& to, const text_block& text);

/// Whether Anthropic takes the block at all: it refuses empty text, and
/// thoughts that it has not signed itself (another provider's).
bool is_carried(const content_block& block) noexcept;

/// Appends a message, without the blocks that Anthropic does not take, or
/// without any thoughts; nothing if nothing is left. Errors: `invalid_request`
/// for a block that holds no JSON.
status append_message(json::writer& to, const chat_message& message,
                      bool with_thoughts);

} // namespace byollm::kinds
