// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <rapidjson/document.h>

#include <string>
#include <string_view>
#include <vector>

namespace byollm::test {

/// What the official clients sent and understood: recorded.json, which
/// tests/e2e/aimock/requests.mjs writes and `./test` compares with them.
const rapidjson::Document& record();

/// Answers that are no fixture of a message: other_answers.json.
const rapidjson::Document& other_answers();

std::string text_of(const rapidjson::Value& value);

/// A place where what a client had differs from what we have.
struct difference {
  std::string at; ///< A JSON pointer.
  /// As JSON; "absent" where there is none.
  std::string theirs;
  std::string ours;
};

/// Returns every place where two JSON values differ: the lowest, and none that
/// differs by the order of members alone.
std::vector<difference> differences(const rapidjson::Value& theirs,
                                    const rapidjson::Value& ours);

} // namespace byollm::test
