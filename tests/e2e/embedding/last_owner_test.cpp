// SPDX-License-Identifier: Apache-2.0
// Goal: a runtime whose last owner lets go on one of its own threads ends as
// any other: answers, records, threads, directory. Method: callbacks that hold
// the only owner.
#include "host_fixture.hpp"

#include <catch2/catch.hpp>

#include <algorithm>
#include <atomic>
#include <future>

using namespace byollm;
using namespace byollm::test;

namespace {

using owner = std::shared_ptr<std::unique_ptr<runtime>>;

owner only_owner(std::unique_ptr<runtime> of) {
  return std::make_shared<std::unique_ptr<runtime>>(std::move(of));
}

// The next owner of a directory, once the one before is gone.
std::unique_ptr<runtime> start_after(const std::filesystem::path& directory) {
  std::unique_ptr<runtime> made;
  eventually([&] {
    auto started = runtime::start({.data_directory = directory});
    if (started)
      made = *std::move(started);
    else
      CHECK(started.error().code == errc::store_owned);
    return made != nullptr;
  });
  return made;
}

template <class T>
errc code_of(const expected<T>& of) {
  return of ? errc::none : of.error().code;
}

size_t count(const runtime& rt, const std::string& type) {
  ledger_filter which;
  which.limit = 1'000;
  auto rows = rt.admin().ledger_list(std::move(which)).get();
  REQUIRE(rows);
  return static_cast<size_t>(std::ranges::count_if(
    *rows, [&](const ledger_row& row) { return row.type == type; }));
}

} // namespace

TEST_CASE("an answer's callback may be the last owner", "[last owner]") {
  for (auto has_socket : {false, true}) {
    scratch_directory scratch;
    auto threads = thread_count();
    auto directory = scratch.path() / "data";
    auto last = only_owner(start(
      {.data_directory = directory, .loops = 2, .owner_socket = has_socket}));
    settle_ada(**last);
    auto turn = open_turn(**last);
    auto other = open_turn(**last);
    std::promise<bool> dropped;
    turn.llm().create_message(say("hello"),
                              [&, last = std::move(last)](const auto& reply) {
                                last->reset();
                                dropped.set_value(reply.has_value());
                              });
    CHECK(dropped.get_future().get());
    auto late = other.llm().create_message(say("too late")).get();
    REQUIRE_FALSE(late);
    CHECK(late.error().code == errc::stopping);
    eventually([&] { return thread_count() == threads; });
    auto next = start_after(directory);
    CHECK(count(*next, "outcome") == 1);
    REQUIRE(next->admin().ledger_verify().get());
  }
}

TEST_CASE("what runs when the last owner lets go comes to its end",
          "[last owner]") {
  scratch_directory scratch;
  auto directory = scratch.path() / "data";
  auto last = only_owner(start({.data_directory = directory}));
  settle_ada(**last);
  auto turn = open_turn(**last);
  std::promise<void> runs;
  auto hold = [&, is_first = true](const delta&) mutable {
    if (!std::exchange(is_first, false))
      return flow::more;
    runs.set_value();
    return flow::pause;
  };
  std::promise<expected<message_reply>> ended;
  auto running = turn.llm().stream(
    say("hello"),
    {hold, [&](auto reply) { ended.set_value(std::move(reply)); }});
  runs.get_future().wait();
  std::promise<void> dropped;
  turn.llm().create_message(say("hello"),
                            [&, last = std::move(last)](const auto&) {
                              last->reset();
                              dropped.set_value();
                            });
  dropped.get_future().wait();
  running.resume();
  CHECK(ended.get_future().get());
  auto next = start_after(directory);
  CHECK(count(*next, "intent") == 2);
  CHECK(count(*next, "outcome") == 2);
}

TEST_CASE("the store's thread may be the last owner's, and waits for nobody",
          "[last owner]") {
  /// Lets go of a runtime on the store's thread.
  class dropper final : public audit_sink {
  public:
    void committed(const ledger_row&) noexcept override {
      if (!has_last.exchange(false))
        return;
      auto waited = code_of((*last)->admin().ledger_verify().get());
      auto stopped = code_of((*last)->stop(std::chrono::seconds{1}));
      last->reset();
      done.set_value({waited, stopped});
    }

    owner last;
    std::atomic<bool> has_last = false;
    std::promise<std::pair<errc, errc>> done;
  };
  scratch_directory scratch;
  auto directory = scratch.path() / "data";
  auto ledger = std::make_shared<dropper>();
  auto rt = start({.data_directory = directory, .audit = ledger});
  auto admin = rt->admin();
  ledger->last = only_owner(std::move(rt));
  ledger->has_last = true;
  static_cast<void>(
    admin.allow_origin("acme", "http://127.0.0.1:1", true, "admin"));
  auto [waited, stopped] = ledger->done.get_future().get();
  CHECK(waited == errc::would_deadlock);
  CHECK(stopped == errc::would_deadlock);
  CHECK(start_after(directory));
}

TEST_CASE("another runtime's thread may have the last owner", "[last owner]") {
  scratch_directory scratch;
  auto here = start({.data_directory = scratch.path() / "here"});
  auto directory = scratch.path() / "there";
  auto last = only_owner(start({.data_directory = directory}));
  settle_ada(*here);
  std::promise<void> dropped;
  open_turn(*here).llm().create_message(
    say("hello"), [&, last = std::move(last)](const auto&) {
      last->reset();
      dropped.set_value();
    });
  dropped.get_future().wait();
  CHECK(start_after(directory));
  CHECK(open_turn(*here).llm().create_message(say("again")).get());
}
