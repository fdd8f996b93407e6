// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <chrono>
#include <optional>
#include <string>
#include <string_view>

namespace byollm {

/// Tells whoever started this process, systemd for example, how it is: the
/// datagrams of sd_notify(3). Tells nobody if nobody asked, and what it does
/// not take within a second is lost. Thread: any.
class service_manager {
public:
  /// Reads what asks for it (NOTIFY_SOCKET, WATCHDOG_USEC, WATCHDOG_PID) out of
  /// the environment. Before any thread starts.
  service_manager();
  /// How soon after a sign of life it wants the next one; nothing: never.
  std::optional<std::chrono::microseconds> patience() const noexcept {
    return patience_;
  }

  /// It serves; also the end of a reload.
  void tell_ready(std::string_view state) const;

  void tell_reloading() const;

  void tell_stopping(std::string_view state) const;

  /// A sign of life. Does not wait.
  void tell_alive() const;

private:
  void tell(const std::string& words, int flags = 0) const;

  /// As connect(2) takes it; empty: nobody asked.
  std::string place_;
  std::optional<std::chrono::microseconds> patience_;
};

} // namespace byollm
