// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "messages/expected.hpp"

#include <filesystem>
#include <string>

namespace byollm::owner {

/// Where the owner of a data directory listens.
std::filesystem::path socket_file(const std::filesystem::path& data_directory);

/// A name for the socket that fits into `sockaddr_un`, however long the
/// directory's own path is. Valid while the object lives.
class socket_name {
public:
  /// Errors: `store_unavailable`, `not_found` if there is no such directory.
  static expected<socket_name> of(const std::filesystem::path& data_directory);

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

} // namespace byollm::owner
