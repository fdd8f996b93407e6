// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "tests/support/scripted_upstream.hpp"

#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace byollm::test {

/// A scripted upstream on a thread of its own, that answers as Anthropic does.
/// Thread-safe.
class scripted_llm {
public:
  explicit scripted_llm(std::vector<upstream_script> scripts);
  ~scripted_llm();

  scripted_llm(const scripted_llm&) = delete;
  scripted_llm& operator=(const scripted_llm&) = delete;

  std::string url() const;

  /// The bodies of the requests so far.
  std::vector<std::string> asked() const;

  size_t open_connections() const;

private:
  struct impl;
  std::unique_ptr<impl> impl_;
};

/// A connection on which each request gets the next of `bodies` as a 200; the
/// requests after them get nothing.
upstream_script conversation(const std::vector<std::string>& bodies);

/// A text, from 10 tokens to 5.
std::string says(std::string_view text, std::string_view stop = "end_turn");

/// A reply that asks for tools, each a name and its input; their ids are u0,
/// u1, ...
std::string asks(const std::vector<std::pair<std::string, std::string>>& tools);

/// The same reply, stopped at `max_tokens` in the last tool's input.
std::string cut(std::string reply);

/// The same reply without its token counts.
std::string uncounted(std::string reply);

} // namespace byollm::test
