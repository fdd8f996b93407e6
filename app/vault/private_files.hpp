// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "messages/expected.hpp"

#include <cstdint>
#include <filesystem>
#include <span>
#include <string>

namespace byollm {

/// A file descriptor that closes itself.
class unique_fd {
public:
  explicit unique_fd(int fd = -1) noexcept : fd_(fd) {
    // nop
  }

  unique_fd(unique_fd&& other) noexcept : fd_(other.fd_) {
    other.fd_ = -1;
  }

  unique_fd& operator=(unique_fd&& other) noexcept {
    std::swap(fd_, other.fd_);
    return *this;
  }

  ~unique_fd();

  int get() const noexcept {
    return fd_;
  }

  explicit operator bool() const noexcept {
    return fd_ >= 0;
  }

private:
  int fd_;
};

/// Returns a `store_unavailable` failure: what failed, where, errno's words and
/// what to do about it.
failure file_failure(const std::string& what,
                     const std::filesystem::path& where, int error,
                     const std::string& remedy);

/// Makes sure that `directory` exists (created with mode 0700, parents too), is
/// ours, and that nobody else may write to it. Returns it without symbolic
/// links. Errors: `store_unavailable`.
expected<std::filesystem::path>
open_private_directory(const std::filesystem::path& directory);

/// Opens an existing private file for reading: no symbolic link, a regular
/// file, ours, readable by nobody else. Errors: `not_found`,
/// `store_unavailable`.
expected<unique_fd> open_private_file(const std::filesystem::path& file);

/// Fills `out` from a private file that has exactly so many bytes. Errors: as
/// `open_private_file`.
status read_private_file(const std::filesystem::path& file,
                         std::span<uint8_t> out);

/// Reads a private file of at most `most` bytes. Errors: as
/// `open_private_file`.
expected<std::string> read_private_text(const std::filesystem::path& file,
                                        size_t most);

/// Creates `file` with mode 0600 and `content`, durably and all at once: after
/// a crash it is there whole or not at all. Returns false if it exists already,
/// which then stays as it is. Errors: `store_unavailable`.
expected<bool> create_private_file(const std::filesystem::path& file,
                                   std::span<const uint8_t> content);

/// A private file that is durable beside the one whose place it shall take, and
/// goes with its object unless it takes it.
class staged_file {
public:
  staged_file(std::filesystem::path written,
              std::filesystem::path place) noexcept;
  staged_file(staged_file&& other) noexcept;
  staged_file& operator=(staged_file&&) = delete;
  ~staged_file();

  /// Takes the place, durably and all at once: after a crash the old or the new
  /// one is there. Once. Errors: `store_unavailable`.
  status keep();

private:
  std::filesystem::path written_;
  std::filesystem::path place_;
};

/// Writes `content` for the place of `file`. Errors: `store_unavailable`.
expected<staged_file> stage_private_file(const std::filesystem::path& file,
                                         std::span<const uint8_t> content);

/// Removes `file` durably; one that is not there is removed already. Errors:
/// `store_unavailable`.
status remove_private_file(const std::filesystem::path& file);

} // namespace byollm
