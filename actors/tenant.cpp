// SPDX-License-Identifier: Apache-2.0
#include "actors/tenant.hpp"

#include "actors/change_texts.hpp"
#include "actors/changes_room.hpp"
#include "actors/host_answer.hpp"
#include "actors/house_rules.hpp"
#include "actors/post_back.hpp"
#include "actors/settings_rules.hpp"
#include "messages/ports/thread_log.hpp"

#include <algorithm>

namespace byollm {

namespace {

shared<user_lookup> broken(failure why) {
  return std::make_shared<const user_lookup>(
    user_lookup{user_lookup::state::broken, nullptr, std::move(why)});
}

failure tenant_gone() {
  return {errc::unavailable, "the tenant's actor ended"};
}

} // namespace

void tenant_state::start(tenant_options options) {
  options_ = std::move(options);
  remembered_ = remembered_users{options_.parts->users_remembered_max};
}

// -- look-ups -----------------------------------------------------------------

caf::result<shared<user_lookup>>
tenant_state::lookup(const shared<call_context>& context) {
  const auto& user = context->who.user.str();
  if (auto known = remembered_.find(user))
    return known;
  auto to = self_->make_response_promise<lookup_promise>();
  auto& waiting = waiting_[user];
  waiting.push_back(to);
  if (waiting.size() == 1)
    look_up(context->who.user);
  return to;
}

void tenant_state::look_up(const user_id& user) {
  auto tenant = tenant_id::parse(options_.tenant);
  auto tell = post_back<tenant_actor, user_lookup>(
    handle(), [this, user, since = generation_](user_lookup what) {
      if (options_.parts->host_keeps_configs)
        what = checked_answer(std::move(what), *options_.parts->providers);
      found(user, std::make_shared<const user_lookup>(std::move(what)), since);
    });
  try {
    options_.parts->source->lookup(*tenant, user, tell);
  } catch (...) {
    log_host_threw("config_source");
    tell(unusable("the host's config_source threw"));
  }
}

void tenant_state::found(const user_id& of, const shared<user_lookup>& what,
                         uint64_t since) {
  const auto& user = of.str();
  // A change may have become visible since the look-up began; it is newer, and
  // if it is not remembered either, or no more, it is looked up.
  auto newer = remembered_.find(user);
  if (!newer && since != generation_)
    return look_up(of);
  auto answer = newer ? newer : what;
  if (!options_.parts->host_keeps_configs
      && answer->is != user_lookup::state::broken)
    remembered_.remember(user, answer);
  auto waiting = waiting_.extract(user);
  if (!waiting.empty())
    for (auto& to : waiting.mapped())
      to.deliver(answer);
}

// -- changes ------------------------------------------------------------------

caf::result<answer<llm_summary>>
tenant_state::change(const shared<user_change>& wanted) {
  if (options_.parts->host_keeps_configs)
    return refused<llm_summary>(
      {errc::invalid_config,
       "the host keeps the configurations; change them there"});
  if (!may_wait_behind(changes_.size()))
    return refused<llm_summary>(too_many_changes());
  auto to = self_->make_response_promise<change_promise>();
  changes_.push_back({wanted, to});
  if (changes_.size() == 1)
    next_change();
  return to;
}

void tenant_state::next_change() {
  changes_.front().rules_version = rules_version_;
  options_.parts->store->load_rules(
    options_.tenant, post_back<tenant_actor, expected<tenant_rules>>(
                       handle(), [this](expected<tenant_rules> rules) {
                         have_rules(std::move(rules));
                       }));
}

void tenant_state::have_rules(expected<tenant_rules> rules) {
  if (!rules)
    return finish(refused<llm_summary>(rules.error()));
  auto& now = changes_.front();
  now.rules = *std::move(rules);
  using found_row = expected<std::optional<stored_user_config>>;
  options_.parts->store->load_user(
    options_.tenant, now.wanted->user.str(),
    post_back<tenant_actor, found_row>(
      handle(), [this](found_row old) { have_row(std::move(old)); }));
}

void tenant_state::have_row(expected<std::optional<stored_user_config>> old) {
  if (!old)
    return finish(refused<llm_summary>(old.error()));
  auto& now = changes_.front();
  if (*old) {
    now.old_key_id = (*old)->key_id;
    now.old_key_version = (*old)->key_version;
  }
  if (now.wanted->admin_disabled || !now.wanted->llm) {
    auto disabled = now.wanted->admin_disabled;
    if (!*old || (disabled ? (*old)->is_stale : is_mark(**old)))
      return finish(refused<llm_summary>(
        {errc::not_found, "this user has no LLM of their own"}));
    return disabled ? switch_for_admin(**old, *disabled) : remove(**old);
  }
  auto checked = check_change(*now.wanted->llm,
                              {options_.tenant, now.wanted->user.str(), *old,
                               now.rules.allowed, *options_.parts->providers,
                               options_.parts->new_id()});
  if (!checked)
    return finish(refused<llm_summary>(checked.error()));
  now.row = std::move(checked->row);
  if (!checked->seal)
    return save();
  self_
    ->request(options_.parts->gateway, caf::infinite, atom::seal_v,
              now.wanted->llm->key,
              std::make_shared<const key_binding>(*checked->seal))
    .then([this](const answer<sealed_key>& sealed) { have_envelope(*sealed); },
          [this](caf::error&) { have_envelope(tenant_gone()); });
}

void tenant_state::have_envelope(const expected<sealed_key>& sealed) {
  if (!sealed)
    return finish(refused<llm_summary>(sealed.error()));
  changes_.front().row.envelope = sealed->envelope;
  save();
}

change_record tenant_state::record(const char* subject,
                                   std::string summary) const {
  const auto& now = changes_.front();
  return {who_acts(now.wanted->actor), options_.tenant,
          now.wanted->user.str(),      subject,
          std::move(summary),          options_.parts->unix_ms()};
}

void tenant_state::save() {
  const auto& row = changes_.front().row;
  options_.parts->store->save_user(
    row,
    record(change_subject::user_llm,
           text_of(row)
             + (row.fallback == fallback_policy::platform ? " falls back" : "")
             + (row.enabled ? "" : " disabled by the user")
             + (row.admin_disabled ? " disabled by the admin" : "")),
    post_back<tenant_actor, status>(handle(),
                                    [this](status done) { saved(done); }));
}

void tenant_state::switch_for_admin(const stored_user_config& old,
                                    bool disabled) {
  // Only the admin's word was left of it.
  if (is_mark(old) && !disabled)
    return remove(old);
  auto& row = changes_.front().row;
  row = old;
  row.admin_disabled = disabled;
  ++row.epoch;
  save();
}

void tenant_state::remove(const stored_user_config& old) {
  auto& now = changes_.front();
  now.row = old;
  now.removes = true;
  auto done = post_back<tenant_actor, status>(
    handle(), [this](status removed) { saved(removed); });
  if (!old.admin_disabled || is_mark(old))
    return options_.parts->store->remove_user(
      options_.tenant, now.wanted->user.str(),
      record(change_subject::user_llm_removed, "removed"), done);
  now.left = mark_of(old);
  options_.parts->store->strip_user(
    *now.left,
    record(change_subject::user_llm, "removed; stays disabled by the admin"),
    done);
}

void tenant_state::saved(const status& done) {
  auto& now = changes_.front();
  const auto user = now.wanted->user.str();
  if (!done)
    return finish(refused<llm_summary>(done.error()));
  if (now.removes) {
    ++generation_;
    if (now.left)
      remembered_.forget(user);
    else
      remembered_.remember(user, std::make_shared<const user_lookup>());
    if (!is_mark(now.row))
      return withdraw(atom::revoke_v, now.row.key_id);
    return finish(answered(summarize(now.row)));
  }
  remember_change();
  if (now.old_key_id != now.row.key_id
      || now.old_key_version != now.row.key_version)
    return withdraw(atom::replace_v, now.old_key_id, now.old_key_version);
  finish(answered(summarize(now.row)));
}

// Only when the gateway knows which key is used no more is the change told.
template <class... What>
void tenant_state::withdraw(What... what) {
  self_->request(options_.parts->gateway, caf::infinite, std::move(what)...)
    .then(
      [this](const answer<unit>&) {
        finish(answered(summarize(changes_.front().row)));
      },
      [this](caf::error&) { finish(refused<llm_summary>(tenant_gone())); });
}

void tenant_state::remember_change() {
  ++generation_;
  const auto& now = changes_.front();
  const auto& user = now.wanted->user.str();
  // Made by rules that were changed since: the next look-up makes it anew.
  if (now.rules_version != rules_version_) {
    remembered_.forget(user);
    return;
  }
  user_lookup what;
  if (auto restored = restore_user(now.row, now.rules); restored)
    what = {user_lookup::state::present, *restored, {}};
  else
    what = {user_lookup::state::broken, nullptr, restored.error()};
  remembered_.remember(user,
                       std::make_shared<const user_lookup>(std::move(what)));
}

void tenant_state::finish(answer<llm_summary> what) {
  auto done = std::move(changes_.front());
  changes_.pop_front();
  if (!changes_.empty())
    next_change();
  done.to.deliver(std::move(what));
}

void tenant_state::settle() {
  for (auto& [_, waiting] : std::exchange(waiting_, {}))
    for (auto& to : waiting)
      to.deliver(broken({errc::config_unavailable, tenant_gone().detail}));
  for (auto& open : std::exchange(changes_, {}))
    open.to.deliver(refused<llm_summary>(tenant_gone()));
}

tenant_actor::behavior_type
tenant(tenant_actor::stateful_pointer<tenant_state> self,
       tenant_options options) {
  adopt_house_rules(self, options.parts->log, [self] { self->state.settle(); });
  self->state.start(std::move(options));
  return {
    // -- look-ups -----------------------------------------------------------
    [self](atom::lookup, const shared<call_context>& context) {
      return self->state.lookup(context);
    },
    [self](atom::lookup, const shared<user_change>& whose) {
      return self->state.show(whose);
    },
    [self](atom::lookup, const shared<origin_change>&) {
      return self->state.origins();
    },
    // -- changes ------------------------------------------------------------
    [self](atom::change, const shared<user_change>& wanted) {
      return self->state.change(wanted);
    },
    [self](atom::change, const shared<origin_change>& wanted) {
      return self->state.change_origin(wanted);
    },
    [self](atom::change, const shared<trust_change>& wanted) {
      return self->state.change_trust(wanted);
    },
    // -- from the directory and INTERNAL ------------------------------------
    [self](atom::idle) { return self->state.open_requests(); },
    [](atom::resume, const continuation& go_on) { (*go_on)(); },
  };
}

} // namespace byollm
