// SPDX-License-Identifier: Apache-2.0
// Goal: a session is its holder's, for its time, and there are not more than
// there may be. Method: a clock that the test moves.
#include "app/pages/session_book.hpp"
#include "messages/limits.hpp"

#include <catch2/catch.hpp>

#include <set>

namespace byollm::pages {

namespace {

using std::chrono::milliseconds;

constexpr auto lifetime_ms = milliseconds{limits::session_lifetime}.count();

struct world {
  int64_t now = 1'800'000'000'000;
  session_book book{[this] { return now; }};

  new_session begin(const std::string& user, const char* tenant = "acme") {
    auto made = book.begin({false, tenant, user, {}});
    REQUIRE(made);
    return *std::move(made);
  }
};

} // namespace

TEST_CASE("a session is found by its whole cookie and no other", "[pages]") {
  world in;
  auto ada = in.begin("ada");
  auto bob = in.begin("bob");
  auto found = in.book.check(ada.cookie);
  REQUIRE(found);
  CHECK(found->who == login_identity{false, "acme", "ada", {}});
  CHECK(found->csrf == ada.shown.csrf);
  CHECK(in.book.check(bob.cookie)->who.user == "bob");
  for (size_t i = 0; i < ada.cookie.size(); ++i) {
    auto changed = ada.cookie;
    changed[i] = changed[i] == 'A' ? 'B' : 'A';
    CHECK(!in.book.check(changed));
  }
  CHECK(in.book.check("").error().code == errc::unauthenticated);
  CHECK(!in.book.check(ada.cookie.substr(1)));
  CHECK(!in.book.check(ada.cookie + "A"));
  CHECK(!in.book.check(ada.shown.csrf));
}

TEST_CASE("no two sessions share a secret", "[pages]") {
  world in;
  std::set<std::string> seen;
  for (int i = 0; i < 100; ++i) {
    auto made = in.begin("user-" + std::to_string(i));
    CHECK(made.cookie.size() == 43);
    CHECK(seen.insert(made.cookie).second);
    CHECK(seen.insert(made.shown.csrf).second);
  }
}

TEST_CASE("a session ends with its time", "[pages]") {
  world in;
  auto ada = in.begin("ada");
  in.now += lifetime_ms - 1;
  CHECK(in.book.check(ada.cookie));
  in.now += 1;
  CHECK(!in.book.check(ada.cookie));
  in.begin("bob");
  CHECK(in.book.size() == 1);
}

TEST_CASE("who logs out is out, and nobody else", "[pages]") {
  world in;
  auto one = in.begin("ada");
  auto other = in.begin("ada");
  in.book.end(one.cookie);
  CHECK(!in.book.check(one.cookie));
  CHECK(in.book.check(other.cookie));
}

TEST_CASE("one session too many of a person ends their oldest", "[pages]") {
  world in;
  auto bob = in.begin("bob");
  auto namesake = in.begin("ada", "other");
  std::vector<new_session> all;
  for (size_t i = 0; i <= limits::sessions_per_person_max; ++i) {
    in.now += 1;
    all.push_back(in.begin("ada"));
  }
  CHECK(!in.book.check(all[0].cookie));
  for (size_t i = 1; i < all.size(); ++i)
    CHECK(in.book.check(all[i].cookie));
  CHECK(in.book.check(bob.cookie));
  CHECK(in.book.check(namesake.cookie));
}

TEST_CASE("there are so many sessions and no more", "[pages]") {
  world in;
  auto first = in.begin("user-0");
  for (size_t i = 1; i < limits::sessions_max; ++i)
    in.begin("user-" + std::to_string(i));
  auto full = in.book.begin({false, "acme", "late", {}});
  REQUIRE(!full);
  CHECK(full.error().code == errc::overloaded);
  CHECK(in.book.check(first.cookie));
  in.book.end(first.cookie);
  CHECK(in.book.begin({false, "acme", "late", {}}));
}

} // namespace byollm::pages
