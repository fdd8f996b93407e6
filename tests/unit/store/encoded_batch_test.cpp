// SPDX-License-Identifier: Apache-2.0
// Goal: a record is encoded before its number is certain, and is whole under
// the number that it gets. Method: batches renumbered by hand, and stores in
// which something comes in between.
#include "app/store/encoded_batch.hpp"
#include "sample.hpp"

#include "app/ledger/decode.hpp"
#include "app/ledger/tree.hpp"

#include <catch2/catch.hpp>

#include <algorithm>

using namespace byollm;
using namespace byollm::sample;

namespace {

std::vector<ledger_entry> entries() {
  return {intent("call-1"), outcome("call-1"), refusal("call-2"), change()};
}

expected<encoded_batch> encode(std::vector<ledger_entry> batch,
                               uint64_t first_seq) {
  record_encoder encoder{std::vector<uint8_t>(32, 7)};
  return encoded_batch::make(encoder, batch, first_seq);
}

/// Holds the writer thread in a callback until it is let go.
class held_writer {
public:
  explicit held_writer(store& of) {
    of.append({change()}, [this](const auto&) {
      is_held_.set_value();
      go_.get_future().wait();
    });
    is_held_.get_future().wait();
  }

  void let_go() {
    go_.set_value();
  }

private:
  std::promise<void> is_held_, go_;
};

using seq_promise = std::promise<expected<uint64_t>>;

// 0 for a failure.
uint64_t number_in(const expected<uint64_t>& seq) {
  return seq ? *seq : 0;
}

uint64_t number_of(seq_promise& promise) {
  return number_in(promise.get_future().get());
}

} // namespace

TEST_CASE("a renumbered record differs in its number alone", "[store]") {
  auto batch = encode(entries(), 5);
  REQUIRE(batch);
  std::vector<std::vector<uint8_t>> payloads;
  for (size_t i = 0; i < 4; ++i) {
    auto payload = batch->at(i).payload;
    payloads.emplace_back(payload.begin(), payload.end());
  }
  tree_hasher hasher;
  batch->number(hasher, 0x0102030405060708);
  auto wanted = encode(entries(), 0x0102030405060708);
  REQUIRE(wanted);
  for (size_t i = 0; i < 4; ++i) {
    auto record = batch->at(i);
    CHECK(std::ranges::equal(record.public_part, wanted->at(i).public_part));
    CHECK(std::ranges::equal(record.payload, payloads[i]));
    CHECK(record.packed.data() + 4 == record.public_part.data());
    CHECK(record.leaf
          == hasher.leaf(record.public_part, hasher.payload(record.payload)));
    CHECK(decode_public(record.public_part)->seq == 0x0102030405060708 + i);
  }
}

TEST_CASE("a batch with a record that cannot be encoded is none", "[store]") {
  auto batch = entries();
  batch.emplace_back(outcome_record{});
  auto encoded = encode(batch, 1);
  REQUIRE_FALSE(encoded);
  CHECK(encoded.error().code == errc::invalid_request);
}

TEST_CASE("a batch that fails leaves no gap in the numbers", "[store]") {
  scratch directory;
  auto store = open(directory.path());
  held_writer held{*store};
  seq_promise bad, unencodable, good;
  // It can be encoded, and has its number, but has no intent.
  store->append({change(), outcome("call-1")},
                [&](auto seq) { bad.set_value(seq); });
  store->append({outcome_record{}},
                [&](auto seq) { unencodable.set_value(seq); });
  store->append({change(), change()}, [&](auto seq) { good.set_value(seq); });
  held.let_go();
  CHECK(number_of(bad) == 0);
  CHECK(number_of(unencodable) == 0);
  CHECK(number_of(good) == 2);
  CHECK(number_in(append(*store, {change()})) == 4);
  auto verdict = verify(*store);
  CHECK(verdict.intact);
  CHECK(verdict.records == 4);
}

TEST_CASE("a change of settings may take a promised number", "[store]") {
  scratch directory;
  auto store = open(directory.path());
  seq_promise after;
  std::promise<void> changed;
  {
    held_writer held{*store};
    // Appended from a callback, so before the change is made, which waits.
    store->append({change()}, [&](const auto&) {
      store->append({change()}, [&](auto seq) { after.set_value(seq); });
    });
    store->save_allowed("acme", {"https://llm.example:443"}, change(),
                        [&](const auto&) { changed.set_value(); });
    held.let_go();
    changed.get_future().wait();
  }
  CHECK(number_of(after) == 4);
  auto verdict = verify(*store);
  CHECK(verdict.intact);
  CHECK(verdict.records == 4);
}
