// SPDX-License-Identifier: Apache-2.0
// Goal: of the same bytes we understand what the provider's official client
// understands: text in its pieces, thoughts, calls, usage, why it stopped;
// refusals, models, vectors, counts.
// Method: each answer was read by the client (recorded.json); it is decoded by
// our dialect, and the two are compared as JSON.
#include "tests/unit/clients/reading.hpp"
#include "tests/unit/clients/record.hpp"

#include <catch2/catch.hpp>

#include <filesystem>
#include <set>

namespace byollm::test {

namespace {

using rapidjson::Document;
using rapidjson::Value;

std::string client_of(const std::string& name) {
  return name.substr(0, name.find('_'));
}

std::string dialect_of(const std::string& name) {
  auto client = client_of(name);
  return client == "ollama" ? "local-ollama" : client;
}

Document message_understood(const std::string& name, bool stream,
                            const answer& what) {
  auto decoder = find_dialect(dialect_of(name))->decoder(stream);
  auto got = hear(*decoder, what);
  return got.why.code == errc::none
           ? as_understood(got, stream, client_of(name) != "ollama")
           : as_understood(got.why);
}

Document fixture_understood(const std::string& name) {
  auto stream = !name.ends_with(".json");
  return message_understood(
    name, stream, good_answer(dialect_of(name), stream, fixture(name)));
}

message_reply reply_of(std::unique_ptr<answer_decoder> decoder,
                       const answer& what) {
  auto got = hear(*decoder, what);
  CHECK(got.why.code == errc::none);
  return std::move(got.reply);
}

Document other_understood(const std::string& name, const Value& entry) {
  answer what{entry["status"].GetUint(),
              {{"content-type", "application/json"}},
              text_of(entry["body"])};
  for (const auto& [field, value] : entry["headers"].GetObject())
    what.fields.push_back({field.GetString(), value.GetString()});
  std::string_view asked{entry["ask"].GetString()};
  const auto& dialect = *find_dialect(dialect_of(name));
  if (asked == "models")
    return models_understood(reply_of(dialect.models_decoder(), what));
  if (asked == "count")
    return count_understood(reply_of(dialect.count_decoder(), what));
  if (asked != "text")
    return vectors_understood(
      reply_of(dialect.embeddings_decoder({.texts = {"a", "b"}}), what));
  return message_understood(name, false, what);
}

std::string findings_of(const Value& theirs, const Value& ours) {
  std::string words;
  for (const auto& found : differences(theirs, ours))
    words += found.at + ": they understand " + found.theirs + ", we "
             + found.ours + "\n";
  return words;
}

std::set<std::string> all_fixtures() {
  std::set<std::string> names;
  for (const auto& file : std::filesystem::directory_iterator{BYOLLM_FIXTURES})
    if (file.path().extension() != ".md")
      names.insert(file.path().filename());
  return names;
}

} // namespace

TEST_CASE("we understand what the official clients understand", "[clients]") {
  const auto& recorded = record()["answers"];
  auto fixtures = all_fixtures();
  for (const auto& name : fixtures) {
    INFO(name);
    REQUIRE(recorded.HasMember(name));
    CHECK(findings_of(recorded[name], fixture_understood(name)) == "");
  }
  const auto& others = other_answers();
  for (const auto& [key, entry] : others.GetObject()) {
    std::string name{key.GetString()};
    INFO(name);
    REQUIRE(recorded.HasMember(name));
    CHECK(findings_of(recorded[name], other_understood(name, entry)) == "");
  }
  CHECK(recorded.MemberCount() == fixtures.size() + others.MemberCount());
}

} // namespace byollm::test
