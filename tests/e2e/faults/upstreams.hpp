// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "tests/support/scripted_upstream.hpp"

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

namespace byollm::test {

/// Scripted upstreams on a thread of their own. Thread-safe.
class upstreams {
public:
  upstreams();
  ~upstreams();

  upstreams(const upstreams&) = delete;
  upstreams& operator=(const upstreams&) = delete;

  /// Starts an upstream and returns its number. Without scripts nobody listens
  /// at its port.
  size_t add(std::vector<upstream_script> scripts);

  std::string url(size_t which) const;

  /// What it was asked so far.
  std::vector<seen_request> seen(size_t which) const;

  /// Gives new scripts to the connections to come.
  void rewrite(size_t which, std::vector<upstream_script> scripts);

  /// Ends all waits for `event`, at each upstream.
  void raise(const std::string& event);

private:
  struct impl;
  std::unique_ptr<impl> impl_;
};

} // namespace byollm::test
