// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "messages/chat.hpp"
#include "messages/embeddings.hpp"
#include "messages/loss.hpp"

#include <string>
#include <vector>

namespace byollm::test {

/// A call that an official client makes on record, by our own types.
struct client_call {
  /// As in the record: "CLIENT: FEATURE".
  std::string name;
  /// "anthropic", "openai", "local-ollama".
  std::string dialect;
  std::string model = "m";
  create_message_request request = {};
  parameters params = {};
  bool stream = false;
  call_kind what = call_kind::message;
  /// With `call_kind::embeddings`.
  embedding_input texts = {};
  /// What of ours the client has no words for.
  std::vector<lost> losses = {};
};

/// Every one.
std::vector<client_call> all_calls();

} // namespace byollm::test
