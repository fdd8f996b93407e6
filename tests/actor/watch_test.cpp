// SPDX-License-Identifier: Apache-2.0
// Goal: who watches is told what the ledger has, all of it, once, in its order,
// and nothing else. Method: the ledger actor over a store that commits or fails
// as the test says.
#include "actors/ledger.hpp"

#include "tests/support/deterministic_system.hpp"
#include "tests/support/targets.hpp"

#include <caf/send.hpp>
#include <catch2/catch.hpp>

#include <deque>
#include <string>
#include <vector>

namespace byollm {

namespace {

class slow_store final : public ledger_store {
public:
  void append(std::vector<ledger_entry>,
              std::function<void(expected<uint64_t>)> done) override {
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

  status takes = unit{};
  std::deque<std::function<void(expected<uint64_t>)>> waiting;
};

class diary final : public call_watch {
public:
  void begun(const intent_record& what) noexcept override {
    told.push_back("begun " + what.call);
  }

  void ended(const outcome_record& what) noexcept override {
    told.push_back("ended " + what.of->call + ' ' + what.of->model);
  }

  void refused(const refusal_record& what) noexcept override {
    told.push_back("refused " + std::string{to_string(what.why.code)});
  }

  void turned_away(const failure& why) noexcept override {
    told.push_back("turned away " + std::string{to_string(why.code)});
  }

  std::vector<std::string> told;
};

using strings = std::vector<std::string>;

struct watched_ledger {
  void intend(const std::string& call) {
    auto record = std::make_shared<intent_record>();
    record->call = call;
    record->model = "model-of-" + call;
    intents[call] = record;
    caf::anon_send(to, atom::intent_v, shared<intent_record>{record});
    sys.drain();
  }

  void end(const std::string& call) {
    auto record = std::make_shared<outcome_record>();
    record->call = call;
    record->of = intents.at(call);
    caf::anon_send(to, atom::outcome_v, shared<outcome_record>{record});
    sys.drain();
  }

  void refuse(errc why) {
    auto record = std::make_shared<refusal_record>();
    record->why.code = why;
    caf::anon_send(to, atom::refusal_v, shared<refusal_record>{record});
    sys.drain();
  }

  void commit(expected<uint64_t> first) {
    store.commit(std::move(first));
    sys.drain();
  }

  std::map<std::string, shared<intent_record>> intents;
  slow_store store;
  diary watch;
  runtime_gauges_ptr gauges = std::make_shared<runtime_gauges>();
  deterministic_system sys;
  ledger_actor to = sys.adopt(
    sys.system().spawn(ledger, ledger_options{&store, {}, &watch, gauges}));
};

} // namespace

TEST_CASE("a watch is told of a record once it is durable", "[watch]") {
  watched_ledger world;
  world.intend("c1");
  CHECK(world.watch.told.empty());
  CHECK(world.gauges->ledger_waiting == 1);
  world.commit(1);
  CHECK(world.watch.told == strings{"begun c1"});
  CHECK(world.gauges->ledger_waiting == 0);
  world.end("c1");
  world.refuse(errc::balance_exhausted);
  CHECK(world.watch.told.size() == 1);
  world.commit(2);
  world.commit(3);
  CHECK(world.watch.told
        == strings{"begun c1", "ended c1 model-of-c1",
                   "refused balance_exhausted"});
}

TEST_CASE("of what the ledger has not, a watch hears that it was turned away",
          "[watch]") {
  watched_ledger world;
  world.intend("c1");
  world.commit(failure{errc::audit_unavailable, "full"});
  CHECK(world.watch.told == strings{"turned away audit_unavailable"});
  world.store.takes = failure{errc::audit_unavailable, "little room"};
  world.intend("c2");
  CHECK(world.watch.told.size() == 2);
  CHECK(world.watch.told.back() == "turned away audit_unavailable");
}

TEST_CASE("a batch that is split tells each record once", "[watch]") {
  watched_ledger world;
  caf::anon_send(world.to, atom::intent_v,
                 shared<intent_record>{std::make_shared<intent_record>()});
  world.intend("c2");
  world.commit(failure{errc::invalid_request, "one of them is wrong"});
  CHECK(world.watch.told.empty());
  world.commit(failure{errc::invalid_request, "this one"});
  world.commit(1);
  CHECK(world.watch.told
        == strings{"turned away audit_unavailable", "begun c2"});
  CHECK(world.gauges->ledger_waiting == 0);
}

TEST_CASE("nothing of a part is left in a gauge when it ends", "[watch]") {
  auto gauges = std::make_shared<runtime_gauges>();
  {
    gauge_share one{gauges, &runtime_gauges::breakers_open};
    gauge_share two{gauges, &runtime_gauges::breakers_open};
    one.set(3);
    two.set(2);
    one.set(1);
    CHECK(gauges->breakers_open == 3);
  }
  CHECK(gauges->breakers_open == 0);
}

} // namespace byollm
