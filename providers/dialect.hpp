// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "messages/chat.hpp"
#include "messages/embeddings.hpp"
#include "messages/expected.hpp"
#include "messages/origin.hpp"
#include "messages/reply.hpp"
#include "messages/traits.hpp"

#include <map>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace byollm {

struct wire_header {
  std::string name;
  std::string value;
};

enum class http_method : uint8_t { post, get };

/// An HTTP request as a dialect wants it sent. `Host`, `Content-Length`,
/// `Accept-Encoding` and the authentication header are the transport's.
struct wire_request {
  /// The request target, base URL's path included: "/v1/messages".
  std::string target;
  std::vector<wire_header> headers;
  std::string body;
  /// A GET has no body.
  http_method method = http_method::post;
  /// What of the request has no place in this dialect.
  std::vector<loss> losses = {};
};

/// How a dialect carries the key: header name and what stands before the key.
struct auth_header {
  std::string_view name;
  std::string_view prefix;
};

/// What a dialect needs to encode a call.
struct encode_input {
  const base_url& url;
  const std::string& model;
  const create_message_request& request;
  /// The effective parameters; those inside `request` are not looked at.
  const parameters& params;
  bool stream = false;
  /// Whether the caller's own fields go out: who pays is who says them.
  bool takes_extra = true;
};

/// What a dialect needs to encode an embeddings call.
struct embed_input {
  const base_url& url;
  const std::string& model;
  const embedding_input& input;
  /// As in `create_message_request`.
  const std::map<std::string, std::string>& metadata;
};

/// The head of an HTTP answer. Field names are lower-case.
struct response_head {
  unsigned status = 0;
  std::span<const wire_header> fields = {};

  /// Returns the first field called `name` (lower-case), or "".
  std::string_view field(std::string_view name) const noexcept;
};

/// Turns one answer's bytes into deltas and a reply. Sans-I/O, never throws.
class answer_decoder {
public:
  virtual ~answer_decoder() = default;

  /// Takes the final (not 1xx) response head. A status other than 200 is not an
  /// error here: its body is fed next, and `finish` tells.
  virtual status begin(const response_head& head) = 0;

  /// Takes the next body bytes, however they are split, and appends what they
  /// mean to `out`. A failure ends the answer: protocol, limits, or the
  /// provider's own error inside the stream.
  virtual status feed(std::string_view bytes, std::vector<delta>& out) = 0;

  /// Returns whether the dialect's end marker was seen; what follows is
  /// ignored.
  virtual bool ended() const noexcept = 0;

  /// Takes the proper end of the HTTP body and returns the verdict:
  /// `errc::none` with a whole reply, or why not (`truncated` if the end marker
  /// is missing).
  virtual failure finish() = 0;

  /// What was decoded so far (whole after a good `finish`). `provider` is set
  /// by the caller, content, usage, stop, model, provider_request_id by us.
  virtual message_reply& reply() noexcept = 0;
};

/// One provider's wire format. Stateless; shared by all threads.
class dialect {
public:
  virtual ~dialect() = default;

  virtual const provider_traits& traits() const noexcept = 0;

  virtual auth_header auth() const noexcept = 0;

  /// Errors: `invalid_request` naming what this dialect cannot carry.
  virtual expected<wire_request> encode(const encode_input& in) const = 0;

  /// Returns a decoder for one answer; `stream` as in the request.
  virtual std::unique_ptr<answer_decoder> decoder(bool stream) const = 0;

  /// Returns the request for the models that a key may use.
  virtual wire_request encode_models(const base_url& url) const = 0;

  /// Returns a decoder for its answer: the names end in `reply().models`.
  virtual std::unique_ptr<answer_decoder> models_decoder() const = 0;

  /// Returns the request that counts the tokens of `in`, whose parameters are
  /// not looked at. Errors: `unsupported`, unless the traits say that the
  /// provider counts; as `encode`.
  virtual expected<wire_request> encode_count(const encode_input& in) const;

  /// Returns a decoder for its answer: the count ends in
  /// `reply().counted_tokens`. Only after `encode_count` had a request.
  virtual std::unique_ptr<answer_decoder> count_decoder() const;

  /// Returns the request for vectors. Errors: `unsupported`, unless the traits
  /// say that the provider makes some; `limit_exceeded`.
  virtual expected<wire_request> encode_embeddings(const embed_input& in) const;

  /// Returns a decoder for its answer: the vectors end in `reply().vectors`.
  /// Only after `encode_embeddings` had a request.
  virtual std::unique_ptr<answer_decoder>
  embeddings_decoder(const embedding_input& asked) const;
};

} // namespace byollm
