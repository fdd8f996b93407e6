// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "messages/chat.hpp"
#include "messages/embeddings.hpp"
#include "messages/expected.hpp"

#include <rapidjson/document.h>

namespace byollm::service {

/// What `POST /v1/llm/messages` asks.
struct asked_call {
  create_message_request request = {};
  bool stream = false;
};

/// Reads the body of `POST /v1/llm/messages`, parsed and as the `text` that it
/// was, of which extra fields are taken byte for byte. Errors:
/// `invalid_request` and `limit_exceeded`, naming the first member that is
/// wrong or unknown.
expected<asked_call> read_call(const rapidjson::Value& body,
                               std::string_view text);

/// Reads the body of `POST /v1/llm/embeddings`. Errors: the same.
expected<embed_request> read_embed(const rapidjson::Value& body);

/// Returns `value` as JSON text.
std::string text_of(const rapidjson::Value& value);

} // namespace byollm::service
