// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "messages/expected.hpp"
#include "tests/load/scenario.hpp"

#include <cstdint>
#include <filesystem>
#include <memory>
#include <string>
#include <vector>

#include <sys/types.h>

namespace byollm::load {

/// `byollm-standin` as a child on cores of its own, so that its work is not
/// counted as ours. Ends with this object, or with the process.
class upstream {
public:
  /// Errors: `unavailable`.
  static expected<std::unique_ptr<upstream>>
  start(const std::filesystem::path& program,
        const scenario::standin_part& answers, const std::vector<int>& cores);

  upstream(pid_t child, int lifeline, uint16_t port)
      : child_(child), lifeline_(lifeline), port_(port) {
    // nop
  }

  upstream(const upstream&) = delete;
  upstream& operator=(const upstream&) = delete;
  ~upstream();

  uint16_t port() const noexcept {
    return port_;
  }

  std::string url() const {
    return "http://127.0.0.1:" + std::to_string(port_);
  }

private:
  pid_t child_;
  int lifeline_;
  uint16_t port_;
};

} // namespace byollm::load
