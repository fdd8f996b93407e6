// SPDX-License-Identifier: Apache-2.0
#include "actors/directory.hpp"

#include "actors/house_rules.hpp"

#include <algorithm>

namespace byollm {

namespace {

failure too_many_awake() {
  return {errc::overloaded, "too many tenants are awake"};
}

} // namespace

void directory_state::start(directory_options options) {
  options_ = std::move(options);
}

tenant_actor directory_state::find(const std::string& id) {
  if (auto it = tenants_.find(id); it != tenants_.end()) {
    it->second.used = true;
    return it->second.to;
  }
  if (tenants_.size() >= options_.awake_max) {
    sweep();
    return {};
  }
  auto made = self_->spawn(tenant, tenant_options{id, options_.parts});
  self_->monitor(made);
  tenants_.emplace(id, entry{made});
  arm();
  return made;
}

void directory_state::arm() {
  if (armed_ || tenants_.empty())
    return;
  armed_ = true;
  auto weak = caf::actor_cast<caf::weak_actor_ptr>(directory_actor{self_});
  options_.on_clock_loop([clock = options_.clock, idle = options_.idle, weak] {
    clock->set(clock->now() + idle, [weak] {
      if (auto to = caf::actor_cast<directory_actor>(weak))
        caf::anon_send(to, atom::expired_v);
    });
  });
}

void directory_state::sweep() {
  armed_ = false;
  std::vector<std::string> unused;
  for (auto& [id, held] : tenants_)
    if (!std::exchange(held.used, false))
      unused.push_back(id);
  for (const auto& id : unused)
    ask_to_sleep(id);
  arm();
}

void directory_state::ask_to_sleep(const std::string& id) {
  self_->request(tenants_.at(id).to, caf::infinite, atom::idle_v)
    .then([this, id](uint64_t open) { asleep(id, open); },
          [this, id](caf::error&) { tenants_.erase(id); });
}

void directory_state::asleep(const std::string& id, uint64_t open_requests) {
  auto it = tenants_.find(id);
  // All requests come through here: unused since the question means idle now.
  if (it == tenants_.end() || it->second.used || open_requests != 0)
    return;
  self_->send_exit(it->second.to, caf::exit_reason::user_shutdown);
  tenants_.erase(it);
}

void directory_state::forget(const caf::actor_addr& who) {
  auto it = std::find_if(tenants_.begin(), tenants_.end(), [&](const auto& x) {
    return x.second.to.address() == who;
  });
  if (it != tenants_.end())
    tenants_.erase(it);
}

void directory_state::settle() {
  for (auto& [_, held] : tenants_)
    self_->send_exit(held.to, caf::exit_reason::user_shutdown);
  tenants_.clear();
}

directory_actor::behavior_type
directory(directory_actor::stateful_pointer<directory_state> self,
          directory_options options) {
  adopt_house_rules(self, options.parts->log, [self] { self->state.settle(); });
  self->set_down_handler(
    [self](caf::down_msg& down) { self->state.forget(down.source); });
  self->state.start(std::move(options));
  using lookup_result = caf::result<shared<user_lookup>>;
  using summary_result = caf::result<answer<llm_summary>>;
  using unit_result = caf::result<answer<unit>>;
  using names_result = caf::result<answer<name_list>>;
  return {
    [self](atom::lookup, const shared<call_context>& context) -> lookup_result {
      if (auto to = self->state.find(context->who.tenant.str()))
        return self->delegate(to, atom::lookup_v, context);
      return std::make_shared<const user_lookup>(
        user_lookup{user_lookup::state::broken, nullptr, too_many_awake()});
    },
    [self](atom::change, const shared<user_change>& wanted) -> summary_result {
      if (auto to = self->state.find(wanted->tenant.str()))
        return self->delegate(to, atom::change_v, wanted);
      return refused<llm_summary>(too_many_awake());
    },
    [self](atom::lookup, const shared<user_change>& whose) -> summary_result {
      if (auto to = self->state.find(whose->tenant.str()))
        return self->delegate(to, atom::lookup_v, whose);
      return refused<llm_summary>(too_many_awake());
    },
    [self](atom::change, const shared<origin_change>& wanted) -> unit_result {
      if (auto to = self->state.find(wanted->tenant))
        return self->delegate(to, atom::change_v, wanted);
      return refused<unit>(too_many_awake());
    },
    [self](atom::lookup, const shared<origin_change>& whose) -> names_result {
      if (auto to = self->state.find(whose->tenant))
        return self->delegate(to, atom::lookup_v, whose);
      return refused<name_list>(too_many_awake());
    },
    [self](atom::change, const shared<trust_change>& wanted) -> unit_result {
      if (auto to = self->state.find(wanted->tenant))
        return self->delegate(to, atom::change_v, wanted);
      return refused<unit>(too_many_awake());
    },
    [self](atom::idle) { return self->state.awake(); },
    [self](atom::expired) { self->state.sweep(); },
  };
}

} // namespace byollm
