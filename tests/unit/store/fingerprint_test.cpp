// SPDX-License-Identifier: Apache-2.0
// Goal: two calls have the same fingerprint exactly if they ask the same.
// Method: a request, changed in one place at a time.
#include "sample.hpp"

#include "app/ledger/fingerprint.hpp"

#include <catch2/catch.hpp>

#include <algorithm>

using namespace byollm;

namespace {

using bytes = std::vector<uint8_t>;

} // namespace

TEST_CASE("requests that ask the same have one fingerprint", "[fingerprint]") {
  hmac_sha256 mac{bytes(32, 7)}, other{bytes(32, 8)};
  auto first = sample::request(), second = sample::request();
  second.id = "another-id";
  second.timeout = std::chrono::seconds{5};
  CHECK(fingerprint(mac, first) == fingerprint(mac, second));
  CHECK(fingerprint(mac, first) != fingerprint(other, first));
}

TEST_CASE("requests that differ anywhere have different fingerprints",
          "[fingerprint]") {
  hmac_sha256 mac{bytes(32, 7)};
  std::vector<create_message_request> all(18, sample::request());
  all[1].system = "";
  all[2].messages[0].who = role::assistant;
  all[3].messages[0].content = {text_block{"What is a ledger?", true}};
  all[4].messages[0].content.push_back(text_block{""});
  all[5].messages.push_back({});
  all[6].params.temperature = 0;
  all[7].params.top_p = 0;
  all[8].params.stop_sequences.emplace();
  all[9].tools = {{"a", "bc", ""}};
  all[10].tools = {{"ab", "c", ""}};
  all[11].choice.emplace();
  all[12].purpose = "p";
  all[13].metadata = {{"k", "v"}};
  all[14].model = "";
  all[15].messages[0].content = {tool_result_block{"", "What is a ledger?"}};
  all[16].messages[0].content = {thinking_block{"What is a ledger?", ""}};
  all[17].messages[0].content = {image_block{"What is a ledger?", "", ""}};
  std::vector<sha256_digest> prints;
  for (const auto& one : all)
    prints.push_back(fingerprint(mac, one));
  std::ranges::sort(prints);
  CHECK(std::ranges::adjacent_find(prints) == prints.end());
}

TEST_CASE("texts that differ anywhere have different fingerprints",
          "[fingerprint]") {
  hmac_sha256 mac{bytes(32, 7)};
  std::vector<sha256_digest> prints;
  for (auto one :
       {embedding_input{{"a", "b"}, 3}, embedding_input{{"a", "b"}, 2},
        embedding_input{{"a", "b"}}, embedding_input{{"ab"}, 3},
        embedding_input{{"b", "a"}, 3}, embedding_input{{"a", "b", ""}, 3}})
    prints.push_back(fingerprint(mac, one));
  // How the numbers are written down is not what is asked.
  CHECK(prints[0] == fingerprint(mac, {{"a", "b"}, 3, vector_format::base64}));
  std::ranges::sort(prints);
  CHECK(std::ranges::adjacent_find(prints) == prints.end());
}
