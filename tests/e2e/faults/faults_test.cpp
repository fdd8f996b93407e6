// SPDX-License-Identifier: Apache-2.0
// Goal: whatever a provider does wrong, the caller, both providers and the
// ledger see what a careful engineer would want, in each dialect, streaming or
// not, with consent to the platform's LLM or without; and docs/providers.md
// says so. Method: a runtime as a host has it, and for each cell a user whose
// LLM is a scripted upstream on loopback; all of a kind at the same time.
#include "tests/e2e/faults/judge.hpp"
#include "tests/e2e/faults/matrix.hpp"
#include "tests/e2e/faults/table.hpp"
#include "tests/support/generated_part.hpp"

#include <catch2/catch.hpp>

namespace byollm::test {

TEST_CASE("every fault of a provider ends as it shall", "[faults]") {
  const auto& all = played_matrix();
  for (const auto& one : all.cells) {
    INFO(one.name());
    CHECK(differences(one.call, one.user, one.in, one.saw) == "");
  }
  CHECK(all.cells.size() > 250);
  CHECK(all.is_intact);
}

TEST_CASE("docs/providers.md shows the faults as they were observed",
          "[faults]") {
  auto page = std::filesystem::path{BYOLLM_DOCS} / "providers.md";
  CHECK(check_generated_part(page, "faults", fault_table(played_matrix()))
        == "");
}

} // namespace byollm::test
