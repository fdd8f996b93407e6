// SPDX-License-Identifier: Apache-2.0
#include "tests/e2e/faults/bare_runtime.hpp"

#include <catch2/catch.hpp>

#include <cstdlib>
#include <system_error>

namespace byollm::test {

namespace fs = std::filesystem;

bare_runtime::bare_runtime(runtime_options options) {
  auto name = (fs::temp_directory_path() / "byollm-bare-XXXXXX").string();
  REQUIRE(mkdtemp(name.data()) != nullptr);
  directory_ = name;
  options.data_directory = directory_;
  auto started = runtime::start(std::move(options));
  REQUIRE(started);
  rt_ = *std::move(started);
}

bare_runtime::~bare_runtime() {
  rt_.reset();
  std::error_code ignored;
  fs::remove_all(directory_, ignored);
}

context bare_runtime::open_turn() const {
  auto turn
    = rt_->open_turn({.tenant = "acme", .user = "ada", .extension = "notes"})
        .get();
  REQUIRE(turn);
  return *turn;
}

} // namespace byollm::test
