// SPDX-License-Identifier: Apache-2.0
#include "providers/net/factory.hpp"

#include "messages/limits.hpp"
#include "messages/shared_room.hpp"
#include "providers/dialect.hpp"
#include "providers/net/name_resolver.hpp"
#include "providers/net/pool.hpp"
#include "providers/net/trust_store.hpp"

#include <utility>

namespace byollm {

namespace {

class net_factory final : public provider_factory {
public:
  net_factory(std::shared_ptr<const net::loop_parts> parts,
              expected<net::trust_store_ptr> trust)
      : parts_(std::move(parts)), trust_(std::move(trust)) {
    // nop
  }

  ~net_factory() override {
    parts_->gate->shut();
  }

  expected<std::unique_ptr<provider_port>>
  make(const llm_target& target) override {
    auto speaks = parts_->options.find(target.provider());
    if (!speaks)
      return failure{errc::invalid_config, "no such provider", "provider"};
    std::unique_ptr<net::tls_context> tls;
    if (target.url().at().is_https()) {
      auto trust = trust_for(target);
      if (!trust)
        return std::move(trust).error();
      auto made = net::tls_context::make(target.url().at(), *std::move(trust));
      if (!made)
        return std::move(made).error();
      tls = *std::move(made);
    }
    return std::unique_ptr<provider_port>{
      std::make_unique<net::pool>(parts_, *speaks, target, std::move(tls))};
  }

private:
  expected<net::trust_store_ptr> trust_for(const llm_target& target) const {
    if (trust_ && target.trust())
      return net::with_bundle(*trust_, *target.trust());
    return trust_;
  }

  std::shared_ptr<const net::loop_parts> parts_;
  expected<net::trust_store_ptr> trust_;
};

} // namespace

std::unique_ptr<provider_factory>
make_net_factory(boost::asio::io_context& loop, alarm_clock& clock,
                 key_vault& vault, net_options options) {
  if (!options.lookups)
    options.lookups = std::make_shared<net::lookup_desk>();
  if (!options.answers)
    options.answers = std::make_shared<shared_room>(limits::answers_bytes_max);
  auto resolver = options.resolver
                    ? options.resolver
                    : make_system_resolver(loop, options.lookups);
  auto trust = net::load_trust_store(options.ca_pem_file, options.trust_system);
  auto own = std::make_unique<net::own_addresses>(options.interfaces,
                                                  options.on_no_interfaces);
  // Whoever operates this is to know at the start, not at the first call.
  own->at(clock.now());
  auto idle = std::make_unique<net::idle_shelf>(options.idle_on_loop_max);
  auto parts = std::make_shared<net::loop_parts>(
    net::loop_parts{loop, clock, vault, std::move(options),
                    std::make_shared<net::loop_gate>(loop), std::move(resolver),
                    std::move(own), std::move(idle)});
  return std::make_unique<net_factory>(std::move(parts), std::move(trust));
}

} // namespace byollm
