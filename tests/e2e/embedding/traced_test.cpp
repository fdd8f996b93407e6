// SPDX-License-Identifier: Apache-2.0
// Goal: a turn's calls are part of its trace by themselves, and a failed call
// is told by its name. Method: a watch keeps the trace of each attempt.
#include "host_fixture.hpp"

#include "app/functions.hpp"
#include "messages/ledger.hpp"

#include <catch2/catch.hpp>

#include <algorithm>
#include <mutex>

using namespace byollm;
using namespace byollm::test;

namespace {

const std::string trace = "00-0af7651916cd43dd8448eb211c80319c";
const std::string parent = trace + "-b7ad6b7169203331-01";
const std::string other = trace + "-00f067aa0ba902b7-01";

class traces final : public call_watch {
public:
  void begun(const intent_record& what) noexcept override {
    std::lock_guard guard{mutex_};
    last_ = trace_of(*what.request);
  }

  trace_headers last() const {
    std::lock_guard guard{mutex_};
    return last_;
  }

private:
  mutable std::mutex mutex_;
  trace_headers last_;
};

struct watched_host {
  watched_host() {
    settle_ada(*rt);
  }

  context open(trace_headers in, const std::string& user = "ada") const {
    turn_request request{"acme", user, "notes"};
    request.trace = std::move(in);
    auto opened = rt->open_turn(std::move(request)).get();
    REQUIRE(opened);
    return *std::move(opened);
  }

  scratch_directory scratch;
  std::shared_ptr<traces> seen = std::make_shared<traces>();
  std::unique_ptr<runtime> rt
    = start({.data_directory = scratch.path(), .watch = seen});
};

} // namespace

TEST_CASE("a turn's calls are part of its trace, unless they name another") {
  watched_host host;
  auto turn = host.open({parent, "their=state"});
  CHECK(turn.trace().parent == parent);
  REQUIRE(turn.llm().create_message(say("hello")).get());
  CHECK(host.seen->last().parent == parent);
  CHECK(host.seen->last().state == "their=state");
  auto elsewhere = say("hello");
  elsewhere.trace.parent = other;
  REQUIRE(turn.llm().create_message(elsewhere).get());
  CHECK(host.seen->last().parent == other);
  CHECK(host.seen->last().state.empty());
  REQUIRE(turn.llm().count_tokens(say("hello")).get());
  CHECK(host.seen->last().parent == parent);
  REQUIRE(turn.llm().models({other, ""}).get());
  CHECK(host.seen->last().parent == other);
  REQUIRE(turn.llm().models().get());
  CHECK(host.seen->last().parent == parent);
}

TEST_CASE("a malformed trace of a turn is none") {
  watched_host host;
  auto turn = host.open({trace + "-1-01", "their=state"});
  CHECK(turn.trace().parent.empty());
  CHECK(turn.trace().state.empty());
  REQUIRE(turn.llm().create_message(say("hello")).get());
  CHECK(host.seen->last().parent.empty());
}

TEST_CASE("a function's calls are part of the trace that it is run in") {
  watched_host host;
  extension notes{"notes"};
  auto ask = [](context ctx, no_parameters) -> pending<std::string> {
    auto request = say(ctx.trace().parent);
    auto reply = co_await ctx.llm().create_message(std::move(request));
    if (!reply)
      co_return reply.error();
    co_return reply->text();
  };
  REQUIRE(notes.add<no_parameters>({.name = "ask"}, ask));
  function_call call{.tenant = "acme", .user = "ada", .function = "ask"};
  call.trace.parent = parent;
  auto got = notes.run(*host.rt, call).get();
  REQUIRE(got);
  CHECK(got->result.text.find("You said: " + parent) != std::string::npos);
  CHECK(host.seen->last().parent == parent);
}

TEST_CASE("a call that failed is found in the ledger by its failure") {
  watched_host host;
  auto got = host.open({}, "bob").llm().create_message(say("nobody")).get();
  REQUIRE_FALSE(got);
  CHECK(got.error().code == errc::no_provider);
  auto rows = host.rt->admin().ledger_list("", "", 1, 1'000, false).get();
  REQUIRE(rows);
  auto names_it = [&](const ledger_row& row) {
    return std::ranges::any_of(row.fields, [&](const auto& field) {
      return field.first == "call" && field.second == got.error().call;
    });
  };
  CHECK(std::ranges::count_if(*rows, names_it) == 1);
}
