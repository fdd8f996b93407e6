// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "tests/load/boundary.hpp"
#include "tests/load/placement.hpp"

#include <filesystem>
#include <functional>

namespace byollm::load {

struct far_programs {
  std::string byollmd = {};
  /// byollm-thin-worker.
  std::string worker = {};
  std::string python = {};
  std::string python_extension = {};
};

/// byollmd on a data directory of its own, and workers attached to it.
class daemon_site {
public:
  using configure_fn = std::function<status(const runtime& rt)>;

  /// Makes the directory with a runtime in this process, has it configured, and
  /// hands it to byollmd. Errors: what that said; `unavailable`.
  static expected<std::unique_ptr<daemon_site>>
  start(far_programs programs, const runtime_options& options, placement where,
        const configure_fn& configure);

  /// Starts workers and returns once they are attached. Errors: `unavailable`.
  status add_thin_workers(size_t count);
  status add_python_workers(size_t count);

  /// Returns one way for each extension that has workers.
  std::vector<far_side> ways() const;

  /// Errors: `unavailable` if byollmd does not end well.
  status stop();

private:
  explicit daemon_site(far_programs programs, placement where)
      : programs_(std::move(programs)), where_(std::move(where)) {
    // nop
  }

  status make_tokens(const runtime& rt);
  status write_config(const runtime_options& options);
  status add_workers(worker_processes& to, const child::order& like,
                     size_t count);

  far_programs programs_;
  placement where_;
  std::filesystem::path config_;
  std::string socket_;
  std::string host_token_;
  std::string worker_token_;
  std::unique_ptr<child> byollmd_;
  worker_processes thin_;
  worker_processes python_;
};

} // namespace byollm::load
