// SPDX-License-Identifier: Apache-2.0
// Goal: who asks the store for too much at once is told so at once, and what
// nobody waits for any more is not read. Method: reads that are asked for while
// the store's thread is held.
#include "tests/e2e/faults/held_runtime.hpp"
#include "tests/e2e/faults/lone_exchange.hpp"

#include "app/owner/operations.hpp"
#include "app/service/parts.hpp"
#include "messages/limits.hpp"

#include <catch2/catch.hpp>

#include <future>
#include <string>
#include <utility>
#include <vector>

namespace byollm::test {

namespace {

using rows = std::vector<ledger_row>;
using http::answer;
/// The routes, and who is logged in.
struct door {
  explicit door(const runtime& of)
      : in{of, service::open_turns{{}}, service::workers{{}}} {
    // nop
  }

  lone_ptr ask(const std::string& user, std::string_view operation,
               std::string_view body = "{}") {
    http::request asked{"POST", "/v1/me/" + std::string{operation}};
    asked.body = bytes_of(body);
    auto at = std::make_shared<lone_exchange>(std::move(asked));
    auto v = std::make_shared<service::visit>();
    v->at = at;
    v->argument = operation;
    v->session.who = {false, "acme", user, {}};
    service::run_page_operation(in, v);
    return at;
  }

  service::parts in;
};

} // namespace

TEST_CASE("reads are bounded, and a crowd's leave room to others") {
  held_runtime rt;
  rt.hold();
  std::vector<pending<rows>> all;
  auto crowd = rt->admin().for_reader({.is_of_a_crowd = true});
  for (size_t i = 0; i < limits::reads_of_pages_max; ++i)
    all.push_back(crowd.ledger_list(ledger_filter{}));
  // What is told at once.
  auto told_now = [](auto answer) {
    auto told = std::make_shared<failure>();
    answer.then([told](const auto& x) { *told = x ? failure{} : x.error(); });
    return *told;
  };
  CHECK(told_now(crowd.ledger_list(ledger_filter{})).code == errc::overloaded);
  CHECK(told_now(crowd.usage({})).code == errc::overloaded);
  CHECK(told_now(crowd.user_llms("acme", "", 1)).code == errc::overloaded);
  auto host = rt->admin();
  while (all.size() < limits::reads_max)
    all.push_back(host.ledger_list(ledger_filter{}));
  auto why = told_now(host.ledger_verify());
  CHECK(why.code == errc::overloaded);
  CHECK(why.retry_after == limits::busy_retry);
  // What has begun goes on.
  auto piece = rt->admin()
                 .for_reader({.is_of_a_crowd = true, .goes_on = true})
                 .ledger_list(ledger_filter{});
  rt.release();
  for (auto& each : all)
    CHECK(each.get());
  CHECK(piece.get());
  // Whoever was answered has left room.
  CHECK(host.ledger_verify().get());
  CHECK(crowd.usage({}).get());
}

TEST_CASE(
  "a page's read ends when its client goes, and is answered to others") {
  held_runtime rt;
  door to{*rt};
  rt.hold();
  auto gone = to.ask("ada", "ledger.list", R"({"limit":1})");
  auto stays = to.ask("ada", "ledger.list", R"({"limit":1})");
  gone->leave();
  rt.release();
  CHECK(gone->get().body.find(R"("code":"cancelled")") != std::string::npos);
  CHECK(stays->get().status == 200);
}

TEST_CASE("one person's requests are bounded, and nobody else's by them") {
  held_runtime rt;
  door to{*rt};
  rt.hold();
  std::vector<lone_ptr> all;
  for (auto operation : {"ledger.list", "usage", "config.show", "config.rm"})
    for (size_t i = 0; i < limits::operations_per_person_max / 4; ++i)
      all.push_back(to.ask("ada", operation));
  REQUIRE(all.size() == limits::operations_per_person_max);
  for (auto operation : {"ledger.list", "config.rm", "config.test"}) {
    auto refused = to.ask("ada", operation);
    REQUIRE(refused->is_answered());
    auto told = refused->get();
    CHECK(told.status == 429);
    CHECK(header(told, "Retry-After") == "1");
    CHECK(told.body.find(R"("code":"overloaded")") != std::string::npos);
    CHECK(told.body.find(R"("retry_after_ms":1000)") != std::string::npos);
  }
  auto other = to.ask("bob", "usage");
  CHECK_FALSE(other->is_answered());
  rt.release();
  for (const auto& each : all)
    CHECK(each->get().status != 429);
  CHECK(other->get().status == 200);
  // Whoever was answered has left room.
  CHECK(to.ask("ada", "usage")->get().status == 200);
  CHECK(to.in.people.size() == 0);
}

TEST_CASE("an operation that is cancelled reads nothing more") {
  held_runtime rt;
  rt.hold();
  for (auto request :
       {R"({"op":"ledger.list"})", R"({"op":"usage"})",
        R"({"op":"config.list","tenant":"acme"})", R"({"op":"ledger.verify"})",
        R"({"op":"ledger.export"})", R"({"op":"ledger.stats"})"}) {
    CAPTURE(request);
    std::promise<std::string> told;
    auto running = owner::start_operation(*rt, bytes_of(request),
                                          [&told](std::string line, bool last) {
                                            if (last)
                                              told.set_value(std::move(line));
                                            return flow::more;
                                          });
    running->cancel();
    rt.release();
    CHECK(told.get_future().get().find(R"("code":"cancelled")")
          != std::string::npos);
    rt.hold();
  }
  rt.release();
}

} // namespace byollm::test
