// SPDX-License-Identifier: Apache-2.0
// Goal: a connection carries one key in its life. Method: calls of 50 tenants,
// mixed, each with its own key, against one shared host; the host notes which
// key came over which connection. A tenth of the calls; all 100,000 with
// BYOLLM_LONG=1.
#include "tests/net/net_fixture.hpp"

#include <catch2/catch.hpp>

#include <cstdio>
#include <cstdlib>
#include <map>
#include <set>

using namespace byollm;
using namespace byollm::test;

namespace {

constexpr size_t tenants = 50;

std::string key_of(const std::string& tenant) {
  return "key-of-" + tenant;
}

// Opens for each ticket the key of the tenant whose target it is.
class keys_by_tenant final : public key_vault {
public:
  expected<opened_key> redeem(const lease_ticket& ticket) override {
    if (!ticket.redeem())
      return failure{errc::unavailable, "redeemed before"};
    auto key = key_of(ticket.target()->binding().tenant);
    auto bytes = new char[key.size()];
    key.copy(bytes, key.size());
    return opened_key{bytes, key.size(),
                      [](char* what, size_t) noexcept { delete[] what; }};
  }

  void revoke(const std::string&, uint32_t) override {
    // nop: no test here deletes a key
  }

  expected<sealed_key> seal(std::string_view, const key_binding&) override {
    return failure{errc::unavailable, "nothing is sealed here"};
  }
};

struct shared_host : net_fixture {
  shared_host() {
    // Now and then it hangs up, so that connections come and go.
    auto script = upstream_script{};
    for (int i = 0; i < 100; ++i)
      script.expect().send(ok_response("hi"));
    serve({script.expect().send(ok_response("hi", "Connection: close\r\n"))});
    factory = make_net_factory(*loop, clock, keys, options);
    for (size_t i = 0; i < tenants; ++i) {
      tenant = "tenant-" + std::to_string(i);
      targets.push_back(target());
      auto made = factory->make(*targets.back());
      REQUIRE(made);
      ports.push_back(*std::move(made));
    }
  }

  ~shared_host() {
    ports.clear();
  }

  // Asks for `which` through the port of `through`.
  sink_ptr ask_for(size_t which, size_t through, size_t number) {
    auto receipt
      = test_receipt_office::receipt("call-" + std::to_string(number));
    provider_call made;
    made.ticket = test_receipt_office::ticket(targets[which], receipt);
    made.request = request;
    made.deadline = clock.now() + 600s;
    auto sink = std::make_shared<recording_sink>();
    ports[through]->start(std::move(made), sink);
    return sink;
  }

  keys_by_tenant keys;
  std::vector<llm_target::ptr> targets;
  std::vector<std::unique_ptr<provider_port>> ports;
  std::shared_ptr<const create_message_request> request
    = std::make_shared<create_message_request>();
};

} // namespace

TEST_CASE_METHOD(shared_host, "each connection carries one key in its life",
                 "[net][isolation]") {
  const size_t calls = std::getenv("BYOLLM_LONG") ? 100'000 : 10'000;
  constexpr size_t at_once = 100;
  uint64_t random = 1;
  for (size_t done = 0; done < calls; done += at_once) {
    std::vector<sink_ptr> sinks;
    for (size_t i = 0; i < at_once; ++i) {
      random = random * 6'364'136'223'846'793'005u + 1'442'695'040'888'963'407u;
      auto which = static_cast<size_t>(random >> 33) % tenants;
      sinks.push_back(ask_for(which, which, done + i));
    }
    for (auto& sink : sinks) {
      until([&] { return sink->is_done(); });
      if (sink->code() != errc::none)
        FAIL("a call failed");
    }
  }
  std::map<size_t, std::set<std::string>> seen;
  std::set<std::string> keys_seen;
  for (auto& one : upstream->requests()) {
    seen[one.connection].emplace(one.header("Authorization"));
    keys_seen.emplace(one.header("Authorization"));
  }
  CHECK(upstream->requests().size() == calls);
  CHECK(keys_seen.size() == tenants);
  // Connections were used again, or nothing was shown.
  CHECK(seen.size() < calls / 10);
  size_t most = 0;
  for (auto& [_, used] : seen)
    most = std::max(most, used.size());
  CHECK(most == 1);
  std::printf("calls %zu, tenants %zu, connections %zu, most keys on one %zu\n",
              calls, tenants, seen.size(), most);
}

TEST_CASE_METHOD(shared_host, "a call through another's port is refused",
                 "[net][isolation]") {
  REQUIRE_FALSE(targets[0]->isolation_key() == targets[1]->isolation_key());
  auto own = ask_for(0, 0, 0);
  until_done(own);
  CHECK(own->code() == errc::none);
  auto other = ask_for(1, 0, 1);
  until_done(other);
  CHECK(other->code() == errc::unavailable);
  CHECK(upstream->requests().size() == 1);
}
