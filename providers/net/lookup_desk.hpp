// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "messages/address.hpp"
#include "messages/expected.hpp"

#include <chrono>
#include <deque>
#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <string>
#include <vector>

namespace byollm::net {

using addresses = expected<std::vector<ip_bytes>>;

/// A name to look up, and for whom.
struct lookup {
  std::string host;
  /// Empty for the platform's own LLM.
  std::string tenant = {};
  std::string user = {};
  /// A look-up that has not begun by then is not begun.
  std::chrono::milliseconds patience = std::chrono::seconds{10};
};

/// The operating system's resolver. Blocks, for as long as name servers do not
/// answer. Errors: `dns_failed`; `overloaded` without a file descriptor.
addresses look_up(const std::string& host);

/// Looks names up on threads of its own: whoever names a host whose name server
/// is silent must not hold up others. A user has so many look-ups at once, a
/// tenant so many and all users so many; some are left for the platform
/// (messages/limits.hpp). A user's calls to one name share one. Nothing is
/// kept. Thread-safe; one for all loops. It may go while threads look up: they
/// end by themselves.
class lookup_desk {
public:
  using answer = std::function<void(addresses)>;
  using how_fn = std::function<addresses(const std::string& host)>;

  explicit lookup_desk(how_fn how = look_up);
  lookup_desk(const lookup_desk&) = delete;
  lookup_desk& operator=(const lookup_desk&) = delete;
  ~lookup_desk();

  /// Calls `done` once, from a thread of its own or from inside if it refuses;
  /// not at all if the desk goes before.
  void ask(const lookup& what, answer done);

private:
  struct state;

  std::shared_ptr<state> state_;
};

} // namespace byollm::net
