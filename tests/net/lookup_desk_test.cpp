// SPDX-License-Identifier: Apache-2.0
// Goal: a name whose server is silent holds up whoever named it, and nobody
// else. Method: a resolver that answers when the test says so.
#include "messages/limits.hpp"
#include "providers/net/lookup_desk.hpp"

#include <catch2/catch.hpp>

#include <algorithm>
#include <condition_variable>
#include <set>

using namespace byollm;
using namespace byollm::net;
using namespace std::chrono_literals;

namespace {

/// Name servers that answer once they are told to, and who waits for them.
class name_servers {
public:
  addresses look_up(const std::string& host) {
    std::unique_lock guard{mutex_};
    asked_.push_back(host);
    changed_.notify_all();
    changed_.wait(guard, [&] { return all_ || answering_.count(host) > 0; });
    return std::vector<ip_bytes>{ip_bytes{}};
  }

  void answer(const std::string& host) {
    std::lock_guard guard{mutex_};
    answering_.insert(host);
    changed_.notify_all();
  }

  void answer_all() {
    std::lock_guard guard{mutex_};
    all_ = true;
    changed_.notify_all();
  }

  std::vector<std::string> asked() {
    std::lock_guard guard{mutex_};
    return asked_;
  }

  void wait_for_questions(size_t count) {
    wait([&] { return asked_.size() >= count; });
  }

  void note(const std::string& host, const addresses& found) {
    std::lock_guard guard{mutex_};
    (found ? told_ : failed_).insert(host);
    changed_.notify_all();
  }

  void wait_until_told(const std::string& host, size_t times = 1) {
    wait([&] { return told_.count(host) >= times; });
  }

  void wait_until_failed(const std::string& host) {
    wait([&] { return failed_.count(host) > 0; });
  }

private:
  // What never happens must not hang.
  template <class Condition>
  void wait(Condition condition) {
    std::unique_lock guard{mutex_};
    REQUIRE(changed_.wait_for(guard, 30s, condition));
  }

  std::mutex mutex_;
  std::condition_variable changed_;
  bool all_ = false;
  std::set<std::string> answering_;
  std::vector<std::string> asked_;
  std::multiset<std::string> told_;
  std::multiset<std::string> failed_;
};

struct desk_world {
  desk_world()
      : desk(
        [to = servers](const std::string& host) { return to->look_up(host); }) {
    // nop
  }

  ~desk_world() {
    servers->answer_all();
  }

  void ask(const std::string& host, std::string tenant, std::string user,
           std::chrono::milliseconds patience = 1h) {
    desk.ask(
      {host, std::move(tenant), std::move(user), patience},
      [to = servers, host](const addresses& found) { to->note(host, found); });
  }

  // Threads of the desk may outlive this.
  std::shared_ptr<name_servers> servers = std::make_shared<name_servers>();
  lookup_desk desk;
};

std::string name(const char* what, size_t number) {
  return what + std::to_string(number) + ".test";
}

} // namespace

TEST_CASE("a silent name server holds up nobody else", "[net]") {
  desk_world world;
  for (size_t i = 0; i < 100; ++i)
    world.ask(name("evil", i), "evil", "user" + std::to_string(i));
  world.servers->answer("good.test");
  world.ask("good.test", "good", "ada");
  world.servers->wait_until_told("good.test");
  world.servers->answer("api.test");
  world.ask("api.test", "", "");
  world.servers->wait_until_told("api.test");
  // Those of evil that did not begin wait for those that did.
  auto asked = world.servers->asked();
  CHECK(asked.size() <= limits::lookups_per_tenant + 2);
  world.servers->answer_all();
  for (size_t i = 0; i < 100; ++i)
    world.servers->wait_until_told(name("evil", i));
}

TEST_CASE("a user's look-ups leave some to the tenant's others", "[net]") {
  desk_world world;
  for (size_t i = 0; i < 10; ++i)
    world.ask(name("evil", i), "acme", "eve");
  world.servers->answer("good.test");
  world.ask("good.test", "acme", "ada");
  world.servers->wait_until_told("good.test");
  CHECK(world.servers->asked().size() <= limits::lookups_per_user + 1);
}

TEST_CASE("all users' look-ups leave some to the platform", "[net]") {
  desk_world world;
  constexpr auto most = limits::lookups_max - limits::lookups_kept;
  for (size_t i = 0; i < 2 * limits::lookups_max; ++i)
    world.ask(name("evil", i), "tenant" + std::to_string(i), "eve");
  world.servers->wait_for_questions(most);
  world.servers->answer("api.test");
  world.ask("api.test", "", "");
  world.servers->wait_until_told("api.test");
  CHECK(world.servers->asked().size() == most + 1);
}

TEST_CASE("calls to one name share its look-up", "[net]") {
  desk_world world;
  for (int i = 0; i < 5; ++i)
    world.ask("one.test", "acme", "ada");
  world.servers->wait_for_questions(1);
  world.ask("one.test", "acme", "ada");
  // Nobody joins another user's.
  world.ask("one.test", "acme", "bob");
  world.servers->wait_for_questions(2);
  world.servers->answer("one.test");
  world.servers->wait_until_told("one.test", 7);
  CHECK(world.servers->asked().size() == 2);
  // Nothing is kept.
  world.ask("one.test", "acme", "ada");
  world.servers->wait_until_told("one.test", 8);
  CHECK(world.servers->asked().size() == 3);
}

TEST_CASE("a look-up that nobody waits for any more does not begin", "[net]") {
  desk_world world;
  for (size_t i = 0; i < limits::lookups_per_user; ++i)
    world.ask(name("slow", i), "acme", "ada");
  world.ask("late.test", "acme", "ada", 0ms);
  world.servers->answer_all();
  world.servers->wait_until_failed("late.test");
  auto asked = world.servers->asked();
  CHECK(std::ranges::count(asked, "late.test") == 0);
}

TEST_CASE("more names than may wait are refused", "[net]") {
  desk_world world;
  constexpr auto most
    = limits::lookups_waiting_max + limits::lookups_per_tenant;
  for (size_t i = 0; i < most; ++i)
    world.ask(name("evil", i), "evil", "user" + std::to_string(i));
  world.ask("more.test", "evil", "more");
  world.servers->wait_until_failed("more.test");
}

TEST_CASE("a desk that goes tells nobody any more", "[net]") {
  auto servers = std::make_shared<name_servers>();
  auto told = std::make_shared<std::atomic<bool>>(false);
  {
    lookup_desk desk{[servers](const std::string& host) {
      auto found = servers->look_up(host);
      servers->note(host, found);
      return found;
    }};
    desk.ask({"one.test"}, [told](const addresses&) { *told = true; });
    desk.ask({"two.test"}, [told](const addresses&) { *told = true; });
    servers->wait_for_questions(1);
  }
  servers->answer_all();
  servers->wait_until_told("one.test");
  CHECK_FALSE(*told);
}
