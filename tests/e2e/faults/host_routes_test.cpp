// SPDX-License-Identifier: Apache-2.0
// Goal: a host switches a user's LLM and sets the rules, by a token for that
// and in its own name. Method: requests to the routes, and the ledger.
#include "tests/e2e/faults/bare_runtime.hpp"
#include "tests/e2e/faults/lone_exchange.hpp"

#include "app/service/parts.hpp"
#include "app/service/router.hpp"

#include <catch2/catch.hpp>

#include <algorithm>
#include <string>
#include <string_view>

namespace byollm::test {

namespace {

const std::string config = "/v1/internal/config/llm";
constexpr std::string_view ada = R"({"tenant":"acme","user":"ada"})";

/// The routes, and a token for each scope that is asked with.
struct host {
  host() : routes{*rt, service::open_turns{{}}, service::workers{{}}} {
    routes.new_id = [] { return std::string{"id"}; };
    llm_settings own{.provider = "anthropic", .model = "m", .key = "key-own"};
    REQUIRE(rt->admin().set_user_llm("acme", "ada", own, "test").get());
  }

  std::string token(const char* name, service_scope scope) {
    auto made = rt->access()
                  .add_token(name, static_cast<uint32_t>(scope), "", "test")
                  .get();
    REQUIRE(made);
    return made->text;
  }

  http::answer ask(const std::string& with, std::string method,
                   std::string_view path, std::string_view body) {
    http::request asked{std::move(method), config + std::string{path}};
    asked.fields.add("authorization", "Bearer " + with);
    asked.body = bytes_of(body);
    auto at = std::make_shared<lone_exchange>(std::move(asked));
    service::route(routes, at);
    return at->get();
  }

  bool is_disabled() {
    auto shown = rt->admin().user_llm("acme", "ada").get();
    REQUIRE(shown);
    REQUIRE(*shown);
    return (*shown)->admin_disabled;
  }

  /// Who made the last change.
  std::string last_actor() {
    ledger_filter newest{.type = "change", .newest_first = true, .limit = 1};
    auto rows = rt->admin().ledger_list(newest).get();
    REQUIRE(rows);
    REQUIRE(rows->size() == 1);
    for (const auto& [name, value] : rows->front().fields)
      if (name == "actor")
        return value;
    return {};
  }

  bare_runtime rt;
  service::parts routes;
};

} // namespace

TEST_CASE("a host disables a user's LLM, and enables it") {
  host in;
  auto panel = in.token("panel", service_scope::config);
  CHECK(in.ask(panel, "POST", "/disable", ada).status == 200);
  CHECK(in.is_disabled());
  CHECK(in.last_actor() == "service:panel");
  CHECK(in.ask(panel, "POST", "/enable", ada).status == 200);
  CHECK_FALSE(in.is_disabled());
  CHECK(in.last_actor() == "service:panel");
}

TEST_CASE("a host sets the rules and sees them") {
  host in;
  auto panel = in.token("panel", service_scope::config);
  auto shown = in.ask(panel, "GET", "/rules", "");
  CHECK(shown.status == 200);
  CHECK(shown.body.find(R"("when_disabled":"platform")") != std::string::npos);
  CHECK(in.ask(panel, "PUT", "/rules", R"({"when_disabled":"refuse"})").status
        == 200);
  CHECK(in.last_actor() == "service:panel");
  shown = in.ask(panel, "GET", "/rules", "");
  CHECK(shown.body.find(R"("when_disabled":"refuse")") != std::string::npos);
}

TEST_CASE("switches and rules take the scope of settings") {
  host in;
  auto other = in.token("other", service_scope::audit);
  CHECK(in.ask(other, "POST", "/disable", ada).status == 403);
  CHECK(in.ask(other, "POST", "/enable", ada).status == 403);
  CHECK(in.ask(other, "GET", "/rules", "").status == 403);
  CHECK(in.ask(other, "PUT", "/rules", R"({"when_disabled":"refuse"})").status
        == 403);
  CHECK_FALSE(in.is_disabled());
  auto rules = in.rt->admin().rules().get();
  CHECK(rules->when_disabled == disabled_policy::platform);
}

TEST_CASE("which way a switch goes, and who acts, is not the body's to say") {
  host in;
  auto panel = in.token("panel", service_scope::config);
  for (std::string_view more :
       {R"("disabled":false)", R"("actor":"root")", R"("op":"config.rm")"}) {
    CAPTURE(more);
    auto body = std::string{ada.substr(0, ada.size() - 1)} + ','
                + std::string{more} + '}';
    CHECK(in.ask(panel, "POST", "/disable", body).status == 400);
    CHECK_FALSE(in.is_disabled());
  }
}

} // namespace byollm::test
