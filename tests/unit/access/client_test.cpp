// SPDX-License-Identifier: Apache-2.0
// Goal: a client token is good for one user until it expires or is revoked, and
// no other text or row is one. Method: tokens and rows changed in every place.
#include "app/access/access_book.hpp"
#include "messages/limits.hpp"

#include <catch2/catch.hpp>

namespace byollm {

namespace {

constexpr int64_t day_ms = 24 * 3'600'000;

struct world {
  int64_t now = 1'800'000'000'000;
  /// The first names the book's run.
  int ids = 0;

  std::unique_ptr<access_book> book(std::vector<stored_client_token> clients
                                    = {}) {
    std::array<uint8_t, 32> key;
    key.fill(7);
    auto keys = access_keys::make(key);
    REQUIRE(keys);
    stored_access stored;
    stored.clients = std::move(clients);
    return std::make_unique<access_book>(
      *std::move(keys),
      access_book_options{"ledger-1", [this] { return now; },
                          [this] { return "id-" + std::to_string(ids++); }},
      std::move(stored));
  }
};

client_token_view ada() {
  client_token_view made;
  made.tenant = "acme";
  made.user = "ada";
  made.extension = "api";
  made.purposes = {"summary", "title"};
  return made;
}

client_book::fresh_token add(access_book& to, client_token_view wanted = ada(),
                             uint32_t days = 0) {
  auto made = to.make_client(std::move(wanted), days);
  REQUIRE(made);
  access_change what;
  what.add_client = made->stored;
  to.apply(what);
  return *made;
}

} // namespace

TEST_CASE("a client token tells whose it is", "[access]") {
  world w;
  auto book = w.book();
  auto made = add(*book);
  CHECK(made.text.starts_with("byollm_ct_"));
  CHECK(made.text.size() == 53);
  auto got = book->check_client(made.text);
  REQUIRE(got);
  CHECK(got->id == "id-1");
  CHECK(got->tenant == "acme");
  CHECK(got->user == "ada");
  CHECK(got->extension == "api");
  CHECK(got->purposes == std::vector<std::string>{"summary", "title"});
  CHECK(got->created_unix_ms == w.now);
  CHECK(got->expires_unix_ms == 0);
  // And is no token of another kind.
  CHECK_FALSE(book->check_service(made.text));
  CHECK_FALSE(book->check_call(made.text));
}

TEST_CASE("a client token that was changed anywhere is refused", "[access]") {
  world w;
  auto book = w.book();
  auto token = add(*book).text;
  for (size_t i = 0; i < token.size(); ++i) {
    auto changed = token;
    changed[i] = changed[i] == 'A' ? 'B' : 'A';
    CHECK_FALSE(book->check_client(changed));
  }
  for (size_t size = 0; size < token.size(); ++size)
    CHECK_FALSE(book->check_client(token.substr(0, size)));
  CHECK_FALSE(book->check_client(token + "A"));
}

TEST_CASE("a client token ends with its days, or when it is revoked",
          "[access]") {
  world w;
  auto book = w.book();
  auto token = add(*book, ada(), 2).text;
  auto other = add(*book).text;
  w.now += 2 * day_ms - 1;
  CHECK(book->check_client(token));
  w.now += 1;
  CHECK_FALSE(book->check_client(token));
  CHECK(book->check_client(other));
  access_change what;
  what.remove_client = "id-2";
  book->apply(what);
  CHECK_FALSE(book->check_client(other));
  CHECK(book->make_client(ada(), limits::client_token_days_max));
  CHECK_FALSE(book->make_client(ada(), limits::client_token_days_max + 1));
}

TEST_CASE("client tokens are listed by whose they are", "[access]") {
  world w;
  auto book = w.book();
  add(*book);
  auto bob = ada();
  bob.user = "bob";
  add(*book, bob);
  CHECK(book->clients().list("acme", "ada").size() == 1);
  CHECK(book->clients().list("acme", "").size() == 2);
  CHECK(book->clients().list("", "").size() == 2);
  CHECK(book->clients().list("other", "").empty());
  CHECK(book->clients().find("id-2")->user == "bob");
  CHECK_FALSE(book->clients().find("id-9"));
}

TEST_CASE("all of a user's client tokens are revoked at once", "[access]") {
  world w;
  auto book = w.book();
  auto first = add(*book).text;
  auto second = add(*book).text;
  auto bob = ada();
  bob.user = "bob";
  auto of_bob = add(*book, bob).text;
  auto elsewhere = ada();
  elsewhere.tenant = "other";
  auto of_namesake = add(*book, elsewhere).text;
  access_change what;
  what.remove_clients_of = {"acme", "ada"};
  book->apply(what);
  CHECK_FALSE(book->check_client(first));
  CHECK_FALSE(book->check_client(second));
  CHECK(book->check_client(of_bob));
  CHECK(book->check_client(of_namesake));
}

TEST_CASE("a user has so many client tokens", "[access]") {
  world w;
  auto book = w.book();
  for (size_t i = 0; i < limits::client_tokens_per_user_max; ++i)
    add(*book, ada(), 1);
  auto more = book->make_client(ada(), 1);
  REQUIRE_FALSE(more);
  CHECK(more.error().code == errc::limit_exceeded);
  auto bob = ada();
  bob.user = "bob";
  CHECK(book->make_client(bob, 1));
  // What has expired counts no more, and is forgotten.
  w.now += day_ms;
  add(*book);
  CHECK(book->clients().list("", "").size() == 1);
}

TEST_CASE("a client token is for sound names", "[access]") {
  world w;
  auto book = w.book();
  for (auto change :
       {+[](client_token_view& x) { x.tenant = ""; },
        +[](client_token_view& x) { x.user = "a b"; },
        +[](client_token_view& x) { x.extension = "a/b"; },
        +[](client_token_view& x) { x.purposes = {"a,b"}; },
        +[](client_token_view& x) { x.purposes.assign(33, "a"); }}) {
    auto wanted = ada();
    change(wanted);
    CHECK_FALSE(book->make_client(wanted, 0));
  }
}

TEST_CASE("a row of another's hand is no client token", "[access]") {
  world w;
  auto made = w.book()->make_client(ada(), 5);
  REQUIRE(made);
  CHECK(w.book({made->stored})->check_client(made->text));
  auto refused = [&](auto change) {
    auto row = made->stored;
    change(row);
    auto book = w.book({row});
    CHECK_FALSE(book->check_client(made->text));
    CHECK(book->unsealed().size() == 1);
  };
  refused([](stored_client_token& x) { x.shown.id = "id-2"; });
  refused([](stored_client_token& x) { x.shown.tenant = "other"; });
  refused([](stored_client_token& x) { x.shown.user = "bob"; });
  refused([](stored_client_token& x) { x.shown.extension = "notes"; });
  refused([](stored_client_token& x) { x.shown.purposes.clear(); });
  refused([](stored_client_token& x) { x.shown.purposes = {"summarytitle"}; });
  // The same letters, elsewhere.
  refused([](stored_client_token& x) {
    x.shown.user += x.shown.extension.front();
    x.shown.extension.erase(0, 1);
  });
  refused([](stored_client_token& x) {
    x.shown.purposes = {"summar", "ytitle"};
  });
  refused([](stored_client_token& x) { ++x.shown.created_unix_ms; });
  refused([](stored_client_token& x) { x.shown.expires_unix_ms = 0; });
  refused([](stored_client_token& x) { x.digest[5] ^= 1; });
  refused([](stored_client_token& x) { x.seal[31] ^= 0x80; });
}

} // namespace byollm
