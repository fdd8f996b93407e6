// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "app/standin/dialects.hpp"

namespace byollm::standin::anthropic {

/// Returns whether Anthropic would look at the body: key and version. Fills the
/// refusal.
bool check_head(const http_request& request, http_answer& refusal);

/// Returns what the body says, or fills the refusal.
bool read_ask(const http_request& request, rapidjson::Document& body, ask& out,
              http_answer& refusal);

const char* stop_name(stop_reason stop) noexcept;

std::string tool_use_id(uint64_t serial);

/// Writes the message object's members up to `content`; the object stays open.
void write_head(const ask& from, uint64_t serial, json_writer& out);

void write_stop(const answer& what, json_writer& out);

/// Returns one streamed answer, `message_stop` included.
std::vector<stream_piece> events(const ask& from, const answer& what,
                                 uint64_t serial);

} // namespace byollm::standin::anthropic
