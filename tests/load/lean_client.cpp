// SPDX-License-Identifier: Apache-2.0
#include "messages/limits.hpp"
#include "providers/net/factory.hpp"
#include "providers/net/loop_alarm.hpp"
#include "tests/load/rivals.hpp"
#include "tests/load/tally.hpp"
#include "tests/support/test_receipt_office.hpp"

#include <boost/asio/io_context.hpp>

#include <string>
#include <thread>

namespace byollm::load {

namespace {

/// Always the same key; as cheap as a vault can be.
class plain_vault final : public key_vault {
public:
  expected<opened_key> redeem(const lease_ticket&) override {
    return opened_key{key_.data(), key_.size(), [](char*, size_t) noexcept {
                        // nop: nothing secret
                      }};
  }

  void revoke(const std::string&, uint32_t) override {
    // nop: no test here deletes a key
  }

  expected<sealed_key> seal(std::string_view, const key_binding&) override {
    return failure{errc::unavailable};
  }

private:
  std::string key_ = "load-key-lean";
};

llm_target::ptr make_target(uint16_t port) {
  auto url = base_url::parse("http://127.0.0.1:" + std::to_string(port));
  if (!url)
    return nullptr;
  endpoint<platform_owner> to{{}, "openai", *url, reach::allowed};
  credential<platform_owner> with{{}, "openai", url->at(), "key-lean",
                                  1,  1,        nullptr};
  auto bound = llm_target::bind(to, with, "standin-1");
  return bound ? *bound : nullptr;
}

std::shared_ptr<const create_message_request>
make_request(const rival_order& order) {
  auto made = std::make_shared<create_message_request>();
  made->messages.push_back(
    {role::user, {text_block{std::string(order.message_bytes, 'x')}}});
  return made;
}

/// One loop with its port; keeps its callers busy until the tally is dealt out.
class lean_loop {
public:
  lean_loop(const rival_order& order, tally& board)
      : board_(board),
        request_(make_request(order)),
        target_(make_target(order.port)) {
    // nop
  }

  void run(const rival_order& order, size_t callers) {
    net_options options;
    options.in_flight_max = order.concurrency;
    options.idle_connections_max = order.concurrency;
    auto factory = make_net_factory(io_, clock_, vault_, options);
    auto port = factory->make(*target_);
    if (!port)
      return board_.fail(port.error());
    port_ = port->get();
    running_ = callers;
    for (size_t i = 0; i < callers; ++i)
      next();
    io_.run();
    board_.add(std::move(latencies_));
  }

private:
  class sink final : public attempt_sink {
  public:
    explicit sink(lean_loop& owner)
        : owner_(owner), began_(std::chrono::steady_clock::now()) {
      // nop
    }

    void on_delta(delta) override {
      // nop
    }

    bool wants_more() const noexcept override {
      return true;
    }

    void when_ready(std::function<void()> resume) override {
      resume();
    }

    void on_done(attempt_outcome outcome) override {
      owner_.ended(outcome.why, std::chrono::steady_clock::now() - began_);
    }

  private:
    lean_loop& owner_;
    std::chrono::steady_clock::time_point began_;
  };

  void next() {
    if (!board_.draw()) {
      if (--running_ == 0)
        io_.stop();
      return;
    }
    auto receipt = test_receipt_office::receipt(std::to_string(++serial_));
    provider_call call;
    call.ticket = test_receipt_office::ticket(target_, std::move(receipt));
    call.request = request_;
    call.deadline = clock_.now() + limits::call_timeout;
    port_->start(std::move(call), std::make_shared<sink>(*this));
  }

  void ended(const failure& why, std::chrono::nanoseconds took) {
    if (why.code != errc::none) {
      board_.fail(why);
      return io_.stop();
    }
    if (board_.is_warm())
      latencies_.push_back(static_cast<uint32_t>(took.count()));
    board_.call_ended();
    next();
  }

  tally& board_;
  std::shared_ptr<const create_message_request> request_;
  llm_target::ptr target_;
  boost::asio::io_context io_{1};
  loop_alarm clock_{io_};
  plain_vault vault_;
  provider_port* port_ = nullptr;
  size_t running_ = 0;
  uint64_t serial_ = 0;
  std::vector<uint32_t> latencies_;
};

} // namespace

expected<rival_result> run_lean(const rival_order& order) {
  tally board{order};
  std::vector<std::thread> threads;
  for (size_t i = 0; i < order.loops; ++i)
    threads.emplace_back([&, i] {
      lean_loop loop{order, board};
      loop.run(order, (order.concurrency + i) / order.loops);
    });
  for (auto& each : threads)
    each.join();
  return board.result();
}

} // namespace byollm::load
