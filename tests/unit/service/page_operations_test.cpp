// SPDX-License-Identifier: Apache-2.0
// Goal: a page asks for its own user, and an admin's page for nobody's key.
// Method: the head of every operation that a page may name, and of others.
#include "app/service/operation_text.hpp"
#include "app/service/page_operations.hpp"

#include <catch2/catch.hpp>
#include <rapidjson/document.h>

namespace byollm::service {

namespace {

const login_identity ada{false, "acme", "ada", {}};
const login_identity root{true, {}, {}, "root"};

rapidjson::Document request(std::string_view op, const login_identity& who,
                            std::string_view body = "{}") {
  auto head = page_operation(op, who);
  REQUIRE(head);
  auto text = join(*head, body);
  rapidjson::Document out;
  out.Parse(text.data(), text.size());
  REQUIRE(!out.HasParseError());
  return out;
}

std::string text(const rapidjson::Document& from, const char* name) {
  return from.HasMember(name) ? from[name].GetString() : "(none)";
}

} // namespace

TEST_CASE("a user's page speaks of its user only", "[pages]") {
  for (auto op : {"config.show", "config.set", "config.rm", "config.test",
                  "config.models", "usage", "ledger.list"}) {
    INFO(op);
    auto made = request(op, ada);
    CHECK(text(made, "op") == op);
    CHECK(text(made, "tenant") == "acme");
    CHECK(text(made, "user") == "ada");
    if (std::string_view{op}.starts_with("config."))
      CHECK(text(made, "whose") == "user");
  }
  for (auto op : {"config.set", "config.rm"})
    CHECK(text(request(op, ada), "actor") == "user:ada");
}

TEST_CASE("an admin's page sets the platform's LLM only", "[pages]") {
  for (auto op : {"config.show", "config.set", "config.rm", "config.test",
                  "config.models"}) {
    INFO(op);
    CHECK(text(request(op, root), "whose") == "platform");
  }
  for (auto op : {"config.set", "config.disable", "purpose.set", "policy.set",
                  "rules.set", "price.set", "price.unknown", "origin.allow"})
    CHECK(text(request(op, root), "actor") == "admin:root");
}

TEST_CASE("a user's page sees whether the platform's LLM answers", "[pages]") {
  CHECK(text(request("platform.state", ada), "op") == "platform.state");
  CHECK(page_operation("platform.state", root).error().code == errc::not_found);
}

TEST_CASE("a page names no other operation", "[pages]") {
  for (auto op :
       {"", "chat", "keys.rotate", "keys.list", "token.add", "token.list",
        "token.mint", "token.rotate", "login.link", "ledger.export", "ca.set",
        "config", "config.show ", "CONFIG.SHOW"}) {
    INFO(op);
    CHECK(page_operation(op, ada).error().code == errc::not_found);
    CHECK(page_operation(op, root).error().code == errc::not_found);
  }
  for (auto op : {"config.list", "config.disable", "purpose.set",
                  "purpose.list", "policy.set", "policy.list", "rules.set",
                  "rules.show", "price.set", "price.list", "origin.allow",
                  "origin.list", "resolve", "ledger.verify", "status"}) {
    INFO(op);
    CHECK(page_operation(op, ada).error().code == errc::not_found);
    CHECK(page_operation(op, root));
  }
}

TEST_CASE("a body's members stand behind the route's", "[pages]") {
  auto made = request("config.set", ada, R"({"model":"m","tenant":"other"})");
  CHECK(text(made, "model") == "m");
  CHECK(text(made, "tenant") == "acme");
  for (auto body : {"{}", " { } ", "", "nonsense"})
    CHECK(text(request("config.show", ada, body), "user") == "ada");
}

} // namespace byollm::service
