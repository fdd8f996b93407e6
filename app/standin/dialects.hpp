// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "app/standin/answer.hpp"
#include "app/standin/http_reader.hpp"
#include "app/standin/json.hpp"

#include <array>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace byollm::standin {

/// A part of a streamed body; the pause comes before a word.
struct stream_piece {
  std::string bytes;
  bool is_word = false;
};

/// What goes back on the wire: a whole body, or pieces of one.
struct http_answer {
  unsigned status = 200;
  std::string_view content_type = "application/json";
  std::string body;
  /// Streamed chunk by chunk instead of `body`, if not empty.
  std::vector<stream_piece> pieces;
};

constexpr std::string_view event_stream = "text/event-stream; charset=utf-8";
constexpr std::string_view json_lines = "application/x-ndjson";

/// Parses a body of JSON: an object, nested at most 64 deep, valid UTF-8.
bool parse_body(std::string_view body, rapidjson::Document& out);

/// Returns the key that came as `Authorization: Bearer`, or "".
std::string_view bearer(const http_request& request) noexcept;

/// The key that every dialect refuses, for trying out the refusal.
constexpr std::string_view bad_key = "standin-bad";

/// What the lists of models name; every other name answers, too.
constexpr std::array<std::string_view, 2> listed_models
  = {"model-1", "thinks-first"};

/// Seconds since 1970, and the same as "2026-01-31T23:59:59Z".
uint64_t unix_seconds();
std::string utc_time();

/// Cuts compact JSON into the fragments in which tool arguments stream.
std::vector<std::string> split_arguments(std::string_view json);

// -- one function per endpoint; `serial` makes ids unique ---------------------

/// Dresses `said`, an answer to `what`, as the dialect wants it: whole or, if
/// `what` asks for it, streamed.
http_answer openai_render(const ask& what, const answer& said, uint64_t serial);
http_answer anthropic_render(const ask& what, const answer& said,
                             uint64_t serial);
http_answer ollama_render(const ask& what, const answer& said);

http_answer openai_error(unsigned status, std::string_view type,
                         std::string_view code, std::string_view message);
http_answer openai_chat(const http_request& request, uint64_t serial);
http_answer openai_embeddings(const http_request& request);
http_answer openai_models(const http_request& request);

http_answer anthropic_error(unsigned status, std::string_view type,
                            std::string_view message);
http_answer anthropic_messages(const http_request& request, uint64_t serial);
http_answer anthropic_count_tokens(const http_request& request);
http_answer anthropic_models(const http_request& request);

http_answer ollama_error(unsigned status, std::string_view message);
http_answer ollama_chat(const http_request& request);
http_answer ollama_embed(const http_request& request);
http_answer ollama_tags(const http_request& request);

} // namespace byollm::standin
