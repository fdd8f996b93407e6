// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "app/vault/wiped_bytes.hpp"

#include "messages/expected.hpp"

#include <filesystem>
#include <functional>
#include <optional>
#include <string_view>

namespace byollm::owner {

/// A blocking connection to the process that owns a data directory.
class client {
public:
  /// Returns nothing if no owner listens there. Errors: `store_unavailable`,
  /// also if the listener is another user's, see `owner_is_trusted`.
  static expected<std::optional<client>>
  connect(const std::filesystem::path& data_directory);

  client(client&& other) noexcept;
  client& operator=(client&&) = delete;
  ~client();

  /// Sends one request and passes every answer line to `on_line` until the
  /// owner closes. Waiting ends early when `stop_fd` becomes readable (-1 for
  /// none). Errors: `connection_lost` if the last line never came, `cancelled`.
  status run(const wiped_bytes& request,
             const std::function<void(std::string_view line)>& on_line,
             int stop_fd);

private:
  explicit client(int fd) : fd_(fd) {
    // nop
  }

  int fd_;
};

} // namespace byollm::owner
