// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "messages/expected.hpp"

#include <chrono>
#include <filesystem>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include <sys/types.h>

namespace byollm::load {

/// A process that we started, on cores of its own, so that its work is not
/// counted as ours. Ends with this object (by SIGTERM), or with our main
/// thread, which must be the one that starts it.
class child {
public:
  struct order {
    std::filesystem::path program = {};
    /// Without the program's name.
    std::vector<std::string> arguments = {};
    /// "NAME=value", beside our own environment.
    std::vector<std::string> environment = {};
    /// Empty: where we run.
    std::vector<int> cores = {};
  };

  /// Errors: `unavailable`.
  static expected<std::unique_ptr<child>> start(order what);

  child(pid_t id, int output) : id_(id), output_(output) {
    // nop
  }

  child(const child&) = delete;
  child& operator=(const child&) = delete;
  ~child();

  /// Returns the first line of what it prints that has `text` in it, on stdout
  /// or stderr. Errors: `unavailable` with what it printed, if it ends before.
  expected<std::string> wait_for(std::string_view text);

  /// Ends it by SIGTERM. Errors: `unavailable`, unless it ended with 0.
  status stop();

  /// Returns its CPU time of all threads, ended ones too.
  std::chrono::microseconds cpu() const;

private:
  /// Returns its wait status.
  int end();

  pid_t id_;
  int output_;
};

} // namespace byollm::load
