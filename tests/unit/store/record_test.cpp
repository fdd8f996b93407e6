// SPDX-License-Identifier: Apache-2.0
// Goal: one entry has one encoding, which reads back as what it was; nothing
// else decodes. Method: every record type with every field set, then every bit
// flip and every cut of it, and random bytes.
#include "sample.hpp"

#include "app/ledger/encode.hpp"
#include "app/ledger/fingerprint.hpp"
#include "app/ledger/row.hpp"

#include <catch2/catch.hpp>

#include <algorithm>
#include <random>

using namespace byollm;
using sample::value;

namespace {

using bytes = std::vector<uint8_t>;

struct encoded {
  bytes public_part;
  bytes payload;
  sha256_digest leaf;
};

encoded encode(const ledger_entry& entry, uint64_t seq = 1) {
  record_encoder encoder{bytes(32, 7)};
  auto done = encoder.encode(entry, seq);
  REQUIRE(done);
  auto copy = [](byte_view view) { return bytes{view.begin(), view.end()}; };
  return {copy(encoder.public_part()), copy(encoder.payload()), encoder.leaf()};
}

ledger_row row_of(const encoded& from) {
  auto record = decode_public(from.public_part);
  REQUIRE(record);
  auto payload = decode_payload(record->type, from.payload);
  REQUIRE(payload);
  return to_row(*record, &*payload, from.leaf);
}

ledger_row row_of(const ledger_entry& entry, uint64_t seq = 1) {
  return row_of(encode(entry, seq));
}

using pairs = std::vector<std::pair<std::string, std::string>>;

std::vector<ledger_entry> one_of_each() {
  return {sample::intent("call-1"), sample::outcome("call-1"),
          sample::refusal("call-2"), sample::change()};
}

std::string print(const sha256_digest& digest) {
  return to_hex(digest);
}

} // namespace

TEST_CASE("an intent reads back with all its fields, in order", "[record]") {
  auto row = row_of(sample::intent("call-1", 2), 77);
  CHECK(row.seq == 77);
  CHECK(row.type == "intent");
  hmac_sha256 mac{bytes(32, 7)};
  CHECK(row.fields
        == pairs{
          {"tenant", "acme"},
          {"user", "ada"},
          {"extension", "novel-writer"},
          {"turn", "turn-1"},
          {"source", "panel"},
          {"action", "write"},
          {"call", "call-1"},
          {"attempt", "2"},
          {"asked", "user"},
          {"billing", "byollm"},
          {"provider", "anthropic"},
          {"origin", "https://api.anthropic.com:443"},
          {"model", "claude-sonnet"},
          {"key_id", "key-1"},
          {"key_version", "3"},
          {"row_version", "5"},
          {"fallback_from", "ollama"},
          {"parameters", "temperature=0.4 (purpose), max_tokens=4000 (call, "
                         "clamped: admin ceiling)"},
          {"received_unix_ms", "1700000000000"},
          {"deadline_unix_ms", "1700000600000"},
          {"function", "write_chapter"},
          {"purpose", "chain_narrator"},
          {"prompt_hmac", print(fingerprint(mac, sample::request()))},
        });
}

TEST_CASE("an outcome reads back with all its fields, in order", "[record]") {
  auto entry = sample::outcome("call-1");
  entry.status = call_status::failed;
  entry.why = {errc::rate_limited, "try later", "messages", 429,
               "rate_limit_error", "req_1"};
  auto row = row_of(entry);
  CHECK(row.type == "outcome");
  CHECK(row.fields
        == pairs{
          {"tenant", "acme"},
          {"user", "ada"},
          {"extension", "novel-writer"},
          {"turn", "turn-1"},
          {"source", "panel"},
          {"action", "write"},
          {"call", "call-1"},
          {"attempt", "1"},
          {"billing", "byollm"},
          {"cost_micro", "0"},
          {"model", "claude-sonnet-20"},
          {"status", "failed"},
          {"error", "rate_limited"},
          {"sent", "yes"},
          {"http_status", "429"},
          {"provider_code", "rate_limit_error"},
          {"provider_request_id", "req_1"},
          {"usage_from", "provider"},
          {"input_uncached", "10"},
          {"cache_read", "0"},
          {"output", "20"},
          {"reasoning", "5"},
          {"stop", "end_turn"},
          {"latency_us", "1234567"},
          {"first_byte_us", "345678"},
          {"finished_unix_ms", "1700000001234"},
          {"function", "write_chapter"},
          {"detail", "try later"},
          {"parameter", "messages"},
        });
}

TEST_CASE("an outcome's cost and price are fields 40 and 41", "[record]") {
  auto entry = sample::outcome("call-1");
  entry.billing = billing_class::platform;
  entry.bill = {190, 7, unpriced::none};
  auto record = encode(entry);
  CHECK(to_hex(record.public_part)
          .ends_with("28"
                     "00000008"
                     "00000000000000be"
                     "29"
                     "00000008"
                     "0000000000000007"));
  auto row = row_of(record);
  CHECK(value(row, "cost_micro") == "190");
  CHECK(value(row, "price_version") == "7");
  // A price was there, a count was not.
  entry.bill = {{}, 7, unpriced::unknown_usage};
  CHECK(value(row_of(entry), "cost_micro") == "unpriced");
  CHECK(value(row_of(entry), "price_version") == "7");
}

TEST_CASE("what is no message says what it is in field 42", "[record]") {
  auto entry = sample::intent("call-1");
  entry.kind = call_kind::embeddings;
  entry.embed
    = std::make_shared<const embedding_input>(embedding_input{{"a", "b"}, 3});
  auto record = encode(entry);
  CHECK(to_hex(record.public_part)
          .ends_with("2a"
                     "00000001"
                     "02"));
  auto row = row_of(record);
  CHECK(value(row, "kind") == "embeddings");
  hmac_sha256 mac{bytes(32, 7)};
  CHECK(value(row, "prompt_hmac") == print(fingerprint(mac, *entry.embed)));
}

TEST_CASE("outcomes from before there were prices still read", "[record]") {
  for (auto whose : {billing_class::byollm, billing_class::platform}) {
    auto entry = sample::outcome("call-1");
    entry.billing = whose;
    auto record = encode(entry);
    if (whose == billing_class::byollm)
      record.public_part.resize(record.public_part.size() - 13);
    auto own = whose == billing_class::byollm;
    CHECK(value(row_of(record), "cost_micro") == (own ? "0" : "unpriced"));
  }
}

TEST_CASE("a platform outcome is unpriced, not free", "[record]") {
  auto entry = sample::outcome("call-1");
  entry.billing = billing_class::platform;
  auto row = row_of(entry);
  CHECK(value(row, "billing") == "platform");
  CHECK(value(row, "cost_micro") == "unpriced");
}

TEST_CASE("an unknown count is left out, which is not zero", "[record]") {
  auto row = row_of(sample::outcome("call-1"));
  CHECK(value(row, "cache_read") == "0");
  CHECK(value(row, "cache_write") == "(missing)");
}

TEST_CASE("a refusal and a change read back", "[record]") {
  auto refusal = row_of(sample::refusal("call-2"));
  CHECK(refusal.type == "refusal");
  CHECK(value(refusal, "status") == "validation_rejected");
  CHECK(value(refusal, "error") == "invalid_request");
  CHECK(value(refusal, "parameter") == "temperature");
  CHECK(value(refusal, "purpose") == "chain_narrator");
  auto change = row_of(sample::change());
  CHECK(change.type == "change");
  CHECK(value(change, "actor") == "cli");
  CHECK(value(change, "subject") == "llm");
  CHECK(value(change, "summary") == "model set");
  CHECK(value(change, "changed_unix_ms") == "1700000000000");
}

TEST_CASE("negative times survive", "[record]") {
  auto entry = sample::change();
  entry.changed_unix_ms = -5;
  CHECK(value(row_of(entry), "changed_unix_ms") == "-5");
}

TEST_CASE("the same entry has one public encoding and a salt of its own",
          "[record]") {
  for (const auto& entry : one_of_each()) {
    auto first = encode(entry), second = encode(entry);
    CHECK(first.public_part == second.public_part);
    CHECK(first.payload != second.payload);
    CHECK(std::equal(first.payload.begin() + salt_bytes, first.payload.end(),
                     second.payload.begin() + salt_bytes,
                     second.payload.end()));
    CHECK(first.leaf != second.leaf);
  }
}

TEST_CASE("the bytes of a record are those of docs/ledger.md", "[record]") {
  auto entry = sample::change();
  entry.changed_unix_ms = 258;
  auto record = encode(entry, 3);
  CHECK(to_hex(record.public_part)
        == "01"
           "04"
           "0000000000000003"
           "01"
           "00000004"
           "61636d65"
           "02"
           "00000003"
           "616461"
           "25"
           "00000003"
           "636c69"
           "26"
           "00000003"
           "6c6c6d"
           "27"
           "00000008"
           "0000000000000102");
  CHECK(to_hex(record.payload).substr(32)
        == "86"
           "00000009"
           "6d6f64656c20736574");
}

TEST_CASE("without its payload a record keeps everything else", "[record]") {
  auto from = encode(sample::intent("call-1"));
  auto record = decode_public(from.public_part);
  REQUIRE(record);
  auto row = to_row(*record, nullptr, from.leaf);
  CHECK(value(row, "call") == "call-1");
  CHECK(value(row, "purpose") == "(missing)");
  CHECK(value(row, "function") == "(missing)");
  CHECK(value(row, "prompt_hmac") == "(missing)");
  CHECK(value(row, "payload") == "removed");
  CHECK(value(row, "parameters")
        == "temperature (purpose), max_tokens (call, clamped: admin ceiling)");
}

TEST_CASE("the names of a later version are shown as numbers", "[record]") {
  auto entry = sample::outcome("call-1");
  entry.status = static_cast<call_status>(200);
  CHECK(value(row_of(entry), "status") == "200");
}

TEST_CASE("a record that lacks what it must have is refused", "[record]") {
  record_encoder encoder{bytes(32, 7)};
  auto refused = [&](const ledger_entry& entry) {
    auto done = encoder.encode(entry, 1);
    return !done && done.error().code == errc::invalid_request;
  };
  auto intent = sample::intent("call-1");
  intent.context = nullptr;
  CHECK(refused(intent));
  intent = sample::intent("call-1");
  intent.target = nullptr;
  CHECK(refused(intent));
  CHECK(refused(sample::intent("")));
  intent = sample::intent("call-1");
  std::swap(intent.params[0], intent.params[2]);
  CHECK(refused(intent));
  CHECK(refused(outcome_record{}));
  CHECK(refused(refusal_record{}));
  CHECK(encoder.encode(sample::intent("call-1"), 1));
}

// -- strictness ---------------------------------------------------------------

TEST_CASE("a record that is cut or lengthened does not decode", "[record]") {
  // An outcome without its last field is one from before there were prices.
  constexpr size_t cost_bytes = 1 + 4 + 8;
  for (const auto& entry : one_of_each()) {
    auto whole = encode(entry).public_part;
    for (size_t size = 0; size < whole.size(); ++size)
      REQUIRE(
        bool{decode_public(byte_view{whole}.first(size))}
        == (entry.as<outcome_record>() && size == whole.size() - cost_bytes));
    whole.push_back(0);
    REQUIRE_FALSE(decode_public(whole));
  }
}

TEST_CASE("a field twice, out of order or of another type does not decode",
          "[record]") {
  auto record = encode(sample::change()).public_part;
  bytes tenant{record.begin() + 10, record.begin() + 19};
  auto twice = record;
  twice.insert(twice.begin() + 19, tenant.begin(), tenant.end());
  CHECK_FALSE(decode_public(twice));
  auto moved = record;
  std::rotate(moved.begin() + 10, moved.begin() + 19, moved.begin() + 27);
  CHECK_FALSE(decode_public(moved));
  auto empty = record;
  empty[14] = 0;
  empty.erase(empty.begin() + 15, empty.begin() + 19);
  CHECK_FALSE(decode_public(empty));
  auto later = record;
  later[0] = 2;
  auto decoded = decode_public(later);
  REQUIRE_FALSE(decoded);
  CHECK(decoded.error().code == errc::store_newer);
  for (int type : {0, 1, 2, 3, 5, 255}) {
    record[1] = static_cast<uint8_t>(type);
    CHECK_FALSE(decode_public(record));
  }
}

TEST_CASE("the decoder survives whatever bytes it gets", "[record]") {
  std::mt19937 random{42};
  auto entries = one_of_each();
  size_t decoded = 0;
  for (int round = 0; round < 20'000; ++round) {
    auto from = encode(entries[static_cast<size_t>(round) % entries.size()]);
    for (auto* part : {&from.public_part, &from.payload}) {
      auto changes = random() % 4;
      for (unsigned i = 0; i < changes; ++i)
        (*part)[random() % part->size()] = static_cast<uint8_t>(random());
      if (random() % 4 == 0)
        part->resize(random() % part->size());
    }
    auto record = decode_public(from.public_part);
    if (!record)
      continue;
    ++decoded;
    auto payload = decode_payload(record->type, from.payload);
    auto row = to_row(*record, payload ? &*payload : nullptr, from.leaf);
    REQUIRE_FALSE(row.fields.empty());
  }
  CHECK(decoded > 1'000);
}
