// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "messages/expected.hpp"

#include <filesystem>
#include <string>
#include <utility>

namespace byollm::local {

/// A name for a Unix socket that fits into `sockaddr_un`, however long the
/// file's own path is. Valid while the object lives.
class socket_name {
public:
  /// Errors: `store_unavailable`, `not_found` if there is no such directory.
  static expected<socket_name> of(const std::filesystem::path& file);

  socket_name(socket_name&& other) noexcept;
  socket_name& operator=(socket_name&&) = delete;
  ~socket_name();

  const std::string& str() const noexcept {
    return name_;
  }

private:
  socket_name(int directory, std::string name)
      : directory_(directory), name_(std::move(name)) {
    // nop
  }

  int directory_;
  std::string name_;
};

} // namespace byollm::local
