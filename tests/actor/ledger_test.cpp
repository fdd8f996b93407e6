// SPDX-License-Identifier: Apache-2.0
// Goal: the ledger actor hands on what came together as one batch, and
// everybody who waits hears. Method: a store that commits when the test says
// so.
#include "actors/ledger.hpp"

#include "messages/limits.hpp"
#include "tests/support/deterministic_system.hpp"
#include "tests/support/targets.hpp"

#include <caf/event_based_actor.hpp>
#include <catch2/catch.hpp>

#include <deque>

namespace byollm {

namespace {

class slow_store final : public ledger_store {
public:
  void append(std::vector<ledger_entry> batch,
              std::function<void(expected<uint64_t>)> done) override {
    batches.push_back(batch.size());
    waiting.push_back(std::move(done));
  }

  status takes_intents() const override {
    return takes;
  }

  void commit(expected<uint64_t> first) {
    auto done = std::move(waiting.front());
    waiting.pop_front();
    done(std::move(first));
  }

  void commit_last(expected<uint64_t> first) {
    auto done = std::move(waiting.back());
    waiting.pop_back();
    done(std::move(first));
  }

  status takes = unit{};
  std::vector<size_t> batches;
  std::deque<std::function<void(expected<uint64_t>)>> waiting;
};

struct ledger_world {
  // What the actors still answer when they end.
  std::vector<answer<intent_receipt_ptr>> receipts;
  int gone = 0;
  slow_store store;
  deterministic_system sys;
  ledger_actor to
    = sys.adopt(sys.system().spawn(ledger, ledger_options{&store}));
  void intend(const std::string& call) {
    ask(call);
    sys.drain();
  }

  void ask(const std::string& call) {
    auto record = std::make_shared<intent_record>();
    record->call = call;
    sys.system().spawn([this, record](caf::event_based_actor* self) {
      self
        ->request(to, caf::infinite, atom::intent_v,
                  shared<intent_record>{record})
        .then(
          [this](const answer<intent_receipt_ptr>& receipt) {
            receipts.push_back(receipt);
          },
          [this](caf::error&) { ++gone; });
    });
  }
};

} // namespace

TEST_CASE("what comes together is one batch", "[ledger]") {
  ledger_world world;
  for (auto name : {"c1", "c2", "c3"})
    world.ask(name);
  world.sys.drain();
  CHECK(world.store.batches == std::vector<size_t>{3});
  CHECK(world.receipts.empty());
  world.store.commit(7);
  world.sys.drain();
  REQUIRE(world.receipts.size() == 3);
  CHECK((**world.receipts[0])->seq() == 7);
  CHECK((**world.receipts[0])->call() == "c1");
  CHECK((**world.receipts[2])->seq() == 9);
}

TEST_CASE("a batch does not wait for the commit before it", "[ledger]") {
  ledger_world world;
  world.intend("c1");
  world.intend("c2");
  CHECK(world.store.batches == std::vector<size_t>{1, 1});
  CHECK(world.receipts.empty());
  world.store.commit(1);
  world.sys.drain();
  REQUIRE(world.receipts.size() == 1);
  CHECK((**world.receipts[0])->call() == "c1");
  world.store.commit(2);
  world.sys.drain();
  REQUIRE(world.receipts.size() == 2);
  CHECK((**world.receipts[1])->call() == "c2");
  CHECK((**world.receipts[1])->seq() == 2);
}

TEST_CASE("batches may be committed in any order", "[ledger]") {
  ledger_world world;
  world.intend("c1");
  world.intend("c2");
  world.store.commit_last(1);
  world.sys.drain();
  REQUIRE(world.receipts.size() == 1);
  CHECK((**world.receipts[0])->call() == "c2");
  world.store.commit(failure{errc::audit_unavailable, "full"});
  world.sys.drain();
  REQUIRE(world.receipts.size() == 2);
  CHECK(world.receipts[1]->error().code == errc::audit_unavailable);
}

TEST_CASE("so many intents may wait that their outcomes have room",
          "[ledger]") {
  ledger_world world;
  for (size_t i = 0; i < limits::ledger_intents_waiting_max; ++i)
    world.ask("c");
  world.sys.drain();
  CHECK(world.receipts.empty());
  world.intend("one more");
  REQUIRE(world.receipts.size() == 1);
  CHECK(world.receipts[0]->error().code == errc::audit_unavailable);
  world.store.commit(1);
  world.sys.drain();
  auto heard = world.receipts.size();
  world.intend("later");
  CHECK(world.receipts.size() == heard);
}

TEST_CASE("a lost batch is told to all who wait for it, and only to them",
          "[ledger]") {
  ledger_world world;
  world.intend("c1");
  world.intend("c2");
  world.store.commit(failure{errc::audit_unavailable, "full"});
  world.sys.drain();
  REQUIRE(world.receipts.size() == 1);
  CHECK(world.receipts[0]->error().code == errc::audit_unavailable);
  world.store.commit(1);
  world.sys.drain();
  REQUIRE(world.receipts.size() == 2);
  CHECK(*world.receipts[1]);
}

TEST_CASE("a record that cannot be kept takes nobody along", "[ledger]") {
  ledger_world world;
  for (auto name : {"c1", "c2", "c3"})
    world.ask(name);
  world.sys.drain();
  world.store.commit(failure{errc::invalid_request, "one of them is wrong"});
  world.sys.drain();
  CHECK(world.store.batches == std::vector<size_t>{3, 1, 1, 1});
  world.store.commit(2);
  world.store.commit(failure{errc::invalid_request, "this one"});
  world.store.commit(3);
  world.sys.drain();
  CHECK(world.store.batches.size() == 4);
  REQUIRE(world.receipts.size() == 3);
  CHECK((**world.receipts[0])->call() == "c1");
  CHECK(world.receipts[1]->error().code == errc::audit_unavailable);
  CHECK((**world.receipts[2])->call() == "c3");
  CHECK((**world.receipts[2])->seq() == 3);
}

TEST_CASE("what came behind a batch that is split gets another try",
          "[ledger]") {
  ledger_world world;
  for (auto name : {"c1", "c2"})
    world.ask(name);
  world.sys.drain();
  world.intend("c3");
  world.store.commit(failure{errc::invalid_request, "one of them is wrong"});
  world.store.commit(failure{errc::invalid_request, "c1 is not there"});
  world.sys.drain();
  CHECK(world.store.batches == std::vector<size_t>{2, 1, 1, 1, 1});
  CHECK(world.receipts.empty());
  world.store.commit(1);
  world.store.commit(failure{errc::invalid_request, "this one"});
  world.store.commit(2);
  world.sys.drain();
  CHECK(world.store.batches.size() == 5);
  REQUIRE(world.receipts.size() == 3);
  CHECK((**world.receipts[0])->call() == "c1");
  CHECK(world.receipts[1]->error().code == errc::audit_unavailable);
  CHECK((**world.receipts[2])->call() == "c3");
}

TEST_CASE("an intent that the store would not take goes in no batch",
          "[ledger]") {
  // In one with an outcome, the store would take it.
  ledger_world world;
  world.store.takes = failure{errc::audit_unavailable, "little room"};
  world.intend("c1");
  CHECK(world.store.batches.empty());
  REQUIRE(world.receipts.size() == 1);
  CHECK(world.receipts[0]->error().code == errc::audit_unavailable);
  world.store.takes = unit{};
  world.intend("c2");
  CHECK(world.store.batches == std::vector<size_t>{1});
  world.store.commit(1);
  world.sys.drain();
  CHECK(*world.receipts.at(1));
}

TEST_CASE("a ledger that ends answers everybody who waits", "[ledger]") {
  ledger_world world;
  world.intend("c1");
  world.intend("c2");
  caf::anon_send_exit(world.to, caf::exit_reason::user_shutdown);
  world.sys.drain();
  CHECK(world.receipts.size() + static_cast<size_t>(world.gone) == 2);
  for (const auto& each : world.receipts)
    CHECK(each->error().code == errc::audit_unavailable);
  world.store.commit(1); // too late: nobody is there, nothing happens
  world.sys.drain();
}

} // namespace byollm
