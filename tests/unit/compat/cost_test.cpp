// SPDX-License-Identifier: Apache-2.0
// Goal: what it costs to read a body grows with its length, however it is made.
// Method: count the bytes that are allocated, since what is written anew is
// copied; bounds.
#include "ask.hpp"

#include "messages/limits.hpp"
#include "tests/support/allocated.hpp"

#include <catch2/catch.hpp>

#include <algorithm>

namespace byollm::clients {

namespace {

std::string many(size_t count, const std::string& each) {
  std::string made = each;
  for (size_t i = 1; i < count; ++i)
    made.append(",").append(each);
  return made;
}

std::string with_content(const std::string& blocks) {
  return R"({"max_tokens":9,"messages":[{"role":"user","content":[)" + blocks
         + "]}]}";
}

size_t count_of(const asked_message& asked, lost what) {
  return static_cast<size_t>(
    std::ranges::count(asked.losses, what, &loss::what));
}

} // namespace

TEST_CASE("losses of one kind are bounded, and the last says so", "[cost]") {
  auto blocks = many(1'000, R"({"type":"text","text":"a","x":1})");
  auto marked = R"({"type":"text","text":"b",
    "cache_control":{"type":"ephemeral","ttl":"1h"}})";
  auto got = read(anthropic_dialect(), with_content(blocks + ',' + marked));
  REQUIRE(got);
  CHECK(count_of(*got, lost::extra) == limits::losses_of_kind_max);
  CHECK(got->losses[0].why == "there is no place for messages.0.content.0.x");
  CHECK(got->losses[limits::losses_of_kind_max - 1].why
        == "and more of this kind");
  // Another kind is told nevertheless.
  CHECK(count_of(*got, lost::cache_marks) == 1);
}

TEST_CASE("a reason that comes again is told once", "[cost]") {
  auto blocks = many(1'000, R"({"type":"text","text":"b",
    "cache_control":{"type":"ephemeral","ttl":"1h"}})");
  auto got = read(anthropic_dialect(), with_content(blocks));
  REQUIRE(got);
  CHECK(lost_in(*got) == "cache_marks ");
}

} // namespace byollm::clients
