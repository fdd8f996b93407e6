// SPDX-License-Identifier: Apache-2.0
#include "tests/e2e/functions/function_fixture.hpp"

#include <catch2/catch.hpp>

namespace byollm::test {

function_call call_of(const std::string& function,
                      const std::string& arguments) {
  return {.tenant = "acme",
          .user = "ada",
          .function = function,
          .arguments_json = arguments};
}

function_fixture::function_fixture()
    : rt(start({.data_directory = scratch.path() / "data", .loops = 2})) {
  settle_ada(*rt);
}

expected<function_reply> function_fixture::run(const std::string& function,
                                               const std::string& arguments,
                                               bool confirmed) {
  auto call = call_of(function, arguments);
  call.confirmed = confirmed;
  return notes.run(*rt, std::move(call)).get();
}

std::string function_fixture::wrong(const std::string& function,
                                    const std::string& arguments,
                                    bool confirmed) {
  auto got = run(function, arguments, confirmed);
  if (got)
    return "ok";
  CHECK_FALSE(got.error().detail.empty());
  auto made = std::string{to_string(got.error().code)};
  return got.error().parameter.empty() ? made
                                       : made + ' ' + got.error().parameter;
}

std::vector<std::map<std::string, std::string>>
function_fixture::rows(const std::string& type) const {
  ledger_filter which;
  which.user = "ada";
  which.type = type;
  auto found = rt->admin().ledger_list(which).get();
  REQUIRE(found);
  std::vector<std::map<std::string, std::string>> made;
  for (const auto& row : *found)
    made.emplace_back(row.fields.begin(), row.fields.end());
  return made;
}

} // namespace byollm::test
