// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "app/byollm.hpp"

#include <string>
#include <vector>

namespace byollm::demo {

/// One turn of the demo: who says what, with which wishes.
struct scene {
  std::string title = {};
  std::string user = {};
  create_message_request request = {};
};

/// Returns the demo's turns.
std::vector<scene> make_scenes();

/// Returns a request with one message.
create_message_request say(std::string text);

/// Runs `request` in a chat turn of `user` and prints the answer as it arrives.
/// Returns the turn's id, whose ledger rows tell the rest. Blocks.
expected<std::string> play(const runtime& rt, const std::string& user,
                           create_message_request request,
                           message_reply* reply = nullptr);

} // namespace byollm::demo
