// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "messages/expected.hpp"
#include "messages/llm_test.hpp"
#include "messages/reply.hpp"

#include <array>
#include <optional>
#include <string>

namespace byollm {

/// What the requests of a test brought; nothing where one was not made.
struct test_evidence {
  using answer = std::optional<expected<message_reply>>;

  bool is_https = true;
  /// A key goes out with each request.
  bool has_key = true;
  std::string model = {};
  answer listed = {};    ///< The list of models.
  answer answered = {};  ///< A message with a bound of a token or few.
  answer used_tool = {}; ///< A message that asks for a tool call.
};

/// How far a failed request came.
enum class test_way : uint8_t { settings, address, tls, provider };

test_way way_of(const failure& why) noexcept;

/// Makes a host that does not resolve and one that may not be asked read alike:
/// nobody learns so which private names and addresses there are.
failure without_map(failure why);

/// Returns whether `why` is about this runtime, not about the LLM: then there
/// is no verdict.
bool is_ours(const failure& why) noexcept;

/// Says what `seen` proves about each stage. Pure: every rule of a verdict is
/// here.
std::array<stage_result, test_stage_count> judge(const test_evidence& seen);

} // namespace byollm
