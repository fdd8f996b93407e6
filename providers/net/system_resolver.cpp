// SPDX-License-Identifier: Apache-2.0
#include "providers/net/loop_gate.hpp"
#include "providers/net/name_resolver.hpp"

namespace byollm {

namespace {

class system_resolver final : public name_resolver {
public:
  system_resolver(boost::asio::io_context& loop,
                  std::shared_ptr<net::lookup_desk> desk)
      : gate_(std::make_shared<net::loop_gate>(loop)), desk_(std::move(desk)) {
    // nop
  }

  ~system_resolver() override {
    gate_->shut();
  }

  void resolve(const net::lookup& what, answer done) override {
    desk_->ask(what,
               [gate = gate_, done = std::move(done)](net::addresses found) {
                 gate->post([done, found = std::move(found)] { done(found); });
               });
  }

private:
  std::shared_ptr<net::loop_gate> gate_;
  std::shared_ptr<net::lookup_desk> desk_;
};

} // namespace

std::shared_ptr<name_resolver>
make_system_resolver(boost::asio::io_context& loop,
                     std::shared_ptr<net::lookup_desk> desk) {
  return std::make_shared<system_resolver>(loop, std::move(desk));
}

} // namespace byollm
