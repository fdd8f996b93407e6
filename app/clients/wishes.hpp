// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "app/clients/dialect.hpp"
#include "app/clients/members.hpp"

#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace byollm::clients {

// What the bodies of both dialects have in common.

/// Names that mean whoever answers the user.
bool is_anyone(std::string_view model) noexcept;

/// Reads the member "model"; nothing for whoever answers.
std::optional<std::string> read_model(members& in);

/// Returns what the header `x-byollm-purpose` says, else `in_body`.
std::string purpose_of(const source& from, std::string in_body);

/// Returns the headers that go on to a provider of `dialect`.
std::map<std::string, std::string> headers_of(const http::header_fields& fields,
                                              std::string_view dialect);

/// Puts together what only `dialect` knows of the body: the members that nobody
/// asked `in` for, as they stand in `from.text`, then `more`, which are members
/// of an object ("\"a\":1"). Says what is wrong to `in`.
void read_extra(members& in, const source& from, std::string_view dialect,
                std::string more, create_message_request& to);

/// Adds that `what` was lost; each kind and reason once, and of each kind up to
/// `limits::losses_of_kind_max`: a body of many small blocks has a reason for
/// each.
void note(std::vector<loss>& losses, lost what, std::string why);

/// Notes the first member of `in` that nobody asked for.
void note_rest(const members& in, std::vector<loss>& losses);

/// Checks the parameters' ranges; `in` hears of it under the client's own name
/// for stop sequences.
void check_params(members& in, const parameters& params,
                  std::string_view stop_name);

/// Moves texts that came as system messages to where they belong.
void set_system(std::vector<text_block> blocks, create_message_request& to);

/// Returns the elements of "messages", or null after saying what is wrong.
const rapidjson::Value* messages_of(members& in);

/// Returns `value` as JSON text.
std::string json_of(const rapidjson::Value& value);

} // namespace byollm::clients
