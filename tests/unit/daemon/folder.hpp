// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <filesystem>
#include <string>

#include <stdlib.h>

namespace byollm {

/// A folder that goes away with the object.
class folder {
public:
  folder() {
    auto name
      = (std::filesystem::temp_directory_path() / "byollm-XXXXXX").string();
    if (::mkdtemp(name.data()))
      path = name;
  }

  folder(const folder&) = delete;
  folder& operator=(const folder&) = delete;

  ~folder() {
    std::error_code ignored;
    std::filesystem::remove_all(path, ignored);
  }

  std::string file(const std::string& name) const {
    return (path / name).string();
  }

  std::filesystem::path path;
};

} // namespace byollm
