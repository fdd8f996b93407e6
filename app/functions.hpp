// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "../messages/chat.hpp"
#include "byollm.hpp"
#include "handler.hpp"

#include <chrono>
#include <memory>
#include <optional>
#include <stop_token>
#include <string>
#include <utility>
#include <vector>

namespace byollm {

/// What a function answers: `text` is for the user, `data_json` for programs.
struct function_result {
  /// Whether it worked, as the user sees it; what nobody expects is a failure.
  bool ok = true;
  std::string text = {};
  /// One JSON text; empty for none.
  std::string data_json = {};
};

/// What everybody may know of a function.
struct function_about {
  std::string name = {};
  std::string description = {};
  action_type action = action_type::read;
};

struct function_view {
  function_about about = {};
  /// The JSON Schema of its parameters.
  std::string parameters_json = {};
};

/// Asks for one run of a function, in a chat turn of its own.
struct function_call {
  std::string tenant = {};
  std::string user = {};
  std::string function = {};
  /// One JSON object.
  std::string arguments_json = "{}";
  /// The user confirmed this very turn: destructive functions need that.
  bool confirmed = false;
  turn_source source = turn_source::chat;
  /// Names the turn; empty: we make a UUIDv7.
  std::string turn = {};
  /// Unset: limits::invocation_timeout; at most limits::invocation_timeout_max.
  std::optional<std::chrono::milliseconds> timeout = {};
  /// Ends the run with `cancelled`.
  std::stop_token stop = {};
  /// As in turn_request.
  trace_headers trace = {};
};

struct function_reply {
  function_result result = {};
  /// The same as JSON, as the service tells it: `{"ok", "text", "data"}`.
  std::string json = {};
  std::string turn = {};
  action_type action = action_type::read;
};

/// For functions without parameters.
struct no_parameters {
  friend void describe(fields<no_parameters>&) {
    // nop
  }
};

/// What a function may return beside a `function_result`: a text, which is its
/// text, and whatever else has JSON, which is its data.
struct make_result {
  expected<function_result> operator()(function_result value) const {
    return value;
  }

  expected<function_result> operator()(std::string text) const {
    return function_result{true, std::move(text), {}};
  }

  template <shaped T>
  expected<function_result> operator()(const T& value) const {
    auto json = to_json(value);
    if (!json)
      return failure{errc::handler_failed,
                     "the result has no JSON: " + json.error().detail,
                     "result"};
    return function_result{true, {}, *std::move(json)};
  }
};

/// An extension in the host's own process: a name, and functions that run in
/// chat turns. Copies refer to the same extension. Thread-safe.
class BYOLLM_API extension {
public:
  /// `name`: as in turn_request::extension.
  explicit extension(std::string name);

  const std::string& name() const noexcept;

  /// Registers a function of a described struct. `handler` takes `(context,
  /// Params)` and answers as `handle` and `make_result` say; it runs on a loop
  /// thread, must not block, and may run many times at once. Errors:
  /// `invalid_request`, `limit_exceeded` (limits::functions_per_worker_max).
  template <described Params, class Handler>
  status add(function_about about, Handler handler) {
    auto run = [handler = std::move(handler)](
                 context in, const std::shared_ptr<void>& params,
                 std::stop_token stop,
                 answer_fn<function_result> done) mutable {
      handle<function_result>(handler, make_result{}, std::move(stop),
                              std::move(done), std::move(in),
                              std::move(*static_cast<Params*>(params.get())));
    };
    return add(std::move(about), shape_of<Params>(), std::move(run));
  }

  /// By name.
  std::vector<function_view> functions() const;

  /// Opens a chat turn, checks the arguments, and only then runs the function.
  /// What is refused is in the ledger before it is told. Errors: those of
  /// runtime::open_turn; `not_found`, `validation_rejected` (`parameter` is a
  /// JSON Pointer), `limit_exceeded`, `confirmation_required`; `handler_failed`
  /// whatever goes wrong in it, `parameter` being an exception's type or a
  /// failure's code; `deadline_exceeded`, `cancelled`, `stopping`: then the
  /// handler's token is stopped and the turn's calls are ended; `overloaded`.
  pending<function_reply> run(const runtime& on, function_call call) const;

  struct impl;

private:
  using run_fn
    = std::function<void(context in, const std::shared_ptr<void>& params,
                         std::stop_token stop, answer_fn<function_result>)>;

  status add(function_about about, shape_ptr params, run_fn run);

  std::shared_ptr<impl> impl_;
};

} // namespace byollm
