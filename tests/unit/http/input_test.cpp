// SPDX-License-Identifier: Apache-2.0
// Goal: what a connection was sent does not stay behind where it was read.
// Method: look at the memory itself, which `room` gives out again.
#include "app/http/input.hpp"

#include <catch2/catch.hpp>

#include <algorithm>
#include <string>

namespace byollm {

namespace {

constexpr std::string_view key = "sk-some-key-of-a-user";

void put(http::input& to, std::string_view bytes) {
  auto room = to.room();
  REQUIRE(room.size() >= bytes.size());
  std::ranges::copy(bytes, room.begin());
  to.filled(bytes.size());
}

bool holds(http::input& from, std::string_view what) {
  auto room = from.room();
  std::string_view unread{room.data(), room.size()};
  return unread.find(what) != std::string_view::npos;
}

} // namespace

TEST_CASE("what was taken is wiped", "[input]") {
  http::input in;
  put(in, std::string{key} + "next");
  REQUIRE(in.unread().starts_with(key));
  in.keep(4);
  CHECK_FALSE(holds(in, key.substr(0, 8)));
  CHECK(in.unread() == "next");
}

TEST_CASE("what moves up leaves nothing where it was", "[input]") {
  http::input in;
  put(in, std::string(64, 'x') + std::string{key});
  in.keep(key.size());
  REQUIRE(in.unread() == key);
  // In what is free now, the key would stand where it stood before.
  CHECK_FALSE(holds(in, key.substr(key.size() - 8)));
  CHECK(in.unread() == key);
}

} // namespace byollm
