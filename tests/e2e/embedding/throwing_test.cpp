// SPDX-License-Identifier: Apache-2.0
// Goal: what a host's code throws costs what was going on, and not the process
// nor anybody's later call. Method: throw in each place that the runtime calls,
// against byollm-standin, and make a call afterwards.
#include "host_fixture.hpp"

#include "messages/target.hpp"

#include <catch2/catch.hpp>

#include <algorithm>
#include <future>
#include <mutex>
#include <stdexcept>

using namespace byollm;
using namespace byollm::test;

namespace {

// What the runtime logs about the host's code, by where it threw.
class log_book {
public:
  log_fn writer() {
    return [this](log_level, std::string_view text, const log_fields& fields) {
      std::lock_guard guard{mutex_};
      if (text == "the host's code threw")
        places_.push_back(fields.front().second);
      for (const auto& [_, value] : fields)
        has_secret_ = has_secret_ || value.find("a secret") != value.npos;
    };
  }

  long count(const std::string& place) {
    std::lock_guard guard{mutex_};
    return std::ranges::count(places_, place);
  }

  bool has_secret() {
    std::lock_guard guard{mutex_};
    return has_secret_;
  }

private:
  std::mutex mutex_;
  std::vector<std::string> places_;
  bool has_secret_ = false;
};

struct world {
  explicit world(runtime_options options = {}) {
    options.data_directory = scratch.path() / "data";
    options.log = log.writer();
    rt = start(std::move(options));
  }

  bool answers(const std::string& user = "ada") const {
    auto reply = open_turn(*rt, user).llm().create_message(say("hello")).get();
    return reply.has_value();
  }

  scratch_directory scratch;
  log_book log;
  std::unique_ptr<runtime> rt;
};

[[noreturn]] void fail() {
  throw std::runtime_error{"a secret of the host"};
}

// Streams an answer whose first piece throws, and returns how the call ended.
expected<message_reply> throw_at_a_piece(const world& in,
                                         const std::string& user) {
  auto llm = open_turn(*in.rt, user).llm();
  std::promise<expected<message_reply>> ended;
  int pieces = 0;
  llm.stream(say("hello in many pieces"), {[&](const delta&) -> flow {
                                             ++pieces;
                                             fail();
                                           },
                                           [&](expected<message_reply> reply) {
                                             ended.set_value(std::move(reply));
                                           }});
  auto reply = ended.get_future().get();
  CHECK(pieces == 1);
  return reply;
}

template <class T>
void throw_when_told(world& in, pending<T> what) {
  const auto place = "callback or coroutine";
  auto before = in.log.count(place);
  bool reached_us = false;
  try {
    std::move(what).then([](const expected<T>&) { fail(); });
  } catch (const std::runtime_error&) {
    reached_us = true;
  }
  eventually([&] { return reached_us || in.log.count(place) == before + 1; });
}

class throwing_source final : public config_source {
public:
  void lookup(const tenant_id&, const user_id& user,
              std::function<void(user_lookup)> done) override {
    if (user.str() == "ada")
      fail();
    if (user.str() == "eve")
      throw 7;
    done({});
  }
};

class throwing_keys final : public credential_source {
public:
  status open(const key_binding&,
              const std::function<void(std::string_view)>&) override {
    throw 7;
  }
};

} // namespace

TEST_CASE("an on_delta that throws ends its own call and no other") {
  world all;
  settle_ada(*all.rt);
  REQUIRE(all.rt->admin().set_platform_llm(standin_llm(), "admin").get());
  for (auto user : {"ada", "bob"}) { // her own key, and the platform's
    INFO(user);
    auto reply = throw_at_a_piece(all, user);
    REQUIRE_FALSE(reply);
    CHECK(reply.error().code == errc::handler_failed);
    CHECK(reply.error().parameter == "on_delta");
    CHECK(reply.error().sent == certainty::yes);
    CHECK(all.answers(user));
  }
  CHECK(all.log.count("on_delta") == 2);
  CHECK_FALSE(all.log.has_secret());
}

TEST_CASE("an on_done that throws is over and logged") {
  world all;
  settle_ada(*all.rt);
  std::promise<void> called;
  open_turn(*all.rt).llm().create_message(
    say("hello"), [&](const expected<message_reply>& reply) {
      CHECK(reply);
      called.set_value();
      fail();
    });
  called.get_future().wait();
  CHECK(all.answers());
  eventually([&] { return all.log.count("on_done") == 1; });
}

TEST_CASE("what waits for an answer may throw on any of our threads") {
  world all;
  settle_ada(*all.rt);
  // One is told by a loop, the other by the thread of the store; or here, if it
  // is there already, and then it is ours to catch.
  throw_when_told(all, all.rt->open_turn(
                         {.tenant = "acme", .user = "ada", .extension = "x"}));
  throw_when_told(all, all.rt->admin().ledger_verify());
  CHECK(all.answers());
}

TEST_CASE("an on_stage that throws does not end a test") {
  world all;
  settle_ada(*all.rt);
  auto done
    = all.rt->admin()
        .test_user_llm("acme", "ada", "ada", [](const auto&) { fail(); })
        .get();
  REQUIRE(done);
  CHECK(done->usable);
  // The first stages may be told on this thread, which has no log.
  CHECK(all.log.count("on_stage") > 0);
}

TEST_CASE("a log that throws is not asked to say so") {
  scratch_directory scratch;
  auto rt = start({.data_directory = scratch.path() / "data",
                   .log = [](auto, auto, const auto&) { fail(); }});
  settle_ada(*rt);
  auto ctx = open_turn(*rt);
  ctx.log(log_level::error, "a line");
  CHECK(ctx.llm().create_message(say("hello")).get());
}

TEST_CASE("a config_source that throws refuses its user's turn") {
  runtime_options options;
  options.configs = std::make_shared<throwing_source>();
  world all{options};
  for (auto user : {"ada", "eve"}) {
    auto turn
      = all.rt->open_turn({.tenant = "acme", .user = user, .extension = "x"})
          .get();
    REQUIRE_FALSE(turn);
    CHECK(turn.error().code == errc::config_unavailable);
  }
  CHECK(open_turn(*all.rt, "bob").llm().provider().empty());
  CHECK(all.log.count("config_source") == 2);
}

TEST_CASE("a credential_source that throws sends nothing") {
  runtime_options options;
  options.credentials = std::make_shared<throwing_keys>();
  world all{options};
  settle_ada(*all.rt);
  auto reply = open_turn(*all.rt).llm().create_message(say("hello")).get();
  REQUIRE_FALSE(reply);
  CHECK(reply.error().code == errc::unavailable);
  CHECK(reply.error().sent == certainty::no);
  CHECK(all.log.count("credential_source") >= 1);
}
