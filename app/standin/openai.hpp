// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "app/standin/dialects.hpp"

namespace byollm::standin::openai {

/// Returns whether the key is one that OpenAI would take; fills the refusal.
bool check_key(const http_request& request, http_answer& refusal);

const char* finish_reason(stop_reason stop) noexcept;

std::string call_id(uint64_t serial);

/// Writes what every chunk of one answer, and the whole answer, start with.
void write_head(const ask& from, uint64_t serial, const char* object,
                json_writer& out);

void write_usage(const answer& what, json_writer& out);

/// Returns one streamed answer, `[DONE]` included.
std::vector<stream_piece> chunks(const ask& from, const answer& what,
                                 uint64_t serial);

} // namespace byollm::standin::openai
