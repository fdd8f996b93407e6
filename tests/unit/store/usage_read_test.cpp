// SPDX-License-Identifier: Apache-2.0
// Goal: usage holds nobody up, however much there is, and comes whole and in
// order all the same. Method: reads stepped by hand over a closed store with
// rows that nobody made calls for.
#include "stepped.hpp"

#include "app/store/usage_sql.hpp"
#include "messages/limits.hpp"

#include <catch2/catch.hpp>

#include <algorithm>
#include <tuple>

using namespace byollm;
using namespace byollm::sample;

namespace {

// So many lines of a tenant, each with so many days, beside acme's one.
void add_usage(opened& in, std::string_view tenant, int lines, int days) {
  auto sql
    = "WITH RECURSIVE n (i) AS (SELECT 0 UNION ALL SELECT i + 1 FROM n "
      "WHERE i + 1 < "
      + std::to_string(lines)
      + ") INSERT INTO usage_line (tenant, user, extension, purpose, billing, "
        "provider, model) SELECT '"
      + std::string{tenant}
      + "', printf('user-%05d', (i * 7919) % 100003), 'notes', '', 2, "
        "'openai', 'gpt' FROM n; "
        "WITH RECURSIVE n (i) AS (SELECT 0 UNION ALL SELECT i + 1 FROM n "
        "WHERE i + 1 < "
      + std::to_string(days)
      + ") INSERT INTO usage_day SELECT n.i, l.id, l.id + n.i, 0, 0, 1, 2, 3, "
        "4, 5, 6 FROM n JOIN usage_line l WHERE l.tenant = '"
      + std::string{tenant} + "'";
  must(in.db.run(sql.c_str()));
}

auto run_usage(opened& in, usage_filter which) {
  return run<std::vector<usage_row>>(in, [&](auto done) {
    return make_usage(in.db, std::move(which), std::move(done));
  });
}

errc why_no_usage(opened& in, usage_filter which) {
  errc why = errc::none;
  auto read = make_usage(in.db, std::move(which),
                         [&](const expected<std::vector<usage_row>>& told) {
                           why = told ? errc::none : told.error().code;
                         });
  while (!read->step(in.scan))
    continue;
  return why;
}

bool is_before(const usage_row& one, const usage_row& other) {
  return std::tie(one.day, one.user) < std::tie(other.day, other.user);
}

} // namespace

TEST_CASE("usage is read in slices, and comes in order", "[long_read]") {
  scratch directory;
  fill(directory, 1);
  opened in{directory};
  auto [lines, days]
    = GENERATE(std::pair{100, 100}, std::pair{2, 5'000}, std::pair{5'000, 2});
  CAPTURE(lines, days);
  add_usage(in, "crowd", lines, days);
  constexpr int slices = 10'000 / static_cast<int>(slice_usage_rows);
  usage_filter crowd{.tenant = "crowd"};
  auto of_tenant = run_usage(in, crowd);
  CHECK(of_tenant.steps >= slices);
  REQUIRE(of_tenant.told->size() == limits::usage_rows_max);
  CHECK(std::ranges::is_sorted(*of_tenant.told, is_before));
  CHECK(of_tenant.told->back().day
        == std::chrono::sys_days{std::chrono::days{days - 1}});
  // By the days the same is found, and by both what is asked for.
  usage_filter notes{.extension = "notes"};
  auto of_all = run_usage(in, notes);
  CHECK(of_all.steps >= slices);
  CHECK(of_all.told == of_tenant.told);
  auto one = of_tenant.told->at(4'000);
  usage_filter narrow{
    .first_day = one.day, .last_day = one.day, .user = one.user};
  auto alone = run_usage(in, narrow);
  CHECK(alone.told == std::vector{one});
  narrow.tenant = "crowd";
  CHECK(run_usage(in, narrow).told == std::vector{one});
  narrow.purpose = "another";
  CHECK(run_usage(in, narrow).told->empty());
  // What does not match is looked at in slices, too: lines, or their days.
  crowd.model = notes.model = "claude";
  auto none = run_usage(in, crowd);
  CHECK(none.told->empty());
  CHECK(none.steps > lines / static_cast<int>(slice_usage_rows));
  CHECK(run_usage(in, notes).steps >= slices);
  // One more is too many.
  CHECK(why_no_usage(in, {}) == errc::limit_exceeded);
  must(in.db.run("INSERT INTO usage_day SELECT 9000, line, 1, 0, 0, 0, 0, 0, "
                 "0, 0, 0 FROM usage_day LIMIT 1"));
  must(in.db.run("UPDATE usage_line SET tenant = 'crowd'"));
  CHECK(why_no_usage(in, {.tenant = "crowd"}) == errc::limit_exceeded);
}

TEST_CASE("usage of one's own is found without that of others", "[long_read]") {
  scratch directory;
  fill(directory, 1);
  opened in{directory};
  add_usage(in, "crowd", 3'000, 1);
  auto mine = run_usage(in, {.tenant = "acme"});
  CHECK(mine.steps == 1);
  CHECK(mine.told->size() == 1);
  usage_filter user{.tenant = "crowd",
                    .user
                    = run_usage(in, {.tenant = "crowd"}).told->at(7).user};
  user.extension = GENERATE("", "notes");
  auto theirs = run_usage(in, user);
  CHECK(theirs.steps == 1);
  CHECK(theirs.told->size() == 1);
  auto plan = [&](std::string_view sql) {
    std::string steps;
    auto explain
      = must(in.db.prepare("EXPLAIN QUERY PLAN " + std::string{sql}));
    while (must(explain.step()))
      steps += std::string{explain.text(3)} + "; ";
    return steps;
  };
  auto lines = plan(lines_of_tenant_sql(user));
  CAPTURE(lines);
  CHECK(lines.starts_with("SEARCH usage_line USING"));
  CHECK(lines.find("B-TREE") == std::string::npos);
  CHECK(plan(sums_of_line_sql()).find("usage_day_of_line")
        != std::string::npos);
  CHECK(plan(sums_of_days_sql()).find("SEARCH usage_day USING")
        != std::string::npos);
}
