// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "app/http/listener.hpp"

#include "messages/expected.hpp"

#include <filesystem>
#include <memory>

namespace byollm::http {

/// The file of a Unix socket that is listened on. Removes it, if it is still
/// the same, at the end.
class socket_file {
public:
  /// Makes and opens it; replaces one that nobody serves.
  /// Errors: `invalid_config`.
  static expected<socket_file>
  make(socket_acceptor& open, const std::filesystem::path& path, unsigned mode);

  socket_file(socket_file&&) noexcept;
  socket_file& operator=(socket_file&&) = delete;
  ~socket_file();

  void remove() noexcept;

private:
  struct identity;

  explicit socket_file(std::unique_ptr<identity> made) noexcept;

  std::unique_ptr<identity> self_;
};

} // namespace byollm::http
