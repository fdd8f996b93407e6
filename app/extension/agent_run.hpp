// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "app/late_call.hpp"
#include "app/run.hpp"
#include "app/runtime/later.hpp"

#include <functional>
#include <memory>
#include <mutex>
#include <optional>
#include <stop_token>
#include <vector>

namespace byollm {

/// Returns all tokens of a reply; nothing if input or output is not known.
std::optional<uint64_t> tokens_of(const message_reply& reply);

/// Returns the limit that forbids another call, if one does.
std::optional<run_stop> spent(const run_limits& most, const run_result& run);

/// One agentic loop. A call or a round of tools is under way, never both; the
/// alarm and the host's token may end it at any moment.
class agent_run : public std::enable_shared_from_this<agent_run> {
public:
  using done_fn = std::function<void(run_result)>;

  agent_run(llm_accessor llm, run_request asked, done_fn done);

  void start();

private:
  void watch();
  void ask();
  void replied(expected<message_reply> reply);
  void use_tools(std::vector<tool_use_block> uses);
  void used(std::vector<content_block> answers);
  void end(run_stop stop, failure why = {});

  const llm_accessor llm_;
  /// The conversation is in the result.
  create_message_request request_;
  const std::shared_ptr<const std::vector<agent_tool>> tools_;
  const run_limits most_;
  const std::stop_token host_;

  std::mutex mutex_;
  done_fn done_; // empty once it was told
  run_result result_;
  std::shared_ptr<late_call> call_;
  std::shared_ptr<later> alarm_;

  /// What tools hear.
  std::stop_source stop_;
  /// The last member: unhooked before what it calls is gone.
  std::optional<std::stop_callback<std::function<void()>>> on_stop_;
};

} // namespace byollm
