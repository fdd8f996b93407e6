// SPDX-License-Identifier: Apache-2.0
// Goal: a host's callback never runs on the store's thread, where it would hold
// up every commit. Method: all that the store itself answers, asked for while
// its thread is held.
#include "tests/e2e/faults/bare_runtime.hpp"

#include <catch2/catch.hpp>

#include <future>
#include <thread>
#include <utility>
#include <vector>

namespace byollm::test {

TEST_CASE("what the store answers is told on a loop") {
  /// Holds the store's thread until it is opened, and tells which it is.
  class gate final : public audit_sink {
  public:
    void committed(const ledger_row&) noexcept override {
      if (std::exchange(was_here_, true))
        return;
      reached.set_value(std::this_thread::get_id());
      opened.get_future().wait();
    }

    std::promise<std::thread::id> reached;
    std::promise<void> opened;

  private:
    bool was_here_ = false;
  };
  auto ledger = std::make_shared<gate>();
  runtime_options options;
  options.audit = ledger;
  bare_runtime rt{std::move(options)};
  auto changed
    = rt->admin().allow_origin("acme", "http://127.0.0.1:1", true, "admin");
  auto stores = ledger->reached.get_future().get();
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
  note(admin.allowed_origins("acme"));
  note(admin.tenant_ca("acme"));
  note(rt->access().add_token("panel", 1, "", "admin"));
  ledger->opened.set_value();
  REQUIRE(changed.get());
  for (auto& each : all) {
    auto at = each.get();
    CHECK(at.thread != stores);
    CHECK(at.is_ours);
  }
}

} // namespace byollm::test
