// SPDX-License-Identifier: Apache-2.0
// Goal: master keys from the environment are read once and leave no trace in
// it. Method: set the variable, look at the memory that held it afterwards.
#include "sample.hpp"

#include "app/vault/master_key_source.hpp"
#include "app/vault/vault.hpp"

#include <catch2/catch.hpp>

#include <algorithm>
#include <cstdlib>

using namespace byollm;
using sample::scratch;

namespace {

constexpr const char* variable = "BYOLLM_TEST_MASTER_KEY";

const std::string first(64, 'a');
const std::string second(64, 'B');

void set(const std::string& value) {
  REQUIRE(::setenv(variable, value.c_str(), 1) == 0);
}

expected<std::unique_ptr<vault>> open(const scratch& directory) {
  return open_vault({directory.path(), nullptr, variable});
}

key_binding binding() {
  return {"acme", "ada", "openai", "https://api.openai.com:443", "k", 1, 1};
}

} // namespace

TEST_CASE("master keys of the environment are wiped where they stood",
          "[vault]") {
  scratch directory;
  for (const auto& value : {first, "1:" + first, "2:" + second + ",1:" + first,
                            std::string{"not a key at all"}}) {
    set(value);
    auto* held = std::getenv(variable);
    static_cast<void>(master_keys_from_environment(variable));
    CHECK(std::getenv(variable) == nullptr);
    CHECK(std::count(held, held + value.size(), '\0')
          == static_cast<ptrdiff_t>(value.size()));
  }
}

TEST_CASE("a malformed variable is refused without a byte of it", "[vault]") {
  scratch directory;
  for (const auto& value :
       {first.substr(1), first + "a", "0:" + first, "x:" + first,
        "1:" + first + ",", first + ",1:" + first, "1:" + first + " ",
        "4294967296:" + first, std::string(64, 'g')}) {
    set(value);
    auto opened = open(directory);
    INFO(value);
    REQUIRE_FALSE(opened);
    CHECK(opened.error().code == errc::invalid_config);
    CHECK(opened.error().detail.find(value) == std::string::npos);
    CHECK(opened.error().detail.find("aaaa") == std::string::npos);
    CHECK(opened.error().detail.find("64 hex digits") != std::string::npos);
  }
}

TEST_CASE("what was sealed under a variable's key opens under it", "[vault]") {
  scratch directory;
  set(first);
  auto vault = open(directory);
  REQUIRE(vault);
  auto sealed = (*vault)->seal("sk-1", binding());
  REQUIRE(sealed);
  CHECK_FALSE(std::filesystem::exists(directory / "master.key"));
  SECTION("the same") {
    set(first);
    CHECK(open(directory));
  }
  SECTION("not another") {
    set(second);
    auto other = open(directory);
    REQUIRE_FALSE(other);
    CHECK(other.error().detail.find("is not the key") != std::string::npos);
  }
  SECTION("not without it, and no new key is made") {
    auto none = open(directory);
    REQUIRE_FALSE(none);
    CHECK(none.error().code == errc::invalid_config);
    scratch another;
    CHECK_FALSE(open(another));
    CHECK_FALSE(std::filesystem::exists(another / "master.key"));
    CHECK_FALSE(std::filesystem::exists(directory / "master.key"));
  }
}

TEST_CASE("a rotation takes the next key of the variable", "[vault]") {
  scratch directory;
  set(first);
  auto vault = open(directory);
  REQUIRE(vault);
  auto added = (*vault)->add();
  REQUIRE_FALSE(added);
  CHECK(added.error().code == errc::invalid_config);
  CHECK(added.error().detail.find("2:") != std::string::npos);
  set("1:" + first + ",2:" + second);
  auto both = open(directory);
  REQUIRE(both);
  CHECK((*both)->versions() == std::vector<uint32_t>{1});
  auto rotated = (*both)->add();
  REQUIRE(rotated);
  REQUIRE((*rotated)->keep());
  CHECK((*both)->versions() == std::vector<uint32_t>{1, 2});
  // From now on both are needed, until the first is retired.
  set("2:" + second);
  CHECK_FALSE(open(directory));
  auto dropped = (*both)->drop(1);
  REQUIRE(dropped);
  REQUIRE((*dropped)->keep());
  set("2:" + second);
  CHECK(open(directory));
}

TEST_CASE("keys in a file and in the variable are one too many", "[vault]") {
  scratch directory;
  REQUIRE(open_vault({directory.path()}));
  set(first);
  auto both = open(directory);
  REQUIRE_FALSE(both);
  CHECK(both.error().detail.find("keep one of the two") != std::string::npos);
}
