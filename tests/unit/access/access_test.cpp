// SPDX-License-Identifier: Apache-2.0
// Goal: a token is worth what it was made for, and nothing else is worth
// anything. Method: tokens changed in every place, rows changed as who can
// write the database would.
#include "app/access/access_book.hpp"
#include "app/access/base64url.hpp"
#include "messages/limits.hpp"

#include <catch2/catch.hpp>

#include <iostream>

namespace byollm {

namespace {

using namespace std::chrono_literals;

struct world {
  /// The wall clock, and one that nobody sets.
  int64_t now = 1'800'000'000'000;
  int64_t elapsed = 0;
  int ids = 0;
  std::string audience = "ledger-1";
  uint8_t audit_key = 7;

  void pass(std::chrono::milliseconds time) {
    now += time.count();
    elapsed += time.count();
  }

  /// That of a process which starts now.
  std::unique_ptr<access_book> book(stored_access stored = {}) {
    std::array<uint8_t, 32> key;
    key.fill(audit_key);
    auto keys = access_keys::make(key);
    REQUIRE(keys);
    auto clock = std::make_shared<forward_clock>([this] { return now; },
                                                 [this] { return elapsed; });
    return std::make_unique<access_book>(
      *std::move(keys),
      access_book_options{audience, [this] { return now; },
                          [this] { return "id-" + std::to_string(++ids); },
                          [clock] { return clock->unix_ms(); }},
      std::move(stored));
  }
};

call_grant ada() {
  call_grant made;
  made.tenant = "acme";
  made.user = "ada";
  made.extension = "writer";
  made.kind = caller_kind::tool;
  made.purposes = {"summary", "title"};
  made.calls = 3;
  made.origin = {turn_source::panel, "draft", action_type::write};
  return made;
}

std::string mint(const access_book& book, call_grant grant = ada()) {
  auto made = book.mint(std::move(grant), 5min);
  REQUIRE(made);
  return made->text;
}

errc refusal(access_book& book, std::string_view token) {
  auto got = book.check_call(token);
  return got ? errc::none : got.error().code;
}

// The same for who then makes use of it.
errc refused_use(access_book& book, std::string_view token) {
  auto got = book.check_call(token);
  if (!got)
    return got.error().code;
  auto used = book.use(*got);
  return used ? errc::none : used.error().code;
}

} // namespace

TEST_CASE("a call token tells what it was minted for", "[access]") {
  world w;
  auto book = w.book();
  auto made = book->mint(ada(), 5min);
  REQUIRE(made);
  auto got = book->check_call(made->text);
  REQUIRE(got);
  CHECK(got->tenant == "acme");
  CHECK(got->user == "ada");
  CHECK(got->extension == "writer");
  CHECK(got->kind == caller_kind::tool);
  CHECK(got->purposes == std::vector<std::string>{"summary", "title"});
  CHECK(got->calls == 3);
  CHECK(got->id == made->grant.id);
  CHECK(got->turn == made->grant.turn);
  CHECK(got->origin.source == turn_source::panel);
  CHECK(got->origin.function == "draft");
  CHECK(got->origin.action == action_type::write);
  CHECK(got->expires_unix_ms == w.now + 300'000);
  CHECK_FALSE(got->is_for_open_turn);
  auto grant = ada();
  grant.is_for_open_turn = true;
  CHECK(book->check_call(mint(*book, grant))->is_for_open_turn);
}

TEST_CASE("a token that was changed anywhere is refused", "[access]") {
  world w;
  auto book = w.book();
  auto token = mint(*book);
  REQUIRE(refusal(*book, token) == errc::none);
  size_t tried = 0;
  for (size_t i = 0; i < token.size(); ++i)
    for (char other : {'A', 'B', '.', '-', '=', '\0'}) {
      if (token[i] == other)
        continue;
      auto changed = token;
      changed[i] = other;
      INFO(i << " " << int{other});
      CHECK(refusal(*book, changed) == errc::unauthenticated);
      ++tried;
    }
  for (size_t size = 0; size < token.size(); ++size, ++tried)
    CHECK(refusal(*book, token.substr(0, size)) == errc::unauthenticated);
  for (const auto& tail : {"A", ".", "=", " "})
    CHECK(refusal(*book, token + tail) == errc::unauthenticated);
  std::cout << tried + 4 << " changed call tokens, 0 accepted\n";
}

TEST_CASE("the parts of two tokens make no third", "[access]") {
  world w;
  auto book = w.book();
  auto one = mint(*book);
  auto grant = ada();
  grant.user = "bob";
  auto other = mint(*book, grant);
  auto dot = [](const std::string& token) { return token.find('.'); };
  auto crossed = one.substr(0, dot(one)) + other.substr(dot(other));
  CHECK(refusal(*book, crossed) == errc::unauthenticated);
}

TEST_CASE("a token is for one runtime, and for its time", "[access]") {
  world w;
  auto book = w.book();
  auto token = mint(*book);
  w.now += 299'999;
  CHECK(refusal(*book, token) == errc::none);
  w.now += 1;
  CHECK(refusal(*book, token) == errc::unauthenticated);
  // Nor is one from a future good, for who is sure of the time.
  w.now -= 300'000 + 60'001;
  CHECK(refusal(*w.book(), token) == errc::unauthenticated);
  w.now += 1;
  CHECK(refusal(*w.book(), token) == errc::none);
  w.audience = "ledger-2";
  CHECK(refusal(*w.book(), token) == errc::unauthenticated);
  w.audience = "ledger-1";
  w.audit_key = 8;
  CHECK(refusal(*w.book(), token) == errc::unauthenticated);
}

TEST_CASE("a single-use token is used once, also over a restart", "[access]") {
  world w;
  auto book = w.book();
  auto grant = ada();
  grant.single_use = true;
  auto token = mint(*book, grant);
  auto unused = mint(*book, grant);
  CHECK(refusal(*book, token) == errc::none);
  CHECK(refused_use(*book, token) == errc::none);
  CHECK(refused_use(*book, token) == errc::unauthenticated);
  auto often = mint(*book);
  CHECK(refused_use(*book, often) == errc::none);
  CHECK(refused_use(*book, often) == errc::none);
  w.now += 1;
  auto again = w.book();
  CHECK(refused_use(*again, unused) == errc::unauthenticated);
  CHECK(refused_use(*again, often) == errc::none);
}

TEST_CASE("a clock that is set back makes no token good again", "[access]") {
  world w;
  auto book = w.book();
  auto once = ada();
  once.single_use = true;
  auto used = mint(*book, once);
  auto unused = mint(*book, once);
  auto often = mint(*book);
  CHECK(refused_use(*book, used) == errc::none);
  w.now -= 3'600'000;
  CHECK(refused_use(*book, used) == errc::unauthenticated);
  CHECK(refused_use(*book, unused) == errc::none);
  CHECK(refused_use(*book, often) == errc::none);
  // Made after it, one is as good as ever.
  auto fresh = mint(*book, once);
  CHECK(refused_use(*book, fresh) == errc::none);
  CHECK(refused_use(*book, fresh) == errc::unauthenticated);
  // They end when they would have, and what was used is forgotten then.
  w.pass(299'999ms);
  CHECK(refusal(*book, often) == errc::none);
  w.pass(1ms);
  CHECK(refused_use(*book, mint(*book, once)) == errc::none);
  for (auto back : {0, 300'000, 3'600'000}) {
    w.now -= back;
    for (const auto& token : {used, unused, often, fresh})
      CHECK(refused_use(*book, token) == errc::unauthenticated);
  }
  // Nor does it when it is set right again.
  w.now += 3'600'000 + 300'000;
  CHECK(refused_use(*book, used) == errc::unauthenticated);
  CHECK(refused_use(*book, mint(*book, once)) == errc::none);
}

TEST_CASE("a token that expires between check and use is not used",
          "[access]") {
  world w;
  auto book = w.book();
  auto once = ada();
  once.single_use = true;
  auto grant = book->check_call(mint(*book, once));
  REQUIRE(grant);
  REQUIRE(book->use(*grant));
  w.pass(302s);
  // Its first use is forgotten by the time of the next.
  auto other = book->check_call(mint(*book, once));
  REQUIRE(book->use(*other));
  CHECK_FALSE(book->use(*grant));
}

TEST_CASE("a clock that is set back before a restart makes no used token good",
          "[access]") {
  world w;
  w.now += 3'600'000;
  auto once = ada();
  once.single_use = true;
  auto before = w.book();
  auto used = mint(*before, once);
  CHECK(refused_use(*before, used) == errc::none);
  w.now -= 3'600'000;
  auto after = w.book();
  CHECK(refused_use(*after, used) == errc::unauthenticated);
  // Now it would be time for it.
  w.pass(1h);
  CHECK(refused_use(*after, used) == errc::unauthenticated);
}

TEST_CASE("used tokens are forgotten also after the clock was set back",
          "[access]") {
  world w;
  auto book = w.book();
  auto use = [&](int64_t i) {
    call_grant grant;
    grant.single_use = true;
    grant.id = std::to_string(i);
    // As the book would say when it mints.
    grant.expires_unix_ms = 1'800'000'000'000 + 300'000;
    auto used = book->use(grant);
    return used ? errc::none : used.error().code;
  };
  for (size_t i = 0; i < limits::used_tokens_max; ++i)
    if (use(static_cast<int64_t>(i)) != errc::none)
      FAIL("use " << i << " was refused");
  CHECK(use(-1) == errc::overloaded);
  w.now -= 3'600'000;
  CHECK(use(-1) == errc::overloaded);
  w.pass(301s);
  auto once = ada();
  once.single_use = true;
  CHECK(refused_use(*book, mint(*book, once)) == errc::none);
}

TEST_CASE("a rotated secret signs, the one before is read, older are not",
          "[access]") {
  world w;
  auto book = w.book();
  auto first = mint(*book);
  book->apply({{}, {}, 2});
  auto second = mint(*book);
  CHECK(refusal(*book, first) == errc::none);
  CHECK(refusal(*book, second) == errc::none);
  book->apply({{}, {}, 3});
  CHECK(refusal(*book, first) == errc::unauthenticated);
  CHECK(refusal(*book, second) == errc::none);
}

TEST_CASE("what may not be minted is named", "[access]") {
  world w;
  auto book = w.book();
  auto wrong = [&](auto change, std::chrono::milliseconds ttl = 5min) {
    auto grant = ada();
    change(grant);
    auto made = book->mint(grant, ttl);
    REQUIRE_FALSE(made);
    return made.error().parameter;
  };
  auto nothing = [](call_grant&) {
    // nop
  };
  CHECK(wrong([](call_grant& x) { x.tenant = ""; }) == "tenant");
  CHECK(wrong([](call_grant& x) { x.user = "a b"; }) == "user");
  CHECK(wrong([](call_grant& x) { x.extension = "x\n"; }) == "extension");
  CHECK(wrong([](call_grant& x) { x.turn = "/"; }) == "turn");
  CHECK(wrong([](call_grant& x) { x.purposes = {"ok", ""}; }) == "purposes");
  CHECK(wrong([](call_grant& x) { x.purposes.assign(33, "p"); }) == "purposes");
  CHECK(wrong(nothing, 0ms) == "ttl_s");
  CHECK(wrong(nothing, limits::call_token_ttl_max + 1ms) == "ttl_s");
}

TEST_CASE("a service token is known by its text, until it is revoked",
          "[access]") {
  world w;
  auto book = w.book();
  auto made = book->make({"panel", 5});
  REQUIRE(made);
  CHECK_FALSE(book->check_service(made->text));
  book->apply({made->stored, {}, {}});
  auto known = book->check_service(made->text);
  REQUIRE(known);
  CHECK(known->name == "panel");
  CHECK(known->scopes == 5);
  CHECK_FALSE(book->check_service(made->text + "A"));
  CHECK_FALSE(book->check_service(made->text.substr(1)));
  auto other = book->make({"panel", 5});
  CHECK_FALSE(book->check_service(other->text));
  book->apply({{}, "panel", {}});
  CHECK_FALSE(book->check_service(made->text));
}

TEST_CASE("a row that was not stored by us is no token", "[access]") {
  world w;
  auto made = w.book()->make({"panel", 2, "notes"});
  REQUIRE(made);
  CHECK(w.book({{made->stored}, 1})->check_service(made->text));
  auto refused = [&](auto change) {
    auto row = made->stored;
    change(row);
    auto book = w.book({{row}, 1});
    CHECK_FALSE(book->check_service(made->text));
    CHECK(book->unsealed().size() == 1);
  };
  refused([](stored_service_token& x) { x.shown.scopes = 33; });
  refused([](stored_service_token& x) { x.shown.name = "other"; });
  refused([](stored_service_token& x) { x.shown.extension = "*"; });
  refused([](stored_service_token& x) {
    x.shown.name = "panelnotes";
    x.shown.extension = "";
  });
  refused([](stored_service_token& x) { ++x.shown.created_unix_ms; });
  refused([](stored_service_token& x) { x.digest[5] ^= 1; });
  refused([](stored_service_token& x) { x.seal[31] ^= 0x80; });
}

TEST_CASE("base64url is read as it is written and in no other way",
          "[access]") {
  std::vector<uint8_t> bytes;
  for (int i = 0; i < 70; ++i) {
    auto text = to_base64url(bytes);
    auto back = from_base64url(text);
    REQUIRE(back);
    CHECK(*back == bytes);
    CHECK(text.find_first_of("+/=") == std::string::npos);
    bytes.push_back(static_cast<uint8_t>(i * 37 + 250));
  }
  for (auto wrong : {"A", "AAAAA", "AB", "AA=", "AA==", "A+AA", "A/AA", "AA A"})
    CHECK_FALSE(from_base64url(wrong));
}

TEST_CASE("scopes are read and written by name", "[access]") {
  CHECK(*scopes_of("turns") == 1);
  CHECK(*scopes_of("admin,turns") == 33);
  CHECK(names_of_scopes(33) == "turns,admin");
  for (auto wrong : {"", ",", "root", "turns,", "turns,root", "turns config"})
    CHECK(scopes_of(wrong).has_value() == (std::string{wrong} == "turns,"));
}

} // namespace byollm
