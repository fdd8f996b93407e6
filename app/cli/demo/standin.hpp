// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "messages/expected.hpp"

#include <filesystem>
#include <memory>
#include <string>

#include <sys/types.h>

namespace byollm::demo {

/// The stand-in LLM as a child process. It ends with us, however we end: it
/// lives as long as its stdin is open.
class standin {
public:
  /// Starts `program` and waits until it listens. Errors: `unavailable`.
  static expected<std::unique_ptr<standin>>
  start(const std::filesystem::path& program);

  standin(pid_t child, int lifeline) : child_(child), lifeline_(lifeline) {
    // nop
  }

  standin(const standin&) = delete;
  standin& operator=(const standin&) = delete;

  /// Ends the child and waits for it.
  ~standin();

  /// Returns `http://127.0.0.1:PORT`.
  const std::string& url() const noexcept {
    return url_;
  }

private:
  pid_t child_;
  int lifeline_;
  std::string url_ = {};
};

/// Returns where the stand-in is built: beside us.
std::filesystem::path standin_program();

} // namespace byollm::demo
