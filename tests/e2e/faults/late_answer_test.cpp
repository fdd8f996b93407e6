// SPDX-License-Identifier: Apache-2.0
// Goal: a call in a turn whose actor has died is answered, and not inside of
// the call. Method: a turn that is killed while its context lives.
#include "app/runtime/context_internals.hpp"
#include "app/runtime/core.hpp"

#include <catch2/catch.hpp>

#include <caf/scoped_actor.hpp>

#include <cstdlib>
#include <filesystem>
#include <future>

namespace byollm::test {

namespace {

thread_local bool is_asking = false;

void kill(const context& in) {
  auto core = context_internals::core_of(in);
  turn_actor turn;
  {
    std::lock_guard guard{core->mutex};
    REQUIRE(core->links.size() == 1);
    (*core->links.begin())->with([&](const turn_actor& is, uint64_t) {
      turn = is;
    });
  }
  caf::scoped_actor self{*core->system, true};
  self->send_exit(turn, caf::exit_reason::kill);
  self->wait_for(turn);
}

} // namespace

TEST_CASE("a turn that has died answers later") {
  namespace fs = std::filesystem;
  auto home = (fs::temp_directory_path() / "byollm-dead-turn-XXXXXX").string();
  REQUIRE(mkdtemp(home.data()) != nullptr);
  auto rt = runtime::start({.data_directory = home});
  REQUIRE(rt);
  auto turn
    = (*rt)
        ->open_turn({.tenant = "acme", .user = "ada", .extension = "notes"})
        .get();
  REQUIRE(turn);
  kill(*turn);
  std::promise<std::pair<errc, bool>> told;
  is_asking = true;
  turn->llm().create_message({}, [&](const expected<message_reply>& reply) {
    told.set_value({reply ? errc::none : reply.error().code, is_asking});
  });
  is_asking = false;
  auto [code, inside] = told.get_future().get();
  CHECK(code == errc::unavailable);
  CHECK_FALSE(inside);
  CHECK((*rt)->stats().in_flight == 0);
  rt->reset();
  fs::remove_all(home);
}

} // namespace byollm::test
