// SPDX-License-Identifier: Apache-2.0
#include "app/vault/private_files.hpp"

#include "app/vault/crypto.hpp"

#include <array>
#include <cerrno>
#include <fcntl.h>
#include <sys/stat.h>
#include <system_error>
#include <unistd.h>
#include <utility>

namespace byollm {

namespace fs = std::filesystem;

namespace {

constexpr mode_t others = S_IRWXG | S_IRWXO;
constexpr mode_t writable_by_others = S_IWGRP | S_IWOTH;

bool write_all(int fd, std::span<const uint8_t> bytes) {
  while (!bytes.empty()) {
    auto n = ::write(fd, bytes.data(), bytes.size());
    if (n < 0 && errno == EINTR)
      continue;
    if (n <= 0)
      return false;
    bytes = bytes.subspan(static_cast<size_t>(n));
  }
  return true;
}

expected<size_t> size_of(const fs::path& file, int fd) {
  struct stat found = {};
  if (::fstat(fd, &found) != 0)
    return file_failure("cannot read", file, errno, "check the disk");
  return static_cast<size_t>(found.st_size);
}

status read_all(const fs::path& file, int fd, std::span<uint8_t> out) {
  while (!out.empty()) {
    auto n = ::read(fd, out.data(), out.size());
    if (n < 0 && errno == EINTR)
      continue;
    if (n <= 0)
      return file_failure("cannot read", file, n < 0 ? errno : 0,
                          "restore it from a backup");
    out = out.subspan(static_cast<size_t>(n));
  }
  return unit{};
}

bool sync_directory(const fs::path& directory) {
  unique_fd fd{::open(directory.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC)};
  return fd && ::fsync(fd.get()) == 0;
}

// Two processes may create the same file at once, so each writes its own.
expected<fs::path> temporary_name(const fs::path& file) {
  std::array<uint8_t, 8> random;
  if (auto got = random_bytes(random, false); !got)
    return got.error();
  auto name = file.string() + ".";
  for (auto byte : random) {
    constexpr char hex[] = "0123456789abcdef";
    name += hex[byte >> 4];
    name += hex[byte & 15];
  }
  return fs::path{name};
}

failure cannot_write(const fs::path& file, int error) {
  return file_failure("cannot write", file, error,
                      "check the disk and the directory's permissions");
}

// Writes a durable new private file; returns errno, or 0.
int write_new(const fs::path& file, std::span<const uint8_t> content) {
  constexpr int flags = O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC;
  unique_fd fd{::open(file.c_str(), flags, 0600)};
  if (!fd || !write_all(fd.get(), content) || ::fsync(fd.get()) != 0)
    return errno == 0 ? EIO : errno;
  return 0;
}

status make_directories(const fs::path& directory) {
  std::error_code error;
  if (fs::exists(directory, error))
    return unit{};
  if (auto parent = directory.parent_path(); !parent.empty())
    if (auto made = make_directories(parent); !made)
      return made;
  if (::mkdir(directory.c_str(), 0700) != 0 && errno != EEXIST)
    return file_failure("cannot create the directory", directory, errno,
                        "create it, or name a data directory elsewhere");
  return unit{};
}

} // namespace

unique_fd::~unique_fd() {
  if (fd_ >= 0)
    ::close(fd_);
}

failure file_failure(const std::string& what, const fs::path& where, int error,
                     const std::string& remedy) {
  auto text = what + " " + where.string();
  if (error)
    text += ": " + std::generic_category().message(error);
  return {errc::store_unavailable, text + "; " + remedy};
}

expected<fs::path> open_private_directory(const fs::path& directory) {
  if (directory.empty())
    return failure{errc::store_unavailable, "no data directory is named"};
  // A trailing slash would make the last parent the directory itself.
  auto wanted = fs::absolute(directory).lexically_normal();
  if (!wanted.has_filename())
    wanted = wanted.parent_path();
  if (auto made = make_directories(wanted); !made)
    return made.error();
  struct stat found = {};
  if (::stat(wanted.c_str(), &found) != 0)
    return file_failure("cannot read the data directory", wanted, errno,
                        "check its permissions");
  if (!S_ISDIR(found.st_mode))
    return file_failure("the data directory is a file:", wanted, 0,
                        "name a directory");
  if (found.st_uid != ::geteuid())
    return file_failure("the data directory belongs to another user:", wanted,
                        0, "run as its owner, or chown it");
  if (found.st_mode & writable_by_others)
    return file_failure("others may write to the data directory", wanted, 0,
                        "chmod go-w it");
  std::error_code error;
  auto real = fs::canonical(wanted, error);
  if (error)
    return file_failure("cannot resolve the data directory", wanted,
                        error.value(), "check its permissions");
  return real;
}

expected<unique_fd> open_private_file(const fs::path& file) {
  unique_fd fd{::open(file.c_str(), O_RDONLY | O_NOFOLLOW | O_CLOEXEC)};
  if (!fd && errno == ENOENT)
    return failure{errc::not_found, "there is no " + file.string()};
  if (!fd && errno == ELOOP)
    return file_failure("a symbolic link stands for", file, 0,
                        "put the file itself there");
  struct stat found = {};
  if (!fd || ::fstat(fd.get(), &found) != 0)
    return file_failure("cannot open", file, errno, "check its permissions");
  if (!S_ISREG(found.st_mode))
    return file_failure("not a regular file:", file, 0,
                        "put the file itself there");
  if (found.st_uid != ::geteuid())
    return file_failure("the file belongs to another user:", file, 0,
                        "run as its owner, or chown it");
  if (found.st_mode & others)
    return file_failure("others may use", file, 0, "chmod 600 it");
  return fd;
}

status read_private_file(const fs::path& file, std::span<uint8_t> out) {
  auto fd = open_private_file(file);
  if (!fd)
    return fd.error();
  auto size = size_of(file, fd->get());
  if (!size)
    return size.error();
  if (*size != out.size())
    return file_failure("not " + std::to_string(out.size()) + " bytes long:",
                        file, 0, "restore it from a backup");
  return read_all(file, fd->get(), out);
}

expected<std::string> read_private_text(const fs::path& file, size_t most) {
  auto fd = open_private_file(file);
  if (!fd)
    return fd.error();
  auto size = size_of(file, fd->get());
  if (!size)
    return size.error();
  if (*size > most)
    return file_failure("too long:", file, 0, "restore it from a backup");
  std::string result(*size, '\0');
  auto got = read_all(file, fd->get(),
                      {reinterpret_cast<uint8_t*>(result.data()), *size});
  if (!got)
    return got.error();
  return result;
}

expected<bool> create_private_file(const fs::path& file,
                                   std::span<const uint8_t> content) {
  auto temporary = temporary_name(file);
  if (!temporary)
    return temporary.error();
  bool linked = false;
  auto error = write_new(*temporary, content);
  if (error == 0) {
    if (::link(temporary->c_str(), file.c_str()) == 0) // never overwrites
      linked = true;
    else if (errno != EEXIST)
      error = errno;
  }
  ::unlink(temporary->c_str());
  if (error == 0 && !sync_directory(file.parent_path()))
    error = errno;
  if (error != 0)
    return cannot_write(file, error);
  return linked;
}

staged_file::staged_file(fs::path written, fs::path place) noexcept
    : written_(std::move(written)), place_(std::move(place)) {
  // nop
}

staged_file::staged_file(staged_file&& other) noexcept
    : written_(std::exchange(other.written_, {})),
      place_(std::move(other.place_)) {
  // nop
}

staged_file::~staged_file() {
  if (!written_.empty())
    ::unlink(written_.c_str());
}

status staged_file::keep() {
  if (::rename(written_.c_str(), place_.c_str()) != 0)
    return cannot_write(place_, errno);
  written_.clear();
  if (!sync_directory(place_.parent_path()))
    return cannot_write(place_, errno);
  return unit{};
}

expected<staged_file> stage_private_file(const fs::path& file,
                                         std::span<const uint8_t> content) {
  auto temporary = temporary_name(file);
  if (!temporary)
    return temporary.error();
  staged_file staged{*temporary, file};
  if (auto error = write_new(*temporary, content))
    return cannot_write(file, error);
  return staged;
}

status remove_private_file(const fs::path& file) {
  if (::unlink(file.c_str()) != 0)
    return errno == ENOENT ? status{unit{}} : cannot_write(file, errno);
  if (!sync_directory(file.parent_path()))
    return cannot_write(file, errno);
  return unit{};
}

} // namespace byollm
