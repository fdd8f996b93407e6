// SPDX-License-Identifier: Apache-2.0
// Goal: every error has a name and advice, every identity keeps its alphabet,
// every range is kept. Method: all values, one by one.
#include "messages/errors.hpp"
#include "messages/ids.hpp"
#include "messages/parameters.hpp"

#include <catch2/catch.hpp>

#include <limits>
#include <set>

namespace byollm {

TEST_CASE("error names are unique and every error but two says what to do",
          "[names]") {
  std::set<std::string_view> seen;
  for (int i = 0; i < 256; ++i) {
    auto code = static_cast<errc>(i);
    auto name = to_string(code);
    if (name == "undocumented")
      continue;
    CHECK(seen.insert(name).second);
    auto silent = code == errc::none || code == errc::cancelled;
    CHECK(remedy(code).empty() == silent);
  }
  CHECK(seen.size() == 60);
}

TEST_CASE("a failure reads as one line: what, where, why, what to do",
          "[names]") {
  failure what{errc::invalid_config, "unknown provider", "provider"};
  CHECK(describe(what)
        == "invalid_config (provider): unknown provider. Correct the named "
           "setting and save it again.");
}

TEST_CASE("identities keep their alphabet", "[names]") {
  CHECK(tenant_id::parse("a.B_c:d@e-9"));
  CHECK(tenant_id::parse(std::string(128, 'x')));
  CHECK_FALSE(tenant_id::parse(""));
  CHECK_FALSE(tenant_id::parse(std::string(129, 'x')));
  CHECK_FALSE(tenant_id::parse("a b"));
  CHECK_FALSE(tenant_id::parse("a|b"));
  CHECK_FALSE(tenant_id::parse("a/b"));
  CHECK_FALSE(tenant_id::parse(std::string("a\0b", 3)));
}

TEST_CASE("parameters out of range are refused and named", "[names]") {
  auto refused = [](auto set) {
    parameters values;
    set(values);
    auto checked = check_ranges(values);
    return checked ? std::string{} : checked.error().parameter;
  };
  auto nan = std::numeric_limits<double>::quiet_NaN();
  CHECK(refused([](auto& x) { x.temperature = 2.0; }).empty());
  CHECK(refused([](auto& x) { x.temperature = 2.1; }) == "temperature");
  CHECK(refused([](auto& x) { x.temperature = -0.1; }) == "temperature");
  CHECK(refused([&](auto& x) { x.temperature = nan; }) == "temperature");
  CHECK(refused([](auto& x) { x.top_p = 0.0; }) == "top_p");
  CHECK(refused([](auto& x) { x.top_p = 1.0; }).empty());
  CHECK(refused([](auto& x) { x.max_tokens = 0; }) == "max_tokens");
  CHECK(refused([](auto& x) { x.max_tokens = 10'000'001; }) == "max_tokens");
  CHECK(refused([](auto& x) { x.presence_penalty = -2.5; })
        == "presence_penalty");
  CHECK(refused([](auto& x) { x.stop_sequences = {{""}}; })
        == "stop_sequences");
  CHECK(refused(
          [](auto& x) { x.stop_sequences = std::vector<std::string>(17, "s"); })
        == "stop_sequences");
}

TEST_CASE("values render as JSON", "[names]") {
  parameters values;
  values.temperature = 0.4;
  values.max_tokens = 800;
  values.stop_sequences = {{"a\"b", "\n"}};
  CHECK(value_json(values, parameter::temperature) == "0.4");
  CHECK(value_json(values, parameter::max_tokens) == "800");
  CHECK(value_json(values, parameter::top_p) == "null");
  CHECK(value_json(values, parameter::stop_sequences)
        == "[\"a\\\"b\",\"\\u000a\"]");
}

} // namespace byollm
