// SPDX-License-Identifier: Apache-2.0
#include "app/store/room.hpp"

#include "app/vault/private_files.hpp"

#include <fcntl.h>
#include <sys/stat.h>
#include <sys/statvfs.h>
#include <unistd.h>

namespace byollm {

namespace {

uint64_t free_bytes_at(const std::filesystem::path& directory) {
  struct statvfs found = {};
  if (::statvfs(directory.c_str(), &found) != 0)
    return UINT64_MAX; // writing will tell
  return uint64_t{found.f_bavail} * found.f_frsize;
}

// A sparse file would hold nothing free.
bool has_blocks(const std::filesystem::path& file, uint64_t bytes) {
  struct stat found = {};
  return ::lstat(file.c_str(), &found) == 0 && S_ISREG(found.st_mode)
         && static_cast<uint64_t>(found.st_blocks) * 512 >= bytes;
}

} // namespace

room::room(std::filesystem::path ballast, uint64_t ballast_bytes,
           uint64_t low_bytes)
    : ballast_(std::move(ballast)),
      ballast_bytes_(ballast_bytes),
      low_bytes_(low_bytes),
      has_ballast_(ballast_bytes > 0 && has_blocks(ballast_, ballast_bytes)) {
  look();
}

void room::look() {
  free_bytes_ = free_bytes_at(ballast_.parent_path());
  if (ballast_bytes_ == 0)
    return;
  // Not below the mark at once again.
  if (!has_ballast_ && free_bytes_ >= ballast_bytes_
      && free_bytes_ - ballast_bytes_ >= low_bytes_)
    has_ballast_ = make_ballast();
  is_low_ = !has_ballast_ || free_bytes_ < low_bytes_;
}

bool room::give_up() {
  is_low_ = ballast_bytes_ > 0;
  if (!has_ballast_)
    return false;
  has_ballast_ = false;
  return ::unlink(ballast_.c_str()) == 0;
}

bool room::make_ballast() {
  constexpr int flags = O_WRONLY | O_CREAT | O_TRUNC | O_NOFOLLOW | O_CLOEXEC;
  unique_fd fd{::open(ballast_.c_str(), flags, 0600)};
  if (fd
      && ::posix_fallocate(fd.get(), 0, static_cast<off_t>(ballast_bytes_))
           == 0)
    return true;
  // What it holds of the last room is better given back.
  ::unlink(ballast_.c_str());
  return false;
}

} // namespace byollm
