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
    for (const auto& entry : batch)
      if (auto outcome = entry.as<outcome_record>())
        outcomes.push_back(outcome->call);
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
  std::vector<std::string> outcomes; ///< Their calls, as handed over.
  std::deque<std::function<void(expected<uint64_t>)>> waiting;
};

class counting_watch final : public call_watch {
public:
  void ended(const outcome_record& of) noexcept override {
    ended_calls.push_back(of.call);
  }

  void turned_away(const failure&) noexcept override {
    ++lost;
  }

  std::vector<std::string> ended_calls;
  std::atomic<int> lost = 0;
};

const failure disk_full{errc::audit_unavailable, "full"};

struct ledger_world {
  // What the actors still answer when they end.
  std::vector<answer<intent_receipt_ptr>> receipts;
  std::vector<answer<unit>> recorded;
  int gone = 0;
  slow_store store;
  counting_watch watch;
  deterministic_system sys;
  ledger_actor to
    = sys.adopt(sys.system().spawn(ledger, ledger_options{&store, {}, &watch}));
  void intend(const std::string& call) {
    ask(call);
    sys.drain();
  }

  void begin_end(const std::string& call) {
    auto record = std::make_shared<outcome_record>();
    record->call = call;
    sys.system().spawn([this, record](caf::event_based_actor* self) {
      self
        ->request(to, caf::infinite, atom::outcome_v,
                  shared<outcome_record>{record})
        .then([this](const answer<unit>& done) { recorded.push_back(done); },
              [this](caf::error&) { ++gone; });
    });
  }

  void end(const std::string& call) {
    begin_end(call);
    sys.drain();
  }

  void commit(expected<uint64_t> first) {
    store.commit(std::move(first));
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

TEST_CASE("an outcome that could not be stored is stored later", "[ledger]") {
  ledger_world world;
  world.end("c1");
  world.commit(disk_full);
  REQUIRE(world.recorded.size() == 1);
  CHECK(world.recorded[0]->error().code == errc::audit_unavailable);
  CHECK(world.watch.lost == 1);
  // The disk is full still: nothing is asked of it for nothing.
  world.end("c2");
  world.commit(disk_full);
  CHECK(world.store.outcomes == std::vector<std::string>{"c1", "c2"});
  world.intend("c3");
  world.commit(1);
  CHECK(world.store.outcomes
        == std::vector<std::string>{"c1", "c2", "c1", "c2"});
  CHECK(world.watch.ended_calls.empty());
  world.commit(2);
  CHECK(world.watch.ended_calls == std::vector<std::string>{"c1", "c2"});
  CHECK(world.watch.lost == 2);
  // Once.
  world.intend("c4");
  world.commit(4);
  CHECK(world.store.outcomes.size() == 4);
  CHECK(world.recorded.size() == 2);
}

TEST_CASE("an owed outcome that is lost again stays owed", "[ledger]") {
  ledger_world world;
  world.end("c1");
  world.commit(disk_full);
  for (int i = 0; i < 2; ++i) {
    world.intend("c");
    world.commit(1);
    world.commit(disk_full);
  }
  CHECK(world.watch.lost == 1);
  world.intend("c");
  world.commit(2);
  world.commit(3);
  CHECK(world.watch.ended_calls == std::vector<std::string>{"c1"});
}

TEST_CASE("an outcome that cannot be recorded is owed to nobody", "[ledger]") {
  ledger_world world;
  world.end("c1");
  world.commit(failure{errc::invalid_request, "without its open intent"});
  CHECK(world.recorded.at(0)->error().code == errc::audit_unavailable);
  world.intend("c2");
  world.commit(1);
  CHECK(world.store.outcomes == std::vector<std::string>{"c1"});
}

TEST_CASE("a ledger that ends leaves no outcome behind", "[ledger]") {
  ledger_world world;
  world.end("c1");
  world.commit(disk_full);
  caf::anon_send_exit(world.to, caf::exit_reason::user_shutdown);
  world.sys.drain();
  CHECK(world.store.outcomes == std::vector<std::string>{"c1", "c1"});
  world.commit(1);
  CHECK(world.recorded.size() == 1);
}

TEST_CASE("a ledger that ends hands over what it had gathered", "[ledger]") {
  ledger_world world;
  world.begin_end("c1");
  // Asked, and taken; not handed over yet.
  REQUIRE(world.sys.step());
  REQUIRE(world.sys.step());
  CHECK(world.store.batches.empty());
  caf::anon_send_exit(world.to, caf::exit_reason::user_shutdown);
  world.sys.drain();
  CHECK(world.store.outcomes == std::vector<std::string>{"c1"});
  CHECK(world.recorded.size() + static_cast<size_t>(world.gone) == 1);
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
