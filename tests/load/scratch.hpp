// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdlib>
#include <filesystem>

namespace byollm::load {

/// A directory that is gone when this is.
class scratch {
public:
  explicit scratch(const std::filesystem::path& base) {
    auto pattern = (base / "byollm-load-XXXXXX").string();
    if (::mkdtemp(pattern.data()))
      path_ = pattern;
  }

  ~scratch() {
    std::error_code ignored;
    if (!path_.empty())
      std::filesystem::remove_all(path_, ignored);
  }

  scratch(const scratch&) = delete;
  scratch& operator=(const scratch&) = delete;

  const std::filesystem::path& path() const noexcept {
    return path_;
  }

private:
  std::filesystem::path path_;
};

} // namespace byollm::load
