// SPDX-License-Identifier: Apache-2.0
#include "actors/platform.hpp"

#include "actors/change_texts.hpp"
#include "actors/changes_room.hpp"
#include "actors/house_rules.hpp"
#include "actors/policy_rules.hpp"
#include "actors/post_back.hpp"
#include "actors/price_rules.hpp"
#include "actors/settings_rules.hpp"
#include "messages/limits.hpp"

#include <algorithm>

namespace byollm {

void platform_state::start(platform_options options) {
  options_ = std::move(options);
}

caf::result<answer<unit>>
platform_state::change(const shared<platform_change>& wanted) {
  return enqueue({wanted, {}});
}

caf::result<answer<unit>>
platform_state::change_origin(const shared<origin_change>& wanted) {
  return enqueue({wanted, {}});
}

caf::result<answer<unit>> platform_state::enqueue(running change) {
  if (!may_wait_behind(changes_.size()))
    return refused<unit>(too_many_changes());
  auto to = self_->make_response_promise<promise>();
  change.to = to;
  changes_.push_back(std::move(change));
  if (changes_.size() == 1)
    next();
  return to;
}

void platform_state::next() {
  auto& now = changes_.front();
  now.row = *options_.stored;
  now.allowed = options_.allowed;
  std::visit([this](const auto& wanted) { apply(*wanted); }, now.wanted);
}

// -- what changes -------------------------------------------------------------

void platform_state::apply(const origin_change& wanted) {
  auto& allowed = changes_.front().allowed;
  allowed.erase(std::remove(allowed.begin(), allowed.end(), wanted.origin),
                allowed.end());
  if (wanted.allowed)
    allowed.push_back(wanted.origin);
  auto left = restore_platform(*options_.stored, allowed);
  if (!wanted.allowed && left.unusable.code != errc::none)
    return finish(refused<unit>(
      {errc::origin_denied,
       "the platform's LLM listens there; change or remove it first",
       "base_url"}));
  options_.store->save_allowed(
    "", allowed,
    {who_acts(wanted.actor), "", "", "allowed_origin",
     wanted.origin + (wanted.allowed ? " allowed" : " withdrawn"),
     options_.unix_ms()},
    post_back<platform_actor, status>(platform_actor{self_},
                                      [this](status done) { saved(done); }));
}

void platform_state::apply(const platform_change& wanted) {
  switch (wanted.what) {
  case platform_change::part::llm:
  case platform_change::part::second_choice:
    return change_llm(wanted);
  case platform_change::part::table:
    if (auto done = apply_table(wanted.entry); !done)
      return finish(refused<unit>(done.error()));
    return save(wanted.actor, text_of(wanted.entry));
  case platform_change::part::rules:
    apply_rules(wanted.rules);
    return save(wanted.actor, text_of(wanted.rules));
  case platform_change::part::price:
    return apply_price(wanted);
  case platform_change::part::extension:
    if (auto done
        = change_policy(changes_.front().row.policies, wanted.extension);
        !done)
      return finish(refused<unit>(done.error()));
    return save(wanted.actor, text_of(wanted.extension));
  }
}

void platform_state::apply_rules(const platform_change::policy& rules) {
  auto& row = changes_.front().row;
  if (rules.when_disabled)
    row.when_disabled = *rules.when_disabled;
  if (rules.caller_may_name_model)
    row.caller_may_name_model = *rules.caller_may_name_model;
  if (rules.ambiguous_retries)
    row.ambiguous_retries
      = std::min(*rules.ambiguous_retries, limits::ambiguous_retries);
  if (rules.unknown_price)
    row.unknown_price = *rules.unknown_price;
}

void platform_state::apply_price(const platform_change& wanted) {
  auto done = change_price(changes_.front().row.prices, wanted.price,
                           *options_.providers, options_.stored->version + 1,
                           options_.unix_ms());
  if (!done)
    return finish(refused<unit>(done.error()));
  save(wanted.actor, "price " + *std::move(done));
}

status
platform_state::apply_table(const platform_change::parameter_entry& entry) {
  if (auto valid = check_ranges(entry.values); !valid)
    return valid;
  auto& row = changes_.front().row;
  auto named = entry.scope == parameter_scope::purpose
               || entry.scope == parameter_scope::extension;
  if (named && !is_valid_id(entry.name))
    return failure{errc::invalid_config,
                   "a purpose or extension has 1 to 128 bytes of "
                   "[A-Za-z0-9._:@-]",
                   "name"};
  if (!named) {
    (entry.scope == parameter_scope::global ? row.global : row.ceilings)
      = entry.values;
    return unit{};
  }
  auto& table = entry.scope == parameter_scope::purpose ? row.per_purpose
                                                        : row.per_extension;
  if (entry.values == parameters{})
    table.erase(entry.name);
  else
    table.insert_or_assign(entry.name, entry.values);
  return unit{};
}

std::optional<stored_user_config>&
platform_state::slot(platform_change::part which) {
  auto& row = changes_.front().row;
  return which == platform_change::part::llm ? row.llm : row.second_choice;
}

void platform_state::change_llm(const platform_change& wanted) {
  auto& now = changes_.front();
  auto& where = slot(wanted.what);
  if (!wanted.llm) {
    if (where)
      now.revoked = where->key_id;
    where.reset();
    return save(wanted.actor, text_of(wanted.what) + " removed");
  }
  auto checked
    = check_change(*wanted.llm, {"", "", where, now.allowed,
                                 *options_.providers, options_.new_id()});
  if (!checked)
    return finish(refused<unit>(checked.error()));
  if (where && where->key_version != checked->row.key_version) {
    now.replaced = where->key_id;
    now.replaced_up_to = where->key_version;
  }
  where = std::move(checked->row);
  if (!checked->seal)
    return save(wanted.actor, text_of(wanted.what, *where));
  self_
    ->request(options_.gateway, caf::infinite, atom::seal_v, wanted.llm->key,
              std::make_shared<const key_binding>(*checked->seal))
    .then(
      [this](const answer<sealed_key>& sealed) { have_envelope(*sealed); },
      [this](caf::error&) {
        have_envelope(failure{errc::unavailable, "the auth gateway is gone"});
      });
}

void platform_state::have_envelope(const expected<sealed_key>& sealed) {
  if (!sealed)
    return finish(refused<unit>(sealed.error()));
  const auto& wanted
    = *std::get<shared<platform_change>>(changes_.front().wanted);
  auto& where = slot(wanted.what);
  where->envelope = sealed->envelope;
  save(wanted.actor, text_of(wanted.what, *where) + " new key");
}

// -- durable, known, answered -------------------------------------------------

void platform_state::save(const std::string& actor, std::string subject) {
  auto& row = changes_.front().row;
  row.version = options_.stored->version + 1;
  options_.store->save_platform(
    row,
    {who_acts(actor), "", "", change_subject::platform, std::move(subject),
     options_.unix_ms()},
    post_back<platform_actor, status>(platform_actor{self_},
                                      [this](status done) { saved(done); }));
}

void platform_state::saved(const status& done) {
  if (!done)
    return finish(refused<unit>(done.error()));
  auto& now = changes_.front();
  options_.stored = std::make_shared<const stored_platform_config>(now.row);
  options_.allowed = now.allowed;
  if (now.revoked.empty())
    return publish();
  revoke();
}

// Turns under way pinned the removed LLM; the gateway leases its key no more.
void platform_state::revoke() {
  self_
    ->request(options_.gateway, caf::infinite, atom::revoke_v,
              changes_.front().revoked)
    .then([this](const answer<unit>&) { publish(); },
          [this](caf::error&) { publish(); });
}

void platform_state::publish() {
  auto restored = restore_platform(*options_.stored, options_.allowed);
  auto left = std::make_shared<size_t>(options_.resolvers.size());
  auto one_less = [this, left] {
    if (--*left == 0)
      drain();
  };
  for (const auto& to : options_.resolvers)
    self_->request(to, caf::infinite, atom::replace_v, restored.config)
      .then([one_less](const answer<unit>&) { one_less(); },
            [one_less](caf::error&) { one_less(); });
}

// Turns that begin now have the new key; those under way have a while yet.
void platform_state::drain() {
  auto done = [this] { finish(answered(unit{})); };
  const auto& now = changes_.front();
  if (now.replaced.empty())
    return done();
  self_
    ->request(options_.gateway, caf::infinite, atom::replace_v, now.replaced,
              now.replaced_up_to)
    .then([done](const answer<unit>&) { done(); },
          [done](caf::error&) { done(); });
}

void platform_state::finish(answer<unit> what) {
  auto done = std::move(changes_.front());
  changes_.pop_front();
  if (!changes_.empty())
    next();
  done.to.deliver(std::move(what));
}

void platform_state::settle() {
  for (auto& open : std::exchange(changes_, {}))
    open.to.deliver(
      refused<unit>({errc::unavailable, "the platform actor ended"}));
}

platform_actor::behavior_type
platform(platform_actor::stateful_pointer<platform_state> self,
         platform_options options) {
  adopt_house_rules(self, options.log, [self] { self->state.settle(); });
  self->state.start(std::move(options));
  return {
    [self](atom::change, const shared<platform_change>& wanted) {
      return self->state.change(wanted);
    },
    [self](atom::change, const shared<origin_change>& wanted) {
      return self->state.change_origin(wanted);
    },
    [self](atom::lookup) { return self->state.stored(); },
    [self](atom::lookup, const shared<origin_change>&) {
      return self->state.origins();
    },
    [](atom::resume, const continuation& go_on) { (*go_on)(); },
  };
}

} // namespace byollm
