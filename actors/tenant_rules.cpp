// SPDX-License-Identifier: Apache-2.0
// What a TENANT tells of its settings, and its rules: where its keys may go,
// and who vouches for its servers.
#include "actors/change_texts.hpp"
#include "actors/changes_room.hpp"
#include "actors/post_back.hpp"
#include "actors/settings_rules.hpp"
#include "actors/tenant.hpp"

#include <algorithm>

namespace byollm {

// -- showing, origins ---------------------------------------------------------

bool tenant_state::may_show() const noexcept {
  return may_wait_behind(others_open_ - rules_changes_.size());
}

caf::result<answer<llm_summary>>
tenant_state::show(const shared<user_change>& whose) {
  if (!may_show())
    return refused<llm_summary>(too_many_changes());
  auto to = self_->make_response_promise<change_promise>();
  using found_row = expected<std::optional<stored_user_config>>;
  ++others_open_;
  options_.parts->store->load_user(
    options_.tenant, whose->user.str(),
    post_back<tenant_actor, found_row>(
      handle(), [this, to](found_row row) mutable {
        --others_open_;
        if (!row)
          to.deliver(refused<llm_summary>(row.error()));
        else if (!*row)
          to.deliver(refused<llm_summary>(
            {errc::not_found, "this user has no LLM of their own"}));
        else
          to.deliver(answered(summarize(**row)));
      }));
  return to;
}

caf::result<answer<name_list>> tenant_state::origins() {
  if (!may_show())
    return refused<name_list>(too_many_changes());
  auto to = self_->make_response_promise<
    caf::typed_response_promise<answer<name_list>>>();
  ++others_open_;
  options_.parts->store->load_allowed(
    options_.tenant, post_back<tenant_actor, expected<name_list>>(
                       handle(), [this, to](expected<name_list> found) mutable {
                         --others_open_;
                         to.deliver(std::make_shared<const expected<name_list>>(
                           std::move(found)));
                       }));
  return to;
}

// One change of the rules at a time: each is made from what the one before it
// left.
tenant_state::unit_promise
tenant_state::change_rules(std::function<void(rules_change)> begin) {
  auto to = self_->make_response_promise<unit_promise>();
  if (!may_wait_behind(rules_changes_.size())) {
    to.deliver(refused<unit>(too_many_changes()));
    return to;
  }
  ++others_open_;
  rules_changes_.push_back([this, to, begin = std::move(begin)] {
    begin([this, to](status done) mutable {
      if (done)
        forget_targets();
      --others_open_;
      rules_changes_.pop_front();
      if (!rules_changes_.empty())
        rules_changes_.front()();
      to.deliver(std::make_shared<const expected<unit>>(std::move(done)));
    });
  });
  if (rules_changes_.size() == 1)
    rules_changes_.front()();
  return to;
}

caf::result<answer<unit>>
tenant_state::change_origin(const shared<origin_change>& wanted) {
  return change_rules([this, wanted](const rules_change& end) {
    options_.parts->store->load_allowed(
      options_.tenant,
      post_back<tenant_actor, expected<name_list>>(
        handle(), [this, wanted, end](expected<name_list> found) {
          if (!found)
            return end(found.error());
          save_origins(*wanted, *std::move(found), end);
        }));
  });
}

void tenant_state::save_origins(const origin_change& wanted, name_list list,
                                const rules_change& end) {
  std::erase(list, wanted.origin);
  if (wanted.allowed)
    list.push_back(wanted.origin);
  options_.parts->store->save_allowed(
    options_.tenant, std::move(list),
    {who_acts(wanted.actor), options_.tenant, "", "allowed_origin",
     wanted.origin + (wanted.allowed ? " allowed" : " withdrawn"),
     options_.parts->unix_ms()},
    post_back<tenant_actor, status>(handle(), end));
}

caf::result<answer<unit>>
tenant_state::change_trust(const shared<trust_change>& wanted) {
  if (options_.parts->host_keeps_configs)
    return refused<unit>(
      {errc::invalid_config,
       "the host keeps the configurations; change them there"});
  return change_rules([this, wanted](const rules_change& end) {
    options_.parts->store->load_rules(
      options_.tenant,
      post_back<tenant_actor, expected<tenant_rules>>(
        handle(), [this, wanted, end](const expected<tenant_rules>& now) {
          if (!now)
            return end(now.error());
          if (!wanted->trust && !now->trust)
            return end(
              failure{errc::not_found, "this tenant has no certificates"});
          save_trust(*wanted, *now, end);
        }));
  });
}

void tenant_state::save_trust(const trust_change& wanted,
                              const tenant_rules& now,
                              const rules_change& end) {
  auto removes = !wanted.trust;
  options_.parts->store->save_trust(
    options_.tenant, wanted.trust,
    {who_acts(wanted.actor), options_.tenant, "", "tenant_ca",
     text_of(removes ? *now.trust : *wanted.trust)
       + (removes ? " removed" : " set"),
     options_.parts->unix_ms()},
    post_back<tenant_actor, status>(handle(), end));
}

// What may be reached, and who vouches for it, is part of every target.
void tenant_state::forget_targets() {
  ++rules_version_;
  ++generation_;
  remembered_.clear();
}

} // namespace byollm
