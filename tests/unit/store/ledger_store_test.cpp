// SPDX-License-Identifier: Apache-2.0
// Goal: what was appended is there, in order, findable and verifiable, also
// after the store was opened again. Method: the public interface only.
#include "sample.hpp"

#include "app/ledger/export_form.hpp"
#include "app/ledger/note.hpp"

#include <catch2/catch.hpp>

#include <atomic>
#include <thread>

using namespace byollm;
using namespace byollm::sample;

namespace {

expected<ledger_reader::past_call> find(store& in, std::string tenant,
                                        std::string call) {
  return wait<expected<ledger_reader::past_call>>([&](auto done) {
    in.find_call(std::move(tenant), std::move(call), std::move(done));
  });
}

std::vector<ledger_entry> changes(size_t count) {
  return std::vector<ledger_entry>(count, change());
}

std::vector<uint64_t> numbers(const expected<std::vector<ledger_row>>& rows) {
  REQUIRE(rows);
  std::vector<uint64_t> result;
  for (const auto& row : *rows)
    result.push_back(row.seq);
  return result;
}

using seqs = std::vector<uint64_t>;

/// Keeps what it is told.
struct keeping_sink : audit_sink {
  void committed(const ledger_row& row) noexcept override {
    rows.push_back(row);
  }

  std::vector<ledger_row> rows;
};

} // namespace

TEST_CASE("an empty ledger verifies", "[store]") {
  scratch directory;
  auto store = open(directory.path());
  auto verdict = verify(*store);
  CHECK(verdict.intact);
  CHECK(verdict.records == 0);
  CHECK(store->ledger_id().size() == 32);
}

TEST_CASE("records are numbered one after the other and read back", "[store]") {
  scratch directory;
  auto store = open(directory.path());
  auto first = append(*store, {intent("call-1"), outcome("call-1")});
  REQUIRE(first);
  CHECK(*first == 1);
  auto second = append(*store, {refusal("call-2"), change()});
  REQUIRE(second);
  CHECK(*second == 3);
  auto rows = list(*store);
  CHECK(numbers(rows) == seqs{1, 2, 3, 4});
  CHECK((*rows)[0].type == "intent");
  CHECK(value((*rows)[0], "purpose") == "chain_narrator");
  CHECK((*rows)[1].type == "outcome");
  CHECK((*rows)[2].type == "refusal");
  CHECK((*rows)[3].type == "change");
  CHECK((*rows)[3].leaf_hash_hex.size() == 64);
  auto verdict = verify(*store);
  CHECK(verdict.intact);
  CHECK(verdict.records == 4);
}

TEST_CASE("a ledger goes on where it stopped", "[store]") {
  scratch directory;
  std::string root, id;
  // Past 256 and 65,536 records the edge is restored from stored nodes.
  for (size_t size : {1, 254, 2, 700, 65'000}) {
    auto store = open(directory.path());
    if (!root.empty()) {
      CHECK(verify(*store).root_hex == root);
      CHECK(store->ledger_id() == id);
    }
    REQUIRE(append(*store, changes(size)));
    auto verdict = verify(*store);
    REQUIRE(verdict.intact);
    root = verdict.root_hex;
    id = store->ledger_id();
  }
  CHECK(verify(*open(directory.path())).records == 65'957);
}

TEST_CASE("the root does not depend on how records were batched", "[store]") {
  scratch directory;
  auto store = open(directory.path());
  for (int i = 0; i < 7; ++i)
    REQUIRE(append(*store, {change()}));
  auto verdict = verify(*store);
  CHECK(verdict.intact);
  // Salts are random, so only the shape can be compared.
  REQUIRE(append(*store, changes(6)));
  CHECK(verify(*store).records == 13);
}

TEST_CASE("lists filter, turn round and stop", "[store]") {
  scratch directory;
  auto store = open(directory.path());
  auto other = intent("call-2");
  other.context = context("umbrella", "bob");
  REQUIRE(append(*store, {intent("call-1"), outcome("call-1"), other,
                          refusal("call-3"), change()}));
  CHECK(numbers(list(*store, {.tenant = "acme"})) == seqs{1, 2, 4, 5});
  CHECK(numbers(list(*store, {.tenant = "umbrella"})) == seqs{3});
  CHECK(numbers(list(*store, {.user = "bob"})) == seqs{3});
  CHECK(numbers(list(*store, {.turn = "turn-1"})) == seqs{1, 2, 3, 4});
  CHECK(numbers(list(*store, {.call = "call-1"})) == seqs{1, 2});
  CHECK(numbers(list(*store, {.tenant = "acme", .call = "call-2"})) == seqs{});
  CHECK(numbers(list(*store, {.newest_first = true, .limit = 2}))
        == seqs{5, 4});
  CHECK(numbers(list(*store, {.call = "call-1", .newest_first = true}))
        == seqs{2, 1});
  CHECK(numbers(list(*store, {.from_seq = 4})) == seqs{4, 5});
  CHECK(numbers(list(*store, {.from_seq = 2, .limit = 1})) == seqs{2});
  CHECK(numbers(list(*store, {.limit = 0})) == seqs{});
}

TEST_CASE("a list longer than a slice is whole", "[store]") {
  scratch directory;
  auto store = open(directory.path());
  REQUIRE(append(*store, changes(3'000)));
  REQUIRE(append(*store, {refusal("call-1")}));
  CHECK(numbers(list(*store, {.limit = 5'000})).size() == 3'001);
  CHECK(numbers(list(*store, {.turn = "turn-1"})) == seqs{3'001});
  CHECK(numbers(list(*store, {.newest_first = true, .limit = 2'000})).back()
        == 1'002);
}

TEST_CASE("an export with a filter shows the leaves of others alone",
          "[store]") {
  scratch directory;
  auto store = open(directory.path());
  auto other = intent("call-2");
  other.context = context("umbrella", "bob");
  REQUIRE(append(*store, {intent("call-1"), other, refusal("call-3")}));
  auto piece = wait<expected<ledger_chunk>>([&](auto done) {
    store->export_piece({.tenant = "acme"}, 0, std::move(done));
  });
  REQUIRE(piece);
  std::string_view lines = piece->lines;
  seqs shown, withheld;
  while (auto line = take_line(lines)) {
    auto parsed = read_export_line(*line);
    REQUIRE(parsed);
    if (auto* record = std::get_if<export_record>(&*parsed))
      (record->is_withheld() ? withheld : shown).push_back(record->seq);
  }
  CHECK(shown == seqs{1, 3});
  CHECK(withheld == seqs{2});
}

TEST_CASE("a past call is known with how its last attempt ended", "[store]") {
  scratch directory;
  auto store = open(directory.path());
  auto failed = outcome("call-1");
  failed.status = call_status::failed;
  REQUIRE(append(*store, {intent("call-1"), failed, intent("call-1", 2)}));
  auto found = find(*store, "acme", "call-1");
  REQUIRE(found);
  CHECK(found->known);
  CHECK_FALSE(found->status);
  REQUIRE(append(*store, {outcome("call-1", 2), refusal("call-2")}));
  CHECK(find(*store, "acme", "call-1")->status == call_status::success);
  CHECK(find(*store, "acme", "call-2")->status
        == call_status::validation_rejected);
  CHECK_FALSE(find(*store, "umbrella", "call-1")->known);
  CHECK_FALSE(find(*store, "acme", "call-9")->known);
}

TEST_CASE("a batch that cannot be recorded fails alone", "[store]") {
  scratch directory;
  auto store = open(directory.path());
  // The first append holds the thread, so that the others make one group.
  std::promise<void> go;
  auto gate = go.get_future().share();
  std::promise<expected<uint64_t>> held, bad, good;
  store->append({change()}, [&, gate](auto seq) {
    gate.wait();
    held.set_value(seq);
  });
  store->append({change(), outcome_record{}},
                [&](auto seq) { bad.set_value(seq); });
  store->append({change()}, [&](auto seq) { good.set_value(seq); });
  go.set_value();
  CHECK(held.get_future().get());
  auto refused = bad.get_future().get();
  REQUIRE_FALSE(refused);
  CHECK(refused.error().code == errc::invalid_request);
  auto taken = good.get_future().get();
  REQUIRE(taken);
  CHECK(*taken == 2);
  CHECK(store->health());
  CHECK(verify(*store).records == 2);
}

TEST_CASE("an empty batch is refused", "[store]") {
  scratch directory;
  auto store = open(directory.path());
  auto refused = append(*store, {});
  REQUIRE_FALSE(refused);
  CHECK(refused.error().code == errc::invalid_request);
}

TEST_CASE("batches that wait make one commit", "[store]") {
  scratch directory;
  auto sink = std::make_shared<keeping_sink>();
  store_options options;
  options.directory = directory.path();
  options.sink = sink;
  auto opened = try_open(options);
  REQUIRE(opened);
  auto& store = **opened;
  std::promise<void> go, held;
  auto gate = go.get_future().share();
  store.append({change()}, [gate, &held](auto) {
    held.set_value();
    gate.wait();
  });
  // Else the writer might take the first of the others along with it.
  held.get_future().wait();
  std::vector<size_t> rows_seen(50);
  std::vector<std::promise<uint64_t>> seqs(50);
  for (size_t i = 0; i < seqs.size(); ++i)
    store.append({change(), change()}, [&, i](expected<uint64_t> seq) {
      rows_seen[i] = sink->rows.size();
      seqs[i].set_value(seq ? *seq : 0);
    });
  go.set_value();
  for (size_t i = 0; i < seqs.size(); ++i)
    CHECK(seqs[i].get_future().get() == 2 + 2 * i);
  // The sink had the rows of all before the first was acknowledged.
  CHECK(rows_seen == std::vector<size_t>(50, 101));
  opened = failure{};
  for (size_t i = 0; i < sink->rows.size(); ++i)
    REQUIRE(sink->rows[i].seq == i + 1);
}

TEST_CASE("records over the bound of what may wait are refused", "[store]") {
  scratch directory;
  auto store = open(directory.path());
  std::promise<void> go;
  auto gate = go.get_future().share();
  store->append({change()}, [gate](auto) { gate.wait(); });
  std::promise<expected<uint64_t>> most, over;
  store->append(changes(65'536), [&](auto seq) { most.set_value(seq); });
  store->append({change()}, [&](auto seq) { over.set_value(seq); });
  go.set_value();
  auto refused = over.get_future().get();
  // The held append may still have counted when the largest came.
  auto taken = most.get_future().get();
  CHECK((!refused || !taken));
  if (!refused)
    CHECK(refused.error().code == errc::audit_unavailable);
}

TEST_CASE("an append does not wait for a long verification", "[store]") {
  scratch directory;
  auto store = open(directory.path());
  for (int i = 0; i < 10; ++i)
    REQUIRE(append(*store, changes(2'000)));
  std::promise<void> go;
  auto gate = go.get_future().share();
  std::vector<std::string> order;
  std::promise<ledger_verdict> verified;
  // Both wait behind the held append; the verification was asked for first.
  store->append({change()}, [gate](auto) { gate.wait(); });
  store->verify({}, [&](expected<ledger_verdict> verdict) {
    order.push_back("verified");
    verified.set_value(verdict ? *verdict : ledger_verdict{});
  });
  store->append({change()}, [&](auto) {
    order.push_back("appended");
    store->append({change()}, [&](auto) { order.push_back("again"); });
  });
  go.set_value();
  auto verdict = verified.get_future().get();
  CHECK(verdict.intact);
  CHECK(order == std::vector<std::string>{"appended", "again", "verified"});
}

TEST_CASE("appends from many threads are all there", "[store]") {
  scratch directory;
  auto store = open(directory.path());
  std::atomic<int> done{0};
  std::vector<std::thread> threads;
  for (int t = 0; t < 4; ++t)
    threads.emplace_back([&] {
      for (int i = 0; i < 200; ++i)
        done += bool{append(*store, {change()})};
    });
  for (auto& thread : threads)
    thread.join();
  CHECK(done == 800);
  CHECK(verify(*store).records == 800);
}

TEST_CASE("a closing store finishes what was asked before", "[store]") {
  scratch directory;
  auto store = open(directory.path());
  std::atomic<int> appended{0};
  for (int i = 0; i < 100; ++i)
    store->append({change()}, [&](auto seq) { appended += bool{seq}; });
  store.reset();
  CHECK(appended == 100);
  CHECK(verify(*open(directory.path())).records == 100);
}

TEST_CASE("a closing store ends its long reads with an answer", "[store]") {
  scratch directory;
  auto store = open(directory.path());
  for (int i = 0; i < 4; ++i)
    REQUIRE(append(*store, changes(10'000)));
  std::promise<void> go, is_held;
  auto gate = go.get_future().share();
  store->append({change()}, [&, gate](auto) {
    is_held.set_value();
    gate.wait();
  });
  is_held.get_future().get();
  expected<ledger_verdict> verdict = ledger_verdict{};
  store->verify({}, [&](auto found) { verdict = std::move(found); });
  std::thread closing{[&] { store.reset(); }};
  go.set_value();
  closing.join();
  // Whether it was stopped or had ended, it was answered.
  CHECK((!verdict || verdict->intact));
  if (!verdict)
    CHECK(verdict.error().code == errc::stopping);
}

TEST_CASE("what others name the same hides nobody's call", "[store]") {
  scratch directory;
  auto store = open(directory.path());
  REQUIRE(append(*store, {intent("1"), outcome("1")}));
  auto others = refusal("1");
  others.context = context("other");
  REQUIRE(append(*store, std::vector<ledger_entry>(2'000, others)));
  CHECK(numbers(list(*store, {.tenant = "acme", .call = "1"})) == seqs{1, 2});
  CHECK(numbers(list(*store,
                     {.tenant = "acme", .call = "1", .provider = "anthropic"}))
        == seqs{1, 2});
  CHECK(find(*store, "acme", "1")->status == call_status::success);
  CHECK(find(*store, "other", "1")->status == call_status::validation_rejected);
  CHECK_FALSE(find(*store, "third", "1")->known);
  auto proofs = wait<expected<std::vector<std::string>>>(
    [&](auto done) { store->prove("acme", "1", std::move(done)); });
  REQUIRE(proofs);
  CHECK(proofs->size() == 2);
}

TEST_CASE("what is to be recorded waits for few reads", "[store]") {
  scratch directory;
  auto store = open(directory.path());
  // So that all of them wait when the first one ends.
  std::promise<void> all_asked, all_told;
  auto asked = all_asked.get_future();
  std::vector<int> order;
  auto note = [&](int what) {
    order.push_back(what);
    if (order.size() == 4)
      all_told.set_value();
  };
  auto find_then = [&](auto then) {
    store->find_call(
      "acme", "none",
      [then](const expected<ledger_reader::past_call>&) { then(); });
  };
  find_then([&] {
    asked.get();
    // Longer than reads have together.
    auto until
      = std::chrono::steady_clock::now() + std::chrono::milliseconds{5};
    spin_until([&] { return std::chrono::steady_clock::now() > until; });
    store->append({change()}, [&](const expected<uint64_t>&) { note(0); });
    note(1);
  });
  find_then([&] { note(2); });
  find_then([&] { note(3); });
  all_asked.set_value();
  all_told.get_future().get();
  CHECK(order == std::vector{1, 0, 2, 3});
}
