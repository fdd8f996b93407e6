// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "app/byollm.hpp"

#include <filesystem>
#include <memory>

namespace byollm::test {

/// A runtime in a directory of its own, with nobody's LLM.
class bare_runtime {
public:
  explicit bare_runtime(runtime_options options = {});
  bare_runtime(const bare_runtime&) = delete;
  bare_runtime& operator=(const bare_runtime&) = delete;
  ~bare_runtime();

  runtime& operator*() const noexcept {
    return *rt_;
  }

  runtime* operator->() const noexcept {
    return rt_.get();
  }

  /// Opens a turn of ada of acme.
  context open_turn() const;

private:
  std::filesystem::path directory_;
  std::unique_ptr<runtime> rt_;
};

} // namespace byollm::test
