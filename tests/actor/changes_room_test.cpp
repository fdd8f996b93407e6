// SPDX-License-Identifier: Apache-2.0
// Goal: changes of settings, and what shows them, do not wait without bound
// behind a slow store; one too many is refused at once and told when to come
// back. Method: more at once than may wait, over a store that answers when
// nobody else has anything to do.
#include "tests/actor/config_world.hpp"

#include "messages/limits.hpp"

#include <catch2/catch.hpp>

namespace byollm {

namespace {

constexpr size_t most = limits::changes_waiting_max;

/// What became of many that came at once.
struct outcomes {
  size_t refused = 0;
  size_t others = 0;
  /// Refused ones that came before the first other was answered.
  size_t refused_first = 0;
};

template <class T, class Handle, class... Args>
outcomes ask_many(config_world& world, const Handle& to, size_t count,
                  Args... args) {
  auto seen = std::make_shared<outcomes>();
  for (size_t i = 0; i < count; ++i)
    world.sys.system().spawn([=](caf::event_based_actor* self) {
      self->request(to, caf::infinite, args...)
        .then(
          [seen](const answer<T>& reply) {
            auto is_refused
              = !*reply && reply->error().code == errc::overloaded;
            if (is_refused)
              CHECK(reply->error().retry_after == limits::busy_retry);
            seen->refused += is_refused ? 1 : 0;
            seen->others += is_refused ? 0 : 1;
            if (is_refused && seen->others == 0)
              ++seen->refused_first;
          },
          [](caf::error&) { FAIL("nobody answers"); });
    });
  world.sys.drain();
  return *seen;
}

void check_bounded(const outcomes& seen) {
  CHECK(seen.refused == 5);
  CHECK(seen.refused_first == 5);
  CHECK(seen.others == most);
}

shared<user_change> whose(const char* user) {
  return std::make_shared<const user_change>(
    user_change{*tenant_id::parse("acme"), *user_id::parse(user)});
}

} // namespace

TEST_CASE("changes of users' LLMs wait in a room that has a size", "[config]") {
  config_world world;
  check_bounded(ask_many<llm_summary>(world, world.directory, most + 5,
                                      atom::change_v, whose("ada")));
  // Who was answered leaves room.
  CHECK(world.set_user("ada", "m", make_slip("key")));
  CHECK(world.remove_user("ada"));
}

TEST_CASE("changes of a tenant's rules wait in a room that has a size",
          "[config]") {
  config_world world;
  auto allow = std::make_shared<const origin_change>(
    origin_change{"acme", "http://127.0.0.1:1", true, "test"});
  check_bounded(
    ask_many<unit>(world, world.directory, most + 5, atom::change_v, allow));
  check_bounded(
    ask_many<unit>(world, world.directory, most + 5, atom::change_v, allow));
}

TEST_CASE("what shows settings waits in a room that has a size", "[config]") {
  config_world world;
  check_bounded(ask_many<llm_summary>(world, world.directory, most + 5,
                                      atom::lookup_v, whose("ada")));
  auto origins
    = std::make_shared<const origin_change>(origin_change{"acme", ""});
  check_bounded(ask_many<name_list>(world, world.directory, most + 5,
                                    atom::lookup_v, origins));
}

TEST_CASE("changes of the platform wait in a room that has a size",
          "[config]") {
  config_world world;
  platform_change rules;
  rules.what = platform_change::part::rules;
  check_bounded(ask_many<unit>(world, world.platform, most + 5, atom::change_v,
                               std::make_shared<const platform_change>(rules)));
}

} // namespace byollm
