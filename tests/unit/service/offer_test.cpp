// SPDX-License-Identifier: Apache-2.0
// Goal: what workers offer is bounded, one by one, for each service token and
// in all, and one token leaves the others their places. Method: bodies at their
// bounds; the book with offers of any size.
#include "app/service/offer_book.hpp"
#include "messages/limits.hpp"

#include <catch2/catch.hpp>

namespace byollm::service {

namespace {

rapidjson::Document json(const std::string& text) {
  rapidjson::Document made;
  made.Parse(text.c_str());
  REQUIRE_FALSE(made.HasParseError());
  return made;
}

expected<worker_offer> read(const std::string& functions) {
  return read_offer("notes", json("{\"functions\": [" + functions + "]}"));
}

std::string described(const std::string& name, size_t bytes) {
  return "{\"name\": \"" + name + "\", \"description\": \""
         + std::string(bytes, 'x') + "\"}";
}

/// An offer that says it takes `bytes`; equal ones have one name.
worker_offer sized(const std::string& name, size_t bytes) {
  auto made = read(described(name, 1));
  REQUIRE(made);
  made->bytes = bytes;
  return *made;
}

errc code_of(const status& is) {
  return is ? errc::none : is.error().code;
}

std::string bound_of(const status& is) {
  REQUIRE_FALSE(is);
  CHECK(is.error().code == errc::overloaded);
  return is.error().parameter;
}

} // namespace

TEST_CASE("a description has so many bytes and no more", "[workers]") {
  CHECK(read(described("f", limits::function_description_bytes_max)));
  auto over = read(described("f", limits::function_description_bytes_max + 1));
  REQUIRE_FALSE(over);
  CHECK(over.error().code == errc::limit_exceeded);
  CHECK(over.error().parameter == "description");
}

TEST_CASE("the functions of a worker take so much and no more", "[workers]") {
  std::string schemas = "{}";
  for (int i = 1; i < 2'400; ++i)
    schemas += ",{}";
  auto function = [&](const std::string& name) {
    return "{\"name\": \"" + name + "\", \"parameters\": {\"allOf\": ["
           + schemas + "]}}";
  };
  auto one = read(function("a"));
  REQUIRE(one);
  CHECK(one->bytes > limits::offer_bytes_max / 4);
  CHECK(one->bytes < limits::offer_bytes_max / 2);
  auto over = read(function("a") + "," + function("b") + "," + function("c"));
  REQUIRE_FALSE(over);
  CHECK(over.error().code == errc::limit_exceeded);
  CHECK(over.error().parameter == "functions");
  // As many as there may be, as large as they are in life.
  std::string many;
  for (size_t i = 0; i < limits::functions_per_worker_max; ++i)
    many += (i > 0 ? "," : "")
            + (R"({"name": ")" + std::to_string(i) + R"(", "description": ")"
               + std::string(1'000, 'x') + R"(", "parameters": {"properties": {
                   "a": {"type": "string", "description": "What is looked for"},
                   "b": {"type": "integer", "minimum": 1, "maximum": 100},
                   "c": {"enum": ["x", "y", "z"]}}, "required": ["a"]}})");
  CHECK(read(many));
}

TEST_CASE("a service token has a share of the places", "[workers]") {
  offer_book book;
  worker_offer last;
  auto add = [&](const std::string& token) {
    last = sized("f", 100);
    return book.add(token, last);
  };
  for (size_t i = 0; i < limits::workers_per_token_max; ++i)
    REQUIRE(add("greedy"));
  auto of_greedy = last;
  CHECK(bound_of(add("greedy")) == "workers_per_token_max");
  CHECK(code_of(add("modest")) == errc::none);
  book.remove("greedy", of_greedy);
  CHECK(code_of(add("greedy")) == errc::none);
  for (size_t i = limits::workers_per_token_max + 1; i < limits::workers_max;
       ++i)
    REQUIRE(add("many-" + std::to_string(i % 5)));
  CHECK(bound_of(add("late")) == "workers_max");
}

TEST_CASE("equal offers of a token are kept once", "[workers]") {
  offer_book book;
  auto one = sized("f", 100);
  auto same = sized("f", 100);
  auto elsewhere = sized("f", 100);
  elsewhere.extension = "calendar";
  REQUIRE(one.functions != same.functions);
  REQUIRE(book.add("t", one));
  REQUIRE(book.add("t", same));
  REQUIRE(book.add("t", elsewhere));
  CHECK(one.functions == same.functions);
  CHECK(one.functions != elsewhere.functions);
  CHECK(book.all().size() == 2);
  book.remove("t", one);
  CHECK(book.all().size() == 2);
  book.remove("t", same);
  book.remove("t", elsewhere);
  CHECK(book.all().empty());
}

TEST_CASE("what is described otherwise is not equal", "[workers]") {
  offer_book book;
  auto one = *read(R"({"name": "f", "description": "a"})");
  auto other = *read(R"({"name": "f", "description": "b"})");
  auto third = *read(R"({"name": "f", "description": "a",
                         "action_type": "write"})");
  for (auto* offer : {&one, &other, &third}) {
    offer->bytes = 100;
    REQUIRE(book.add("t", *offer));
  }
  CHECK(book.all().size() == 3);
}

TEST_CASE("a service token has a share of the memory for offers", "[workers]") {
  constexpr auto large = limits::offer_bytes_max;
  constexpr auto share = limits::offers_per_token_bytes_max / large;
  offer_book book;
  std::vector<worker_offer> held;
  auto add = [&](const std::string& token, size_t i) {
    auto offer = sized("f" + std::to_string(i), large);
    auto may = book.add(token, offer);
    if (may)
      held.push_back(offer);
    return may;
  };
  for (size_t i = 0; i < share; ++i)
    REQUIRE(add("a", i));
  CHECK(bound_of(add("a", share)) == "offers_per_token_bytes_max");
  // What is there already costs nothing more.
  CHECK(code_of(add("a", 0)) == errc::none);
  auto tokens = limits::offers_bytes_max / limits::offers_per_token_bytes_max;
  for (size_t n = 1; n < tokens; ++n)
    for (size_t i = 0; i < share; ++i)
      REQUIRE(add("token-" + std::to_string(n), i));
  CHECK(bound_of(add("late", 0)) == "offers_bytes_max");
  book.remove("a", held[1]);
  CHECK(code_of(add("late", 0)) == errc::none);
}

} // namespace byollm::service
