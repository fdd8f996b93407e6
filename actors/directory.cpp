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
    note_use(it->second);
    return it->second.to;
  }
  if (tenants_.size() >= options_.awake_max) {
    make_room();
    return {};
  }
  auto made = self_->spawn(tenant, tenant_options{id, options_.parts});
  self_->monitor(made);
  tenants_.emplace(id, entry{made, by_use_.insert(by_use_.end(), id)});
  arm();
  return made;
}

void directory_state::note_use(entry& of) {
  of.used = true;
  by_use_.splice(by_use_.end(), by_use_, of.place);
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

// One sleeps for one that is refused, and only one that nobody used since the
// last sweep: whoever makes up names of tenants sends no others to sleep.
void directory_state::make_room() {
  if (by_use_.empty())
    return;
  const auto& longest_unused = by_use_.front();
  if (!tenants_.at(longest_unused).used)
    ask_to_sleep(longest_unused);
}

void directory_state::ask_to_sleep(const std::string& id) {
  auto& held = tenants_.at(id);
  if (std::exchange(held.is_asked, true))
    return;
  self_->request(held.to, caf::infinite, atom::idle_v)
    .then([this, id](uint64_t open) { asleep(id, open); },
          [this, who = held.to.address()](caf::error&) { forget(who); });
}

void directory_state::asleep(const std::string& id, uint64_t open_requests) {
  auto it = tenants_.find(id);
  if (it == tenants_.end())
    return;
  auto& held = it->second;
  held.is_asked = false;
  // Who waits for the store is in use, and is not the next to be asked.
  if (open_requests != 0)
    return note_use(held);
  // All requests come through here: unused since the question means idle now.
  if (held.used)
    return;
  // Nothing is to be learnt from its end, and many may sleep at once.
  self_->demonitor(held.to.address());
  self_->send_exit(held.to, caf::exit_reason::user_shutdown);
  drop(it);
}

void directory_state::drop(tenant_map::iterator it) {
  by_use_.erase(it->second.place);
  tenants_.erase(it);
}

void directory_state::forget(const caf::actor_addr& who) {
  auto it = std::find_if(tenants_.begin(), tenants_.end(), [&](const auto& x) {
    return x.second.to.address() == who;
  });
  if (it != tenants_.end())
    drop(it);
}

void directory_state::settle() {
  for (auto& [_, held] : tenants_)
    self_->send_exit(held.to, caf::exit_reason::user_shutdown);
  tenants_.clear();
  by_use_.clear();
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
