// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "app/byollm.hpp"

#include <filesystem>
#include <memory>
#include <string>
#include <vector>

namespace byollm::test {

struct dialect_case {
  std::string provider;
  bool stream;
};

/// The three dialects, streaming and not.
std::vector<dialect_case> every_dialect();

/// A runtime whose users ada-PROVIDER have aimock as their own LLM.
struct aimock_host {
  aimock_host();
  ~aimock_host();

  struct heard {
    expected<message_reply> reply = failure{};
    std::string streamed;
    int pieces = 0;
  };

  context turn_of(const std::string& provider);

  heard ask(const dialect_case& with, create_message_request request);

  /// Fails the test unless there is a reply.
  message_reply answer(const dialect_case& with,
                       create_message_request request);

  std::filesystem::path directory;
  std::unique_ptr<runtime> rt;
};

create_message_request say(const std::string& text);

/// A question about the weather, and a tool that tells it.
create_message_request ask_weather(const std::string& text);

/// The calls in an answer, in their order.
std::vector<tool_use_block> calls_in(const message_reply& reply);

} // namespace byollm::test
