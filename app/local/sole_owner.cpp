// SPDX-License-Identifier: Apache-2.0
#include "app/local/sole_owner.hpp"

#include <list>
#include <system_error>

#include <sys/stat.h>

namespace byollm::local {

namespace fs = std::filesystem;

namespace {

// As many as the kernel follows.
constexpr int links_max = 40;

constexpr mode_t writable_by_others = S_IWGRP | S_IWOTH;

// Follows a path from the root on, name by name. What it has passed only root
// and the owner can change, so nobody else can change it behind our back.
class walk {
public:
  walk(const fs::path& whole, uid_t owner) : owner_(owner) {
    go(whole);
  }

  // Returns whether the end was reached, and what is there.
  bool run(struct stat& end) {
    for (;;) {
      if (::lstat(at_.c_str(), &end) != 0 || !is_theirs(end))
        return false;
      if (S_ISLNK(end.st_mode)) {
        if (!follow())
          return false;
        continue;
      }
      if (!S_ISDIR(end.st_mode) || (end.st_mode & writable_by_others))
        return false;
      if (left_.empty())
        return true;
      step();
    }
  }

private:
  bool is_theirs(const struct stat& found) const noexcept {
    return found.st_uid == 0 || found.st_uid == owner_;
  }

  void go(const fs::path& to) {
    if (to.is_absolute())
      at_ = "/";
    auto names = to.relative_path();
    left_.insert(left_.begin(), names.begin(), names.end());
  }

  bool follow() {
    std::error_code ec;
    auto to = fs::read_symlink(at_, ec);
    at_ = at_.parent_path();
    go(to);
    return !ec && ++links_ <= links_max;
  }

  void step() {
    auto name = left_.front();
    left_.pop_front();
    if (name == "..")
      at_ = at_.parent_path();
    else if (!name.empty() && name != ".")
      at_ /= name;
  }

  uid_t owner_;
  fs::path at_;
  std::list<fs::path> left_;
  int links_ = 0;
};

} // namespace

std::optional<uid_t> sole_owner(const fs::path& directory) {
  struct stat meant {};
  struct stat found {};
  std::error_code ec;
  auto whole = fs::absolute(directory, ec);
  if (ec || ::stat(whole.c_str(), &meant) != 0)
    return std::nullopt;
  // What a link in /proc says is not always where it leads.
  if (!walk{whole, meant.st_uid}.run(found) || found.st_dev != meant.st_dev
      || found.st_ino != meant.st_ino)
    return std::nullopt;
  return meant.st_uid;
}

} // namespace byollm::local
