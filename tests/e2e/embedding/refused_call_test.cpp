// SPDX-License-Identifier: Apache-2.0
// Goal: no host is called back inside of its own call, whatever the call is
// refused for, so that it may hold a lock while it asks. Method: each way to
// ask, refused for each reason, with a mark on the thread that asks.
#include "host_fixture.hpp"

#include <catch2/catch.hpp>

#include <future>
#include <thread>
#include <utility>
#include <vector>

using namespace byollm;
using namespace byollm::test;

namespace {

thread_local bool is_asking = false;

struct told {
  errc code = errc::none;
  bool inside = false;
  bool on_ours = false;
};

using callback = std::function<void(expected<message_reply>)>;
using way = std::function<call(const llm_accessor&, callback)>;

create_message_request named(std::string id) {
  auto made = say("hello");
  made.id = std::move(id);
  return made;
}

std::vector<way> each_way(const std::string& id = {}) {
  embed_request texts;
  texts.input.texts = {"hello"};
  texts.id = id;
  return {[id](const auto& llm, callback done) {
            return llm.create_message(named(id), std::move(done));
          },
          [id](const auto& llm, callback done) {
            return llm.stream(named(id), {nullptr, std::move(done)});
          },
          [id](const auto& llm, callback done) {
            return llm.count_tokens(named(id), std::move(done));
          },
          [texts](const auto& llm, callback done) {
            return llm.embed(texts, std::move(done));
          }};
}

told ask(const context& in, const way& how) {
  std::promise<told> answer;
  is_asking = true;
  how(in.llm(), [&](const expected<message_reply>& reply) {
    answer.set_value({reply ? errc::none : reply.error().code, is_asking,
                      on_runtime_thread()});
  });
  is_asking = false;
  return answer.get_future().get();
}

void check_each_way(const context& in, errc why, bool on_ours,
                    const std::string& id = {}) {
  for (const auto& how : each_way(id)) {
    auto got = ask(in, how);
    CHECK(got.code == why);
    CHECK_FALSE(got.inside);
    CHECK(got.on_ours == on_ours);
  }
}

struct one_at_a_time {
  one_at_a_time() {
    rt = start({.data_directory = home.path(), .in_flight_per_tenant = 1});
    settle_ada(*rt);
  }

  call_place_ptr only_place() const {
    auto place = rt->take_place("acme");
    REQUIRE(place);
    REQUIRE(*place);
    return *place;
  }

  scratch_directory home;
  std::unique_ptr<runtime> rt;
};

} // namespace

TEST_CASE_METHOD(one_at_a_time, "a call that is one too many is told so later",
                 "[refused]") {
  auto turn = open_turn(*rt);
  auto place = only_place();
  // The first leaves a row, the others of that second none.
  check_each_way(turn, errc::overloaded, true);
}

TEST_CASE("a call whose id is in use is told so later", "[refused]") {
  scratch_directory home;
  auto rt = start({.data_directory = home.path()});
  settle_ada(*rt);
  auto turn = open_turn(*rt);
  std::promise<void> paused;
  auto hold = [&, is_first = true](const delta&) mutable {
    if (std::exchange(is_first, false))
      paused.set_value();
    return flow::pause;
  };
  std::promise<void> ended;
  auto running
    = turn.llm().stream(named("one"), {hold, [&](auto) { ended.set_value(); }});
  paused.get_future().wait();
  check_each_way(turn, errc::call_conflict, true, "one");
  running.cancel();
  ended.get_future().wait();
}

TEST_CASE_METHOD(one_at_a_time, "a runtime that stops says so later",
                 "[refused]") {
  auto turn = open_turn(*rt);
  auto place = only_place();
  std::thread stopper{
    [&] { static_cast<void>(rt->stop(std::chrono::seconds{60})); }};
  eventually([&] { return !rt->stats().takes_calls; });
  check_each_way(turn, errc::stopping, true);
  check_each_way(turn, errc::stopping, true, "one");
  place.reset();
  stopper.join();
}

TEST_CASE("a runtime that has stopped, or is gone, says so later",
          "[refused]") {
  scratch_directory home;
  auto threads = thread_count();
  auto rt = start({.data_directory = home.path()});
  settle_ada(*rt);
  auto turn = open_turn(*rt);
  REQUIRE(rt->stop(std::chrono::seconds{60}));
  check_each_way(turn, errc::stopping, false);
  rt.reset();
  check_each_way(turn, errc::stopping, false);
  check_each_way(turn, errc::stopping, false, "one");
  // Whoever told it does not stay.
  eventually([&] { return thread_count() == threads; });
}

TEST_CASE("whoever asks on another runtime's loop is told there, later",
          "[refused]") {
  scratch_directory home;
  auto first = start({.data_directory = home.path() / "first"});
  auto second = start({.data_directory = home.path() / "second"});
  settle_ada(*first);
  auto turn = open_turn(*first);
  REQUIRE(first->stop(std::chrono::seconds{60}));
  std::promise<std::thread::id> asked;
  std::promise<std::pair<std::thread::id, bool>> told;
  // Nobody answers there, which is told on a loop.
  open_turn(*second).llm().create_message(say("hello"), [&](const auto&) {
    is_asking = true;
    turn.llm().create_message(say("too late"), [&](const auto&) {
      told.set_value({std::this_thread::get_id(), is_asking});
    });
    is_asking = false;
    asked.set_value(std::this_thread::get_id());
  });
  auto [thread, inside] = told.get_future().get();
  CHECK(thread == asked.get_future().get());
  CHECK_FALSE(inside);
}
