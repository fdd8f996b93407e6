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

/// Appends a message, without the blocks that Anthropic does not take; nothing
/// if none is left. Errors: `invalid_request` for a block that holds no JSON.
status append_message(json::writer& to, const chat_message& message);

} // namespace byollm::kinds
