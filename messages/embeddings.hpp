// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "trace.hpp"

#include <chrono>
#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <vector>

namespace byollm {

/// How a provider is asked to write a vector down. Either arrives as numbers;
/// base64 is shorter on the wire where the provider has it.
enum class vector_format : uint8_t { floats, base64 };

/// The texts of one embeddings call, and how their vectors shall be.
struct embedding_input {
  /// 1 to `limits::embedding_texts_max`, none empty.
  std::vector<std::string> texts = {};
  /// Of each vector, 1 to `limits::embedding_dimensions_max`; unset: as the
  /// model has it. A vector of another length is `protocol`, not an answer.
  std::optional<uint32_t> dimensions = {};
  vector_format format = vector_format::floats;
};

/// One `ctx.llm.embed(...)`. It is answered by the LLM that the chat turn is
/// pinned to, with its embedding model, or not at all (`unsupported`).
struct embed_request {
  embedding_input input = {};
  /// Recorded, and subject to the extension's policy. The admin's parameters
  /// of it are reported as dropped: vectors are not sampled.
  std::string purpose = {};
  /// As in `create_message_request`.
  std::map<std::string, std::string> metadata = {};
  std::optional<std::chrono::milliseconds> timeout = {};
  std::optional<std::string> model = {};
  std::string id = {};
  bool id_is_new = false;
  trace_headers trace = {};
};

/// A vector, in the order of its model's dimensions.
using embedding = std::vector<float>;

} // namespace byollm
