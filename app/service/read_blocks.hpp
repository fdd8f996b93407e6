// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "messages/chat.hpp"
#include "messages/expected.hpp"

#include <rapidjson/document.h>

#include <vector>

namespace byollm::service {

/// Reads a message's content: a text, or a list of blocks. Errors:
/// `invalid_request` with what is wrong, the parameter left to the caller.
expected<std::vector<content_block>> read_content(const rapidjson::Value& from);

} // namespace byollm::service
