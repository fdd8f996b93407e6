// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "context.hpp"
#include "handler.hpp"

#include <chrono>
#include <cstdint>
#include <memory>
#include <optional>
#include <stop_token>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace byollm {

/// A tool that an LLM may use; `make_tool` makes one.
struct agent_tool {
  std::string name = {};
  std::string description = {};
  /// JSON Schema of the arguments.
  std::string input_schema_json = {};
  /// Runs it with one JSON object; see `make_tool`.
  std::function<void(std::string arguments_json, std::stop_token stop,
                     answer_fn<std::string> done)>
    use = {};
  /// What is wrong with its description; told by `run`.
  failure problem = {};
};

/// What a tool may return: a text, or whatever else has JSON.
struct make_tool_answer {
  expected<std::string> operator()(std::string text) const {
    return text;
  }

  template <shaped T>
  expected<std::string> operator()(const T& value) const {
    return to_json(value);
  }
};

/// Makes a tool of a schema and a handler of `(std::string arguments_json)`,
/// which checks them itself. Handlers answer as `handle` says, run on a loop
/// thread, must not block, and may run many times at once.
template <class Handler>
agent_tool make_tool(std::string name, std::string description,
                     std::string input_schema_json, Handler handler) {
  agent_tool made{std::move(name), std::move(description),
                  std::move(input_schema_json)};
  made.use = [handler
              = std::move(handler)](std::string arguments, std::stop_token stop,
                                    answer_fn<std::string> done) mutable {
    handle<std::string>(handler, make_tool_answer{}, std::move(stop),
                        std::move(done), std::move(arguments));
  };
  return made;
}

/// Makes a tool whose arguments are checked before it runs.
BYOLLM_API agent_tool make_tool_of(
  std::string name, std::string description, const shape_ptr& params,
  std::function<void(const std::shared_ptr<void>& params, std::stop_token stop,
                     answer_fn<std::string> done)>
    use);

/// Makes a tool of a described struct and a handler of `(Params)`.
template <described Params, class Handler>
agent_tool make_tool(std::string name, std::string description,
                     Handler handler) {
  return make_tool_of(
    std::move(name), std::move(description), shape_of<Params>(),
    [handler = std::move(handler)](const std::shared_ptr<void>& params,
                                   std::stop_token stop,
                                   answer_fn<std::string> done) mutable {
      handle<std::string>(handler, make_tool_answer{}, std::move(stop),
                          std::move(done),
                          std::move(*static_cast<Params*>(params.get())));
    });
}

/// What a loop may use. Looked at between calls: the last may exceed it, but
/// for the time, which ends calls and tools.
struct run_limits {
  uint32_t rounds = 10;
  std::optional<uint64_t> tokens = {};
  /// At most 24 h.
  std::optional<std::chrono::milliseconds> time = {};
  /// On the platform's bill; the user's own LLM costs it 0.
  std::optional<uint64_t> cost_micro = {};
};

struct run_request {
  /// Each call is this, with the conversation so far. Without `id` and `tools`.
  create_message_request request = {};
  std::vector<agent_tool> tools = {};
  run_limits most = {};
  /// Ends the loop, the call and the tools that run with `cancelled`.
  std::stop_token stop = {};
};

/// Why a loop ended.
enum class run_stop : uint8_t {
  finished,  ///< The LLM said all it wanted to.
  rounds,    ///< `run_limits::rounds` calls were made.
  tokens,    ///< `run_limits::tokens` are used up.
  time,      ///< `run_limits::time` is over.
  cost,      ///< `run_limits::cost_micro` is used up.
  uncounted, ///< A limit is set, and nobody told what was used.
  length,    ///< An answer was cut at its own `max_tokens`.
  refused,   ///< The LLM or its provider declined.
  failed,    ///< A call failed, or the loop was cancelled: `run_result::why`.
};

BYOLLM_API std::string_view to_string(run_stop value) noexcept;

/// How a loop ended, and everything that was said in it.
struct run_result {
  run_stop stop = run_stop::finished;
  /// With `run_stop::failed`.
  failure why = {};
  /// The last reply, if there was one.
  std::optional<message_reply> reply = {};
  /// The conversation, to go on with.
  std::vector<chat_message> messages = {};
  uint32_t rounds = 0;
  uint32_t tool_calls = 0;
  /// Of the replies that told theirs.
  uint64_t tokens = 0;
  uint64_t cost_micro = 0;
  /// Whether all replies told.
  bool tokens_known = true;
  bool cost_known = true;

  /// Returns the last reply's text.
  std::string text() const {
    return reply ? reply->text() : std::string{};
  }
};

/// Calls the LLM, runs the tools that it asks for, and again, until it is done
/// or a limit is met. All calls are of the accessor's chat turn. Tools of one
/// reply run side by side and answer in order; one that fails, does not exist
/// or gets arguments that do not fit answers with an error that the LLM sees.
/// Arrives on whatever thread ends the loop, mostly a loop thread; a tool that
/// runs on after the end has nobody to answer. Errors: `invalid_request`; what
/// goes wrong later is in the result.
BYOLLM_API pending<run_result> run(const llm_accessor& llm,
                                   run_request request);

} // namespace byollm
