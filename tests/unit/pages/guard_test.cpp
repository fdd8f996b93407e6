// SPDX-License-Identifier: Apache-2.0
// Goal: what a browser sends by itself opens nothing; only our own page does,
// for who is logged in. Method: requests as browsers and attackers make them.
#include "app/pages/guard.hpp"

#include <catch2/catch.hpp>

#include <initializer_list>

namespace byollm::pages {

namespace {

using header = std::pair<std::string_view, std::string_view>;

http::request ask(std::string method, std::initializer_list<header> headers) {
  http::request made;
  made.method = std::move(method);
  made.path = "/v1/me/config.set";
  made.fields.add("host", "127.0.0.1:8787");
  for (auto [name, value] : headers)
    made.fields.add(name, value);
  return made;
}

const site plain;
const site secure{"https://llm.example.com"};

struct world {
  session_book book;
  new_session ada = *book.begin({false, "acme", "ada", {}});
  new_session bob = *book.begin({false, "acme", "bob", {}});
  new_session root = *book.begin({true, {}, {}, "root"});

  // A request of ada's own page, but for what is named.
  http::request good(std::string_view csrf, std::string_view cookie,
                     std::string_view origin = "http://127.0.0.1:8787",
                     std::string_view from = "same-origin") {
    auto whole = "byollm_session=" + std::string{cookie};
    return ask("POST", {{"cookie", whole},
                        {"origin", origin},
                        {"sec-fetch-site", from},
                        {"x-byollm-csrf", csrf}});
  }

  errc enter(const http::request& asked, audience whom) {
    auto who = let_in(asked, plain, book, whom);
    return who ? errc::none : who.error().code;
  }
};

errc from_page(const http::request& asked, bool changes,
               const site& at = plain) {
  auto is = check_origin(asked, at, changes);
  return is ? errc::none : is.error().code;
}

} // namespace

TEST_CASE("a change comes from our own origin", "[pages]") {
  for (auto origin :
       {"http://127.0.0.1:8788", "http://127.0.0.1", "https://127.0.0.1:8787",
        "http://localhost:8787", "http://evil.example", "null",
        "http://127.0.0.1:8787.evil.example", "HTTP://127.0.0.1:8787"}) {
    INFO(origin);
    auto asked = ask("POST", {{"origin", origin}});
    CHECK(from_page(asked, true) == errc::forbidden);
    CHECK(from_page(asked, false) == errc::forbidden);
  }
  CHECK(from_page(ask("POST", {{"origin", "http://127.0.0.1:8787"}}), true)
        == errc::none);
}

TEST_CASE("a change does not come from another site's page", "[pages]") {
  for (auto from : {"cross-site", "same-site", "none", "other"}) {
    INFO(from);
    CHECK(from_page(ask("POST", {{"sec-fetch-site", from}}), true)
          == errc::forbidden);
    // Not even with an origin that is ours.
    CHECK(from_page(ask("POST", {{"origin", "http://127.0.0.1:8787"},
                                 {"sec-fetch-site", from}}),
                    true)
          == errc::forbidden);
  }
}

TEST_CASE("a change says where it comes from", "[pages]") {
  CHECK(from_page(ask("POST", {}), true) == errc::forbidden);
  CHECK(from_page(ask("POST", {{"sec-fetch-site", "same-origin"}}), true)
        == errc::none);
}

TEST_CASE("a page elsewhere does not even read", "[pages]") {
  for (auto from : {"cross-site", "same-site"})
    CHECK(from_page(ask("GET", {{"sec-fetch-site", from}}), false)
          == errc::forbidden);
  for (auto from : {"same-origin", "none"})
    CHECK(from_page(ask("GET", {{"sec-fetch-site", from}}), false)
          == errc::none);
  CHECK(from_page(ask("GET", {}), false) == errc::none);
}

TEST_CASE("behind a proxy the public origin counts, and no other", "[pages]") {
  CHECK(from_page(ask("POST", {{"origin", "https://llm.example.com"}}), true,
                  secure)
        == errc::none);
  for (auto origin : {"http://llm.example.com", "http://127.0.0.1:8787",
                      "https://llm.example.com:8443", "https://example.com"})
    CHECK(from_page(ask("POST", {{"origin", origin}}), true, secure)
          == errc::forbidden);
}

TEST_CASE("each door opens for whom it is", "[pages]") {
  world in;
  auto ada = in.good(in.ada.shown.csrf, in.ada.cookie);
  auto root = in.good(in.root.shown.csrf, in.root.cookie);
  CHECK(in.enter(ada, audience::user) == errc::none);
  CHECK(in.enter(ada, audience::anybody) == errc::none);
  CHECK(in.enter(ada, audience::admin) == errc::forbidden);
  CHECK(in.enter(root, audience::admin) == errc::none);
  CHECK(in.enter(root, audience::user) == errc::forbidden);
  CHECK(let_in(ada, plain, in.book, audience::user)->who.user == "ada");
}

TEST_CASE("a change repeats its own session's secret", "[pages]") {
  world in;
  for (auto csrf : {std::string{}, in.bob.shown.csrf, in.ada.cookie,
                    in.ada.shown.csrf + "A", in.ada.shown.csrf.substr(0, 42)}) {
    INFO(csrf);
    CHECK(in.enter(in.good(csrf, in.ada.cookie), audience::user)
          == errc::forbidden);
  }
  auto reads = in.good("", in.ada.cookie);
  reads.method = "GET";
  CHECK(in.enter(reads, audience::user) == errc::none);
}

TEST_CASE("a foreign page with everything right is refused", "[pages]") {
  world in;
  CHECK(in.enter(in.good(in.ada.shown.csrf, in.ada.cookie,
                         "http://127.0.0.1:3000", "same-site"),
                 audience::user)
        == errc::forbidden);
}

TEST_CASE("nobody is let in without a session", "[pages]") {
  world in;
  auto asked = ask("POST", {{"origin", "http://127.0.0.1:8787"},
                            {"x-byollm-csrf", in.ada.shown.csrf}});
  for (auto whom : {audience::anybody, audience::user, audience::admin})
    CHECK(in.enter(asked, whom) == errc::unauthenticated);
  CHECK(in.enter(asked, audience::own_page) == errc::none);
}

TEST_CASE("the cookie is read by its name, once", "[pages]") {
  auto read = [](std::string_view text, const site& at = plain) {
    auto asked = ask("GET", {{"cookie", text}});
    return std::string{session_cookie(asked, at)};
  };
  CHECK(read("byollm_session=abc") == "abc");
  CHECK(read("a=b; byollm_session=abc; c=d") == "abc");
  CHECK(read("a=b;byollm_session=abc") == "abc");
  CHECK(read("xbyollm_session=abc").empty());
  CHECK(read("byollm_sessionx=abc").empty());
  CHECK(read("byollm_session").empty());
  CHECK(read("").empty());
  // Somebody else's page has set one, too.
  CHECK(read("byollm_session=evil; byollm_session=abc").empty());
  // With TLS only what came with TLS counts.
  CHECK(read("byollm_session=abc", secure).empty());
  CHECK(read("__Host-byollm_session=abc", secure) == "abc");
}

TEST_CASE("the cookie is out of reach of scripts and other sites", "[pages]") {
  CHECK(keep_cookie("abc", plain)
        == "byollm_session=abc; Path=/; HttpOnly; SameSite=Strict; "
           "Max-Age=43200");
  CHECK(keep_cookie("abc", secure)
        == "__Host-byollm_session=abc; Path=/; HttpOnly; SameSite=Strict; "
           "Max-Age=43200; Secure");
  CHECK(drop_cookie(plain)
        == "byollm_session=; Path=/; HttpOnly; SameSite=Strict; Max-Age=0");
}

TEST_CASE("a public URL is an origin", "[pages]") {
  CHECK(site_at("https://llm.example.com")->origin
        == "https://llm.example.com");
  CHECK(site_at("https://LLM.example.com:443/")->origin
        == "https://llm.example.com");
  CHECK(site_at("https://llm.example.com:8443")->origin
        == "https://llm.example.com:8443");
  CHECK(!site_at("https://llm.example.com")->origin.empty());
  CHECK(site_at("https://x.example")->is_secure());
  CHECK(!site_at("http://x.example")->is_secure());
  for (auto wrong : {"", "llm.example.com", "https://llm.example.com/a",
                     "https://u@llm.example.com", "ftp://llm.example.com"})
    CHECK(!site_at(wrong));
}

} // namespace byollm::pages
