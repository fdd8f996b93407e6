// SPDX-License-Identifier: Apache-2.0
// Goal: whoever names a call pays for it once, however early he gives up and
// asks again.
// Method: hold the ledger's thread where an intent is durable and nobody knows
// of it yet, cancel, and ask again from another turn.
#include "host_fixture.hpp"

#include <catch2/catch.hpp>

#include <algorithm>
#include <future>

using namespace byollm;
using namespace byollm::test;

namespace {

/// Holds the ledger's thread at the first intent, until it is opened.
class gate final : public audit_sink {
public:
  void committed(const ledger_row& row) noexcept override {
    if (row.type != "intent" || std::exchange(was_here_, true))
      return;
    reached_.set_value();
    opened_.get_future().wait();
  }

  void wait_reached() {
    reached_.get_future().wait();
  }

  void open() {
    opened_.set_value();
  }

private:
  bool was_here_ = false;
  std::promise<void> reached_;
  std::promise<void> opened_;
};

create_message_request named() {
  auto made = say("hello");
  made.id = "order-66";
  return made;
}

errc ask(const context& in) {
  auto reply = in.llm().create_message(named()).get();
  return reply ? errc::none : reply.error().code;
}

size_t intents(const runtime& rt) {
  auto rows = rt.admin().ledger_list("", "", 1, 1'000, false).get();
  REQUIRE(rows);
  return static_cast<size_t>(std::ranges::count_if(
    *rows, [](const ledger_row& row) { return row.type == "intent"; }));
}

} // namespace

TEST_CASE("a name is in use until the ledger knows how its call ended") {
  scratch_directory scratch;
  auto ledger = std::make_shared<gate>();
  auto rt = start({.data_directory = scratch.path() / "data", .audit = ledger});
  settle_ada(*rt);
  auto first = open_turn(*rt);
  auto second = open_turn(*rt);
  std::promise<expected<message_reply>> told;
  auto call = first.llm().create_message(
    named(), [&](auto reply) { told.set_value(std::move(reply)); });
  ledger->wait_reached();
  call.cancel();
  auto reply = told.get_future().get();
  REQUIRE_FALSE(reply);
  CHECK(reply.error().code == errc::cancelled);
  // The caller has its answer; the call still counts as one that runs.
  CHECK(rt->stats().in_flight == 1);
  auto again = second.llm().create_message(named());
  ledger->open();
  auto refused = again.get();
  REQUIRE_FALSE(refused);
  CHECK(refused.error().code == errc::call_conflict);
  auto last = errc::call_conflict;
  eventually([&] { return (last = ask(second)) != errc::call_conflict; });
  CHECK(last == errc::duplicate_call);
  CHECK(intents(*rt) == 1);
  CHECK(rt->stats().in_flight == 0);
}

TEST_CASE("a name is free for one who asks why from the answer itself") {
  scratch_directory scratch;
  auto rt = start({.data_directory = scratch.path() / "data"});
  settle_ada(*rt);
  auto turn = open_turn(*rt);
  std::promise<errc> told;
  turn.llm().create_message(named(), [&](auto) {
    turn.llm().create_message(named(), [&](auto reply) {
      told.set_value(reply ? errc::none : reply.error().code);
    });
  });
  CHECK(told.get_future().get() == errc::duplicate_call);
  CHECK(intents(*rt) == 1);
}

TEST_CASE("a named call that is cancelled while it is looked up is cancelled") {
  scratch_directory scratch;
  auto ledger = std::make_shared<gate>();
  auto rt = start({.data_directory = scratch.path() / "data", .audit = ledger});
  settle_ada(*rt);
  auto turn = open_turn(*rt);
  // Its intent holds the ledger's thread, which the look-up needs.
  auto other = turn.llm().create_message(say("hello"));
  ledger->wait_reached();
  std::promise<errc> told;
  auto call = turn.llm().create_message(named(), [&](auto reply) {
    told.set_value(reply ? errc::none : reply.error().code);
  });
  call.cancel();
  ledger->open();
  CHECK(told.get_future().get() == errc::cancelled);
  CHECK(other.get());
}
