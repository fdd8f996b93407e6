// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <filesystem>

namespace byollm {

/// Sees to it that what is under way still fits when the disk fills up: keeps a
/// ballast, a file of real blocks in the data directory, that is given up then.
/// While it is gone, or little is free beside it, room is low. Not thread-safe.
class room {
public:
  /// `ballast_bytes` 0: no ballast, and room is never low.
  room(std::filesystem::path ballast, uint64_t ballast_bytes,
       uint64_t low_bytes);

  /// Looks at the file system; makes the ballast anew once there is room for
  /// it. Blocks on files.
  void look();

  /// Gives the ballast up. Returns false if there was none.
  bool give_up();

  /// Free on the disk at the last look; all of them if it cannot tell.
  uint64_t free_bytes() const noexcept {
    return free_bytes_;
  }

  bool is_low() const noexcept {
    return is_low_;
  }

private:
  bool make_ballast();

  std::filesystem::path ballast_;
  uint64_t ballast_bytes_;
  uint64_t low_bytes_;
  bool has_ballast_ = false;
  uint64_t free_bytes_ = 0;
  bool is_low_ = false;
};

} // namespace byollm
