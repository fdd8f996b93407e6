// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "messages/address.hpp"
#include "messages/ports/alarm.hpp"

#include <functional>
#include <optional>
#include <utility>
#include <vector>

namespace byollm::net {

using address_list = std::vector<ip_bytes>;

/// Returns the addresses of this machine's interfaces; nothing if the kernel
/// does not tell. Does not block: the kernel answers from memory.
std::optional<address_list> interface_addresses();

/// This machine's own addresses. A service that listens on a public one is
/// still inside: the firewall in front of it is not behind us. Thread: the loop
/// thread.
class own_addresses {
public:
  using time_point = alarm_clock::time_point;

  using reader = std::optional<address_list> (*)();

  /// Told of the first reading that fails, and again once one went well.
  using failure_fn = std::function<void()>;

  explicit own_addresses(reader read, failure_fn on_failure = {})
      : read_(read), on_failure_(std::move(on_failure)) {
    // nop
  }

  /// Returns them as they were at most `limits::own_addresses_age_max` before
  /// `now`; if they cannot be read, as they were known last.
  const address_list& at(time_point now);

private:
  reader read_;
  failure_fn on_failure_;
  bool has_failed_ = false;
  address_list known_;
  std::optional<time_point> read_at_;
};

} // namespace byollm::net
