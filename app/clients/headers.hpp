// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "messages/reply.hpp"

#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace byollm::clients {

using header_list = std::vector<std::pair<std::string, std::string>>;

/// What is known of a call before its answer.
struct call_view {
  std::string call = {};
  std::string turn = {};
  std::string provider = {};
  std::string model = {};
  bool is_byollm = false;
};

/// Returns the fields that name a request, under each client's name for it.
header_list id_headers(std::string_view id);

/// Returns who is asked: what a stream's head can tell.
header_list asked_headers(const call_view& of);

/// Returns who answered, with which parameters, and what was lost on the way,
/// `before` the call or in it.
header_list answer_headers(const message_reply& got,
                           const std::vector<loss>& before);

/// Returns what tells a client whether to ask again, and when.
header_list retry_headers(const failure& why, int status);

/// Returns the same as comments of an event stream, which clients skip.
std::string as_comments(const header_list& fields);

} // namespace byollm::clients
