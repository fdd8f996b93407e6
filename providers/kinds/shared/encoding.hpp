// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "providers/dialect.hpp"
#include "providers/json/writer.hpp"

#include <string>
#include <string_view>

namespace byollm::kinds {

template <class... Ts>
struct overloaded : Ts... {
  using Ts::operator()...;
};

template <class... Ts>
overloaded(Ts...) -> overloaded<Ts...>;

failure invalid_request(std::string_view parameter, std::string_view detail);

/// Checks what holds for every dialect: there are messages, each block stands
/// with a role that can say it, images are by value or by URL, a tool choice
/// can be met. Errors: `invalid_request`.
status check_request(const create_message_request& request);

/// Returns the target of `endpoint` ("/messages") below the version: the base
/// URL's own if its path names one ("/v1", "/api/v4", "/v1beta/openai"), else
/// "/v1".
std::string versioned_target(const base_url& url, std::string_view endpoint);

/// Appends a JSON object that the caller gave us as text, `{}` if it is empty.
/// Errors: `invalid_request` if it is none, `limit_exceeded` if it is too deep.
status append_object(json::writer& to, std::string_view text,
                     std::string_view parameter);

/// Appends "tools" in the form that OpenAI began and Ollama took over; nothing
/// if there are none. Errors: as `append_object`.
status append_functions(json::writer& to, const std::vector<tool>& tools);

/// Returns the name under which `model` takes `which` by the traits' rules;
/// `otherwise` without one.
std::string_view wire_name(const provider_traits& traits, parameter which,
                           std::string_view model,
                           std::string_view otherwise) noexcept;

/// Returns the system prompt as one text: its blocks, an empty line between.
std::string system_text(const create_message_request& request);

/// Appends "messages" in that form: the system prompt as the first, then what
/// `append_one(message)`, which returns a status, makes of each.
template <class AppendOne>
status append_messages(json::writer& to, const create_message_request& request,
                       AppendOne append_one) {
  to.key("messages").begin_array();
  if (auto system = system_text(request); !system.empty())
    to.begin_object()
      .member("role", "system")
      .member("content", system)
      .end_object();
  for (auto& message : request.messages)
    if (auto good = append_one(message); !good)
      return good;
  to.end_array();
  return unit{};
}

/// Appends what of `params` has the same name in that form: temperature, top_p,
/// penalties, stop sequences.
void append_sampling(json::writer& to, const parameters& params);

/// Returns the text blocks of `message`, a line feed between them.
std::string joined_text(const chat_message& message);

template <class Block>
bool holds(const chat_message& message) noexcept {
  for (auto& block : message.content)
    if (std::holds_alternative<Block>(block))
      return true;
  return false;
}

/// Returns a request for `target` with an empty body and the headers of a JSON
/// POST.
wire_request json_post(std::string target, bool stream);

/// Returns a GET of JSON.
wire_request json_get(std::string target);

/// Returns `request` if its body is within `limits::request_bytes_max`. Errors:
/// `limit_exceeded`.
expected<wire_request> checked(wire_request request);

/// Returns a guess at the body's size from above for most requests, so that it
/// is allocated once.
size_t body_size_hint(const create_message_request& request) noexcept;

/// Whether `name` starts with one of `prefixes`.
template <class Prefixes>
bool starts_with_any(std::string_view name, const Prefixes& prefixes) noexcept {
  for (std::string_view prefix : prefixes)
    if (name.starts_with(prefix))
      return true;
  return false;
}

} // namespace byollm::kinds
