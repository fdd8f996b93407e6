// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "app/run.hpp"

#include <functional>
#include <memory>
#include <mutex>
#include <stop_token>
#include <string>
#include <vector>

namespace byollm {

/// The tools that one reply asks for, side by side, limits::tools_at_a_time of
/// them. Thread-safe.
class tool_round : public std::enable_shared_from_this<tool_round> {
public:
  /// Told once: an answer for each use, in their order.
  using done_fn = std::function<void(std::vector<content_block>)>;

  /// `known` outlives what runs: it is shared.
  tool_round(std::shared_ptr<const std::vector<agent_tool>> known,
             std::vector<tool_use_block> uses, std::stop_token stop,
             done_fn done);

  /// Starts as many as may run. Not told once `stop` was asked for.
  void start();

private:
  void use(size_t index);
  void answered(size_t index, const expected<std::string>& answer);

  const std::shared_ptr<const std::vector<agent_tool>> known_;
  const std::vector<tool_use_block> uses_;
  const std::stop_token stop_;
  const done_fn done_;

  std::mutex mutex_;
  std::vector<content_block> answers_;
  size_t next_ = 0;
  size_t running_ = 0;
  size_t left_;
  /// Somebody starts tools and looks for room by himself: a tool that answers
  /// at once does not start the next from inside.
  bool starts_ = false;
};

} // namespace byollm
