// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "app/cli/options.hpp"
#include "app/cli/request.hpp"

#include <rapidjson/document.h>

#include <functional>

namespace byollm::cli {

/// How an operation ended.
struct outcome {
  bool ok = false;
  /// The result; or the failure, with members `code` and `text`.
  rapidjson::Document value = {};
};

using delta_fn = std::function<void(const rapidjson::Value& piece)>;

/// Runs an operation where the data directory's owner is: in the process that
/// holds it, through its socket; else right here, in a runtime that lives as
/// long as the operation. Blocks; SIGINT cancels.
outcome run(const options& opts, request& what, const delta_fn& on_delta = {});

/// Returns whether some process owns the data directory and answers. Errors:
/// those of the socket.
expected<bool> is_served(const options& opts);

/// Prints a failure to stderr: cause and remedy, or JSON with `--json`. Returns
/// the exit code.
int report(const options& opts, const outcome& failed);
int report(const options& opts, const failure& why);

/// Returns the options of a runtime that a command starts.
runtime_options runtime_of(const options& opts);

} // namespace byollm::cli
