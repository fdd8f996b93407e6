// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "app/clients/dialect.hpp"
#include "app/clients/members.hpp"
#include "messages/embeddings.hpp"
#include "providers/json/writer.hpp"

#include <string>
#include <string_view>
#include <vector>

/// What clients of OpenAI's chat completions speak.
namespace byollm::clients::openai {

/// Reads the body of `POST /v1/chat/completions`.
expected<asked_message> read(const source& from);

/// Reads "messages", the system prompt among them.
void read_messages(members& in, asked_message& to);

std::string render(const message_reply& got, const call_facts& facts);

std::unique_ptr<stream_writer> make_stream(const call_facts& facts);

void note_unsaid(const message_reply& got, std::vector<loss>& losses);

told_failure render(const failure& why, std::string_view id);
told_failure render_refusal(int status, std::string_view why);

/// Returns the `error` member's object alone, for streams.
std::string error_json(const failure& why);

std::string render_models(const std::vector<std::string>& names);
std::string render_model(std::string_view name);

/// What `POST /v1/embeddings` asks.
struct asked_vectors {
  embed_request request = {};
  std::vector<loss> losses = {};
};

/// Reads the body of `POST /v1/embeddings`.
expected<asked_vectors> read_vectors(const source& from);

std::string render_vectors(const message_reply& got, bool in_base64);

// -- of whole answers and streams ---------------------------------------------

std::string_view finish_reason(stop_reason stop) noexcept;

/// Appends the member "usage"; nothing if a count is not known.
void append_usage(json::writer& to, const token_usage& usage);

/// Appends `id`, `object`, `created` and `model`.
void append_head(json::writer& to, std::string_view object,
                 const call_facts& facts, std::string_view model);

} // namespace byollm::clients::openai
