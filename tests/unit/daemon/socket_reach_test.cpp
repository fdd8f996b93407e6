// SPDX-License-Identifier: Apache-2.0
// Goal: it is known which directory keeps those out whom a socket admits.
// Method: directories of a folder with every mode that matters; whether what is
// above them lets others pass is the machine's matter, and asked first.
#include "app/daemon/socket_reach.hpp"
#include "tests/unit/daemon/folder.hpp"

#include <catch2/catch.hpp>

#include <sys/stat.h>

namespace byollm::daemon {

namespace {

struct nested : folder {
  nested() : outer(path / "outer"), inner(outer / "inner") {
    std::filesystem::create_directories(inner);
    let(path, 0755);
    let(outer, 0755);
    let(inner, 0755);
  }

  static void let(const std::filesystem::path& in, mode_t mode) {
    REQUIRE(::chmod(in.c_str(), mode) == 0);
  }

  std::filesystem::path barrier(unsigned mode) const {
    return barrier_to(inner / "socket", mode);
  }

  std::filesystem::path outer;
  std::filesystem::path inner;
};

} // namespace

TEST_CASE("a private directory keeps out whom the socket admits", "[daemon]") {
  nested at;
  REQUIRE(at.barrier(0666).empty());
  SECTION("its own") {
    at.let(at.inner, 0700);
    for (unsigned mode : {0666, 0660, 0622, 0602})
      CHECK(at.barrier(mode) == std::filesystem::canonical(at.inner));
  }
  SECTION("one above it") {
    at.let(at.outer, 0700);
    CHECK(at.barrier(0666) == std::filesystem::canonical(at.outer));
  }
  SECTION("one that only a group may pass") {
    at.let(at.inner, 0710);
    CHECK(at.barrier(0660).empty());
    CHECK(at.barrier(0666) == std::filesystem::canonical(at.inner));
  }
}

TEST_CASE("a socket for its owner alone has no barrier", "[daemon]") {
  nested at;
  at.let(at.inner, 0700);
  for (unsigned mode : {0600, 0644, 0700})
    CHECK(at.barrier(mode).empty());
}

} // namespace byollm::daemon
