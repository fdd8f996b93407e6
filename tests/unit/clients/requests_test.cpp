// SPDX-License-Identifier: Apache-2.0
// Goal: for each feature we send what the provider's official client sends,
// but for the differences that stand here with their reasons.
// Method: the client's requests are on record (recorded.json); the same wish is
// encoded by our dialect, and the two are compared as JSON, heads included.
#include "providers/catalog.hpp"
#include "providers/dialect.hpp"
#include "tests/unit/clients/calls.hpp"
#include "tests/unit/clients/record.hpp"

#include <catch2/catch.hpp>

#include <algorithm>
#include <set>

namespace byollm::test {

namespace {

using rapidjson::Value;

/// What may differ, in the calls whose name begins with `of`.
struct allowed {
  std::string_view of;
  std::string_view at;
  std::string_view theirs;
  std::string_view ours;
  std::string_view why;
};

constexpr std::string_view any_stream
  = R"("text/event-stream, application/x-ndjson, application/json")";

constexpr allowed allowances[] = {
  {"anthropic:", "/headers/authorization", R"("Bearer k")", "absent",
   "either header is documented, and x-api-key is"},
  {"anthropic:", "/headers/x-api-key", "absent", R"("k")",
   "what only imitates Anthropic knows, too"},
  {"anthropic:", "/headers/anthropic-version", R"("2026-10-21")",
   R"("2023-06-01")",
   "both are served; only the earlier one takes temperature and top_p"},
  {"anthropic: text", "/body/messages/0/content", R"("Hi")",
   R"([{"type":"text","text":"Hi"}])",
   "a string is documented as short for a list of one text"},
  {"anthropic: after", "/body/tools/0/type", R"("custom")", "absent",
   "documented as optional, and unknown to older servers"},
  {"anthropic: after", "/body/tools/1/type", R"("custom")", "absent",
   "documented as optional, and unknown to older servers"},
  {"", "/headers/accept", R"("application/json")", any_stream,
   "of a stream: its media type is not that of JSON"},
  {"ollama: models", "/headers/content-type", R"("application/json")", "absent",
   "there is no content"},
};

bool covers(const allowed& row, const std::string& call,
            const difference& found) {
  return call.starts_with(row.of) && row.at == found.at
         && row.theirs == found.theirs && row.ours == found.ours;
}

expected<wire_request> encode(const client_call& call) {
  auto url = base_url::parse("http://127.0.0.1:1");
  const auto& in = *find_dialect(call.dialect);
  const encode_input input{*url, call.model, call.request, call.params,
                           call.stream};
  switch (call.what) {
  case call_kind::message:
    break;
  case call_kind::models:
    return in.encode_models(*url);
  case call_kind::embeddings:
    return in.encode_embeddings({*url, call.model, call.texts, {}});
  case call_kind::count:
    return in.encode_count(input);
  }
  return in.encode(input);
}

/// Returns our request in the record's form; the key is "k".
rapidjson::Document as_recorded(const wire_request& wire, auth_header auth) {
  rapidjson::Document made;
  made.SetObject();
  auto& memory = made.GetAllocator();
  auto text = [&](std::string_view from) {
    return Value{from.data(), static_cast<rapidjson::SizeType>(from.size()),
                 memory};
  };
  auto method = wire.method == http_method::get ? "GET" : "POST";
  made.AddMember("method", text(method), memory);
  made.AddMember("target", text(wire.target), memory);
  Value headers{rapidjson::kObjectType};
  for (const auto& each : wire.headers)
    headers.AddMember(text(each.name), text(each.value), memory);
  headers.AddMember(text(auth.name), text(std::string{auth.prefix} + "k"),
                    memory);
  made.AddMember("headers", headers, memory);
  if (wire.method == http_method::get)
    return made;
  rapidjson::Document body{&memory};
  body.Parse<rapidjson::kParseFullPrecisionFlag>(wire.body.data(),
                                                 wire.body.size());
  REQUIRE_FALSE(body.HasParseError());
  made.AddMember("body", body, memory);
  return made;
}

/// Returns what differs, and is not allowed to, as words; notes in `used` which
/// rows of the table were needed.
std::string findings_of(const client_call& call, const Value& theirs,
                        std::set<const allowed*>& used) {
  auto wire = encode(call);
  REQUIRE(wire);
  std::vector<lost> losses;
  for (const auto& each : wire->losses)
    losses.push_back(each.what);
  CHECK(losses == call.losses);
  auto ours = as_recorded(*wire, find_dialect(call.dialect)->auth());
  std::string words;
  for (const auto& found : differences(theirs, ours)) {
    auto row = std::ranges::find_if(allowances, [&](const allowed& each) {
      return covers(each, call.name, found);
    });
    if (row != std::end(allowances))
      used.insert(row);
    else
      words += found.at + ": they send " + found.theirs + ", we send "
               + found.ours + "\n";
  }
  return words;
}

} // namespace

TEST_CASE("we send what the official clients send", "[clients]") {
  const auto& recorded = record()["requests"];
  std::set<std::string> seen;
  std::set<const allowed*> used;
  for (const auto& call : all_calls()) {
    INFO(call.name);
    auto theirs = recorded.FindMember(call.name.c_str());
    REQUIRE(theirs != recorded.MemberEnd());
    CHECK(seen.insert(call.name).second);
    CHECK(findings_of(call, theirs->value, used) == "");
  }
  for (const auto& [name, value] : recorded.GetObject()) {
    INFO(name.GetString());
    CHECK(seen.contains(name.GetString()));
  }
  // What is no longer needed is no longer allowed.
  for (const auto& row : allowances) {
    INFO(row.of << " " << row.at);
    CHECK(used.contains(&row));
  }
}

} // namespace byollm::test
