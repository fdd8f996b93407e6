// SPDX-License-Identifier: Apache-2.0
// Goal: a host's callback never runs on the store's thread, where it would hold
// up every commit. Method: all that the store itself answers, asked for while
// its thread is held.
#include "tests/e2e/faults/held_runtime.hpp"

#include <catch2/catch.hpp>

#include <future>
#include <thread>
#include <vector>

namespace byollm::test {

TEST_CASE("what the store answers is told on a loop") {
  held_runtime rt;
  auto stores = rt.hold();
  struct place {
    std::thread::id thread;
    bool is_ours = false;
  };
  std::vector<std::future<place>> all;
  auto note = [&all](auto answer) {
    auto told = std::make_shared<std::promise<place>>();
    all.push_back(told->get_future());
    answer.then([told](const auto&) {
      told->set_value({std::this_thread::get_id(), on_runtime_thread()});
    });
  };
  auto admin = rt->admin();
  note(admin.ledger_list(ledger_filter{}));
  note(admin.ledger_verify());
  note(admin.usage({}));
  note(admin.user_llms("acme", "", 1));
  note(admin.allowed_origins("acme"));
  note(admin.tenant_ca("acme"));
  note(rt->access().add_token("panel", 1, "", "admin"));
  rt.release();
  for (auto& each : all) {
    auto at = each.get();
    CHECK(at.thread != stores);
    CHECK(at.is_ours);
  }
}

} // namespace byollm::test
