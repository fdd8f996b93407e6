// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "app/http/header_fields.hpp"
#include "messages/chat.hpp"
#include "messages/expected.hpp"
#include "messages/reply.hpp"

#include <rapidjson/document.h>

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

/// The official clients' own dialects, from their bytes to our words and back.
/// Knows no runtime and no socket.
namespace byollm::clients {

/// A request as it came.
struct source {
  /// An object.
  const rapidjson::Value& body;
  /// The same as bytes: JSON, within the limits of json::check.
  std::string_view text;
  const http::header_fields& fields;
};

/// What a client asks, in our own words.
struct asked_message {
  create_message_request request = {};
  bool stream = false;
  /// OpenAI's: a stream tells its usage only to who asks.
  bool include_usage = false;
  /// What of it has no place in our words.
  std::vector<loss> losses = {};
};

/// What an answer tells beside what the LLM said.
struct call_facts {
  std::string call = {};
  /// As far as it is known before the answer.
  std::string model = {};
  int64_t created_unix_s = 0;
  bool include_usage = false;
};

/// Writes one streamed answer as events. Each returns bytes to send, perhaps
/// none; after `end` or `fail` nothing follows. One thread at a time.
class stream_writer {
public:
  virtual ~stream_writer() = default;

  virtual std::string piece(const delta& what) = 0;

  virtual std::string end(const message_reply& got) = 0;

  /// Both clients take a clean end for success, so a failure must be said.
  virtual std::string fail(const failure& why) = 0;
};

/// A failure as a client knows it.
struct told_failure {
  int status = 500;
  std::string body = {};
};

/// What a client speaks. Stateless; thread-safe.
class dialect {
public:
  virtual ~dialect() = default;

  /// Reads a request for an answer. Members that only the dialect has go to
  /// `dialect_extra`, byte for byte. Errors: `invalid_request`,
  /// `limit_exceeded`, `unsupported`, naming the member.
  virtual expected<asked_message> read(const source& from) const = 0;

  virtual std::string render(const message_reply& got,
                             const call_facts& facts) const = 0;

  virtual std::unique_ptr<stream_writer>
  stream(const call_facts& facts) const = 0;

  /// Notes what of an answer, whole or streamed, its client cannot be told.
  virtual void note_unsaid(const message_reply& got,
                           std::vector<loss>& losses) const = 0;

  /// `id` is what a person asks us about.
  virtual told_failure render(const failure& why,
                              std::string_view id) const = 0;

  /// Renders what the HTTP server refused: with its status.
  virtual told_failure render_refusal(int status, std::string_view why,
                                      std::string_view id) const = 0;

  virtual std::string
  render_models(const std::vector<std::string>& names) const = 0;

  virtual std::string render_model(std::string_view name) const = 0;
};

const dialect& openai_dialect() noexcept;
const dialect& anthropic_dialect() noexcept;

} // namespace byollm::clients
