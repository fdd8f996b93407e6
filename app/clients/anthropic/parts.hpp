// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "app/clients/dialect.hpp"
#include "app/clients/members.hpp"
#include "providers/json/writer.hpp"

#include <string>
#include <string_view>
#include <vector>

/// What clients of Anthropic's messages speak.
namespace byollm::clients::anthropic {

/// Reads the body of `POST /v1/messages`, and of `/v1/messages/count_tokens`.
expected<asked_message> read(const source& from);

/// Reads "system" and "messages".
void read_messages(members& in, asked_message& to);

/// Reads a text, or a list of blocks.
std::vector<content_block> read_content(members& in, std::string_view name,
                                        std::vector<loss>& losses);

/// Reads "cache_control".
bool read_mark(members& in, std::vector<loss>& losses);

/// Reads "tools" and "tool_choice".
void read_tools(members& in, asked_message& to);

/// Reads "thinking", "output_config" and "output_format".
void read_output(members& in, asked_message& to);

std::string render(const message_reply& got, const call_facts& facts);

std::unique_ptr<stream_writer> make_stream(const call_facts& facts);

void note_unsaid(const message_reply& got, std::vector<loss>& losses);

told_failure render(const failure& why, std::string_view id);
told_failure render_refusal(int status, std::string_view why,
                            std::string_view id);

std::string render_models(const std::vector<std::string>& names);
std::string render_model(std::string_view name);

/// Answers `POST /v1/messages/count_tokens`.
std::string render_count(const message_reply& got);

// -- of whole answers and streams ---------------------------------------------

/// Appends the members "stop_reason" and "stop_sequence".
void append_stop(json::writer& to, const message_reply& got);

/// Appends the member "usage". Clients insist on numbers: a count that is not
/// known is 0 here.
void append_usage(json::writer& to, const token_usage& usage);

std::string message_id(const call_facts& facts);

} // namespace byollm::clients::anthropic
