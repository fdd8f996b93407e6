// SPDX-License-Identifier: Apache-2.0
// Goal: a directory is somebody's alone only if nobody else can have put it
// where it is. Method: directories and links below the build tree, which is
// ours alone; whom else they belong to only root can say.
#include "app/local/sole_owner.hpp"

#include <catch2/catch.hpp>

#include <fstream>
#include <string>

#include <sys/stat.h>
#include <unistd.h>

namespace byollm::local {

namespace {

namespace fs = std::filesystem;

constexpr uid_t daemons = 61'184;
constexpr uid_t somebodys = 61'185;

// A folder of the build tree with one in it; goes away with the object.
struct place {
  place() {
    auto name = std::string{BYOLLM_SCRATCH "/sole-owner-XXXXXX"};
    REQUIRE(::mkdtemp(name.data()));
    above = name;
    data = above / "data";
    fs::create_directory(data);
  }

  place(const place&) = delete;
  place& operator=(const place&) = delete;

  ~place() {
    std::error_code ignored;
    fs::remove_all(above, ignored);
  }

  fs::path above;
  fs::path data;
};

// A build tree of several people shows nothing.
bool is_ours_alone() {
  return sole_owner(BYOLLM_SCRATCH).has_value();
}

void give(const fs::path& what, uid_t to) {
  REQUIRE(::lchown(what.c_str(), to, to) == 0);
}

} // namespace

TEST_CASE("what several people may write to is nobody's alone", "[daemon]") {
  place at;
  auto as_before = sole_owner(at.data).has_value();
  CHECK(as_before == is_ours_alone());
  auto mode = GENERATE(0775, 0757, 01777);
  CAPTURE(mode);
  SECTION("the directory") {
    REQUIRE(::chmod(at.data.c_str(), mode_t(mode)) == 0);
    CHECK_FALSE(sole_owner(at.data));
  }
  SECTION("one above it, also a sticky one") {
    REQUIRE(::chmod(at.above.c_str(), mode_t(mode)) == 0);
    CHECK_FALSE(sole_owner(at.data));
  }
  SECTION("one that a link to it is in") {
    place other;
    fs::create_directory_symlink(at.data, other.above / "link");
    CHECK(sole_owner(other.above / "link").has_value() == as_before);
    REQUIRE(::chmod(other.above.c_str(), mode_t(mode)) == 0);
    CHECK_FALSE(sole_owner(other.above / "link"));
    CHECK(sole_owner(at.data).has_value() == as_before);
  }
}

TEST_CASE("a directory is found by every way that leads to it", "[daemon]") {
  if (!is_ours_alone())
    return;
  place at;
  fs::create_directory_symlink("data", at.above / "near");
  fs::create_directory_symlink("../" / at.above.filename() / "near",
                               at.above / "far");
  for (const auto& way :
       {at.data, at.data / "", at.above / "." / "data" / ".." / "data",
        at.above / "near", at.above / "far", at.above / "far" / ".." / "near"})
    CHECK(sole_owner(way) == ::geteuid());
  CHECK(sole_owner("/") == uid_t{0});
}

TEST_CASE("what is no directory is nobody's", "[daemon]") {
  place at;
  std::ofstream{at.above / "file"} << "text";
  fs::create_directory_symlink("round", at.above / "round");
  for (const auto& way : {at.above / "file", at.above / "none",
                          at.above / "round", at.above / "file" / "x"})
    CHECK_FALSE(sole_owner(way));
}

TEST_CASE("one user's directory in another's is nobody's alone", "[daemon]") {
  if (::geteuid() != 0 || !is_ours_alone())
    return;
  place at;
  auto link = at.above / "link";
  fs::create_directory_symlink("data", link);
  give(at.data, daemons);
  CHECK(sole_owner(at.data) == daemons);
  CHECK(sole_owner(link) == daemons);
  SECTION("a link of the owner's is as good as root's") {
    give(link, daemons);
    CHECK(sole_owner(link) == daemons);
  }
  SECTION("somebody's link") {
    give(link, somebodys);
    CHECK_FALSE(sole_owner(link));
    CHECK(sole_owner(at.data) == daemons);
  }
  SECTION("somebody's directory above it") {
    give(at.above, somebodys);
    CHECK_FALSE(sole_owner(at.data));
  }
  SECTION("its owner's directory above it") {
    give(at.above, daemons);
    CHECK(sole_owner(at.data) == daemons);
  }
}

} // namespace byollm::local
