// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "app/access_log/line_writer.hpp"
#include "app/http/record.hpp"

#include <atomic>
#include <optional>
#include <string>

namespace byollm {

struct access_options {
  /// Empty: no access log; "-": stdout.
  std::string file = {};
  /// Whether lines name users.
  bool names_users = true;

  bool operator==(const access_options&) const = default;
};

/// A line for each HTTP request. Off until it is told where lines go.
class access_log {
public:
  explicit access_log(log_fn log) : log_(std::move(log)) {
    // nop
  }

  /// Opens what `how` names; for `change`. Errors: those of line_place::open.
  static expected<line_place> open(const access_options& how);

  /// Writes to `place`, just opened, from the next line on. Thread: one.
  void change(const access_options& how, line_place place);

  bool is_on() const noexcept {
    return is_on_.load(std::memory_order_relaxed);
  }

  /// Thread: any; does not wait.
  void write(const http::record& told);

private:
  const log_fn log_;
  std::atomic<bool> is_on_ = false;
  std::atomic<bool> names_users_ = true;
  /// Made when it is first needed, and kept.
  std::optional<line_writer> lines_;
};

} // namespace byollm
