// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "messages/address.hpp"

#include <vector>

namespace byollm::test {

/// Notes every connection that this program asks the kernel for: the linker
/// puts it in the place of `connect` (`--wrap`), under Asio. While one lives,
/// nothing leaves the machine: what is not on loopback is refused. One at a
/// time; thread: the test's.
class connect_counter {
public:
  connect_counter() noexcept;
  connect_counter(const connect_counter&) = delete;
  connect_counter& operator=(const connect_counter&) = delete;
  ~connect_counter();

  /// The addresses asked for, in order.
  const std::vector<ip_bytes>& asked() const noexcept {
    return asked_;
  }

  /// INTERNAL to the wrapper.
  void note(const ip_bytes& address) {
    asked_.push_back(address);
  }

private:
  std::vector<ip_bytes> asked_;
};

} // namespace byollm::test
