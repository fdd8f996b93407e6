// SPDX-License-Identifier: Apache-2.0
// Goal: no policy is stored that says nothing or cannot hold. Method: the pure
// rules, one change at a time.
#include "actors/policy_rules.hpp"
#include "messages/limits.hpp"

#include <catch2/catch.hpp>

namespace byollm {

namespace {

extension_policy with_calls(uint64_t calls) {
  extension_policy may;
  may.calls_per_day = calls;
  return may;
}

errc change(policy_table& table, std::string extension,
            std::optional<extension_policy> may) {
  auto done = change_policy(table, {std::move(extension), std::move(may)});
  return done ? errc::none : done.error().code;
}

} // namespace

TEST_CASE("a policy is set, replaced and removed", "[policy]") {
  policy_table table;
  CHECK(change(table, "notes", with_calls(1)) == errc::none);
  CHECK(change(table, "*", with_calls(2)) == errc::none);
  CHECK(find_policy(table, "notes")->calls_per_day == 1u);
  CHECK(find_policy(table, "other")->calls_per_day == 2u);
  CHECK(change(table, "notes", with_calls(3)) == errc::none);
  CHECK(find_policy(table, "notes")->calls_per_day == 3u);
  CHECK(change(table, "notes", std::nullopt) == errc::none);
  CHECK(find_policy(table, "notes")->calls_per_day == 2u);
  CHECK(change(table, "notes", std::nullopt) == errc::not_found);
  CHECK(change(table, "*", std::nullopt) == errc::none);
  CHECK(find_policy(table, "notes") == nullptr);
}

TEST_CASE("what is no policy is refused", "[policy]") {
  policy_table table;
  CHECK(change(table, "no tes", with_calls(1)) == errc::invalid_config);
  CHECK(change(table, "", with_calls(1)) == errc::invalid_config);
  CHECK(change(table, "notes", extension_policy{}) == errc::invalid_config);
  extension_policy may;
  may.purposes = {"two words"};
  CHECK(change(table, "notes", may) == errc::invalid_config);
  may.purposes = std::vector<std::string>(limits::policy_names_max + 1, "p");
  CHECK(change(table, "notes", may) == errc::limit_exceeded);
  may = {};
  may.models = {"two words"};
  CHECK(change(table, "notes", may) == errc::invalid_config);
  CHECK(table.empty());
}

TEST_CASE("policies are bounded, and at the bound still change", "[policy]") {
  policy_table table;
  for (size_t i = 0; i < limits::policies_max; ++i)
    CHECK(change(table, "x" + std::to_string(i), with_calls(1)) == errc::none);
  CHECK(change(table, "one-more", with_calls(1)) == errc::limit_exceeded);
  CHECK(change(table, "x0", with_calls(2)) == errc::none);
}

} // namespace byollm
