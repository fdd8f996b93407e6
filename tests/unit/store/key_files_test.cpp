// SPDX-License-Identifier: Apache-2.0
// Goal: the master key's files are refused in every state but the right one.
// Method: put each kind of wrong file in place.
#include "sample.hpp"

#include "app/vault/vault.hpp"

#include <catch2/catch.hpp>

#include <algorithm>
#include <fstream>
#include <sys/stat.h>

using namespace byollm;
using sample::scratch;

namespace {

void make_files(const scratch& directory) {
  REQUIRE(open_vault({directory.path()}));
}

void write(const std::filesystem::path& file, std::string_view content,
           mode_t mode = 0600) {
  std::filesystem::remove(file);
  std::ofstream{file} << content;
  REQUIRE(::chmod(file.c_str(), mode) == 0);
}

std::string read(const std::filesystem::path& file) {
  std::ifstream in{file};
  return {std::istreambuf_iterator<char>{in}, {}};
}

// Opens a vault that must be refused; returns why.
std::string refusal(const scratch& directory) {
  auto opened = open_vault({directory.path()});
  REQUIRE_FALSE(opened);
  CHECK(opened.error().code == errc::store_unavailable);
  return opened.error().detail;
}

bool contains(std::string_view text, std::string_view piece) {
  return text.find(piece) != std::string_view::npos;
}

} // namespace

TEST_CASE("a first opening makes a private directory and key", "[vault]") {
  scratch directory;
  auto nested = directory / "a/b";
  REQUIRE(open_vault({nested}));
  struct stat found = {};
  REQUIRE(::stat(nested.c_str(), &found) == 0);
  CHECK((found.st_mode & 07777) == 0700);
  REQUIRE(::stat((nested / "master.key").c_str(), &found) == 0);
  CHECK((found.st_mode & 07777) == 0600);
  CHECK(found.st_size == 32);
  // Nothing is left over of the way it was written.
  std::vector<std::string> names;
  for (const auto& entry : std::filesystem::directory_iterator{nested})
    names.push_back(entry.path().filename());
  std::ranges::sort(names);
  CHECK(names == std::vector<std::string>{"master.key", "master.ring"});
}

TEST_CASE("a master key file in a wrong state is refused with a remedy",
          "[vault]") {
  scratch directory;
  make_files(directory);
  auto file = directory / "master.key";
  auto key = read(file);
  auto check = [&](std::string_view because) {
    auto why = refusal(directory);
    INFO(why);
    CHECK(contains(why, because));
    CHECK_FALSE(contains(why, key));
  };
  SECTION("readable by all") {
    write(file, key, 0644);
    check("chmod 600");
  }
  SECTION("writable by the group") {
    write(file, key, 0620);
    check("chmod 600");
  }
  SECTION("a symbolic link") {
    std::filesystem::rename(file, directory / "elsewhere");
    std::filesystem::create_symlink(directory / "elsewhere", file);
    check("symbolic link");
  }
  SECTION("a directory") {
    std::filesystem::remove(file);
    std::filesystem::create_directory(file);
    check("not a regular file");
  }
  SECTION("empty") {
    write(file, "");
    check("32 bytes");
  }
  SECTION("a byte short") {
    write(file, key.substr(1));
    check("32 bytes");
  }
  SECTION("with a newline at its end") {
    write(file, key + "\n");
    check("32 bytes");
  }
  SECTION("another key") {
    write(file, std::string(32, 'k'));
    check("restore the master.key");
  }
  SECTION("gone") {
    std::filesystem::remove(file);
    check("cannot be opened without it");
    CHECK_FALSE(std::filesystem::exists(file));
  }
}

TEST_CASE("a key ring file in a wrong state is refused", "[vault]") {
  scratch directory;
  make_files(directory);
  auto file = directory / "master.ring";
  auto ring = read(file);
  SECTION("not one") {
    ring[0] = 'X';
    write(file, ring);
    CHECK(contains(refusal(directory), "not a key ring"));
  }
  SECTION("of a later format") {
    ring[4] = 3;
    write(file, ring);
    auto opened = open_vault({directory.path()});
    REQUIRE_FALSE(opened);
    CHECK(opened.error().code == errc::store_newer);
  }
  SECTION("cut off") {
    write(file, ring.substr(0, 20));
    CHECK(contains(refusal(directory), "not a key ring"));
  }
}

TEST_CASE("a data directory that others may write to is refused", "[vault]") {
  scratch directory;
  REQUIRE(::chmod(directory.path().c_str(), 0777) == 0);
  CHECK(contains(refusal(directory), "chmod go-w"));
}

TEST_CASE("a data directory under a file is refused", "[vault]") {
  scratch directory;
  write(directory / "file", "");
  auto opened = open_vault({directory / "file/data"});
  REQUIRE_FALSE(opened);
  CHECK(opened.error().code == errc::store_unavailable);
  CHECK_FALSE(open_vault({directory / "file"}));
}
