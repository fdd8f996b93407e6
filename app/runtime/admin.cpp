// SPDX-License-Identifier: Apache-2.0
// What admins and users configure, asked from outside the actors.
#include "app/runtime/admin_impl.hpp"
#include "app/runtime/settle.hpp"
#include "app/store/store.hpp"

namespace byollm {

namespace {

failure gone() {
  return {errc::stopping, "the runtime is stopping"};
}

failure bad_identity() {
  return {errc::invalid_request,
          "tenant and user have 1 to 128 bytes of [A-Za-z0-9._:@-]", "user"};
}

// What is said of a change beside what it came to. Outlives the change, so it
// holds no key.
struct remarks {
  std::vector<std::string> notices = {};
  /// Nobody said whether it is on.
  bool stays_as_it_was = false;

  explicit remarks(const taken_change& of)
      : notices(of.notices), stays_as_it_was(!of.llm.enabled) {
    // nop
  }

  llm_view on(llm_view shown) const {
    shown.notices = notices;
    if (stays_as_it_was && !shown.enabled)
      shown.notices.push_back("it is switched off");
    return shown;
  }
};

// Settles `state` with what `convert` makes of an answer, or with why there is
// none.
template <class T, class From, class State, class Convert>
std::function<void(const answer<From>*)> settle_with(State state,
                                                     Convert convert) {
  return [state, convert](const answer<From>* reply) {
    if (!reply)
      state->settle(gone());
    else if (!**reply)
      state->settle((*reply)->error());
    else
      state->settle(convert(*(*reply)->operator->()));
  };
}

} // namespace

admin_accessor::impl::held_core admin_accessor::impl::lock() const {
  held_core held;
  held.core = core.lock();
  if (!held.core)
    return held;
  held.guard = std::unique_lock{held.core->mutex};
  if (!held.core->system)
    held.core = nullptr;
  return held;
}

llm_view to_view(const llm_summary& from) {
  return {from.provider,    from.model,   from.base_url,        from.has_key,
          from.key_version, from.enabled, from.admin_disabled,  from.fallback,
          from.epoch,       {},           from.embedding_model, from.refused};
}

admin_accessor admin_accessor::for_reader(reader who) const {
  auto made = std::make_shared<impl>(*impl_);
  made->who = std::move(who);
  return admin_accessor{std::move(made)};
}

// -- users' own LLMs ----------------------------------------------------------

pending<llm_view> admin_accessor::set_user_llm(std::string tenant,
                                               std::string user,
                                               llm_settings settings,
                                               std::string actor) const {
  // First, so that the key is wiped whatever else is wrong.
  auto change = take_change(std::move(settings));
  auto tenant_named = tenant_id::parse(tenant);
  auto user_named = user_id::parse(user);
  if (!tenant_named || !user_named)
    return settled<llm_view>(bad_identity());
  if (!change)
    return settled<llm_view>(change.error());
  auto live = impl_->lock();
  if (!live.core)
    return settled<llm_view>(gone());
  auto [state, made] = make_pending<llm_view>();
  auto wanted = std::make_shared<const user_change>(
    user_change{*tenant_named, *user_named, change->llm, {}, actor});
  ask<answer<llm_summary>>(
    *live.core->system, live.core->directory,
    settle_with<llm_view, llm_summary>(
      state, [said = remarks{*change}](
               const llm_summary& from) { return said.on(to_view(from)); }),
    atom::change_v, wanted);
  return made;
}

pending<std::optional<llm_view>>
admin_accessor::user_llm(std::string tenant, std::string user) const {
  auto tenant_named = tenant_id::parse(tenant);
  auto user_named = user_id::parse(user);
  using view = std::optional<llm_view>;
  if (!tenant_named || !user_named)
    return settled<view>(bad_identity());
  auto live = impl_->lock();
  if (!live.core)
    return settled<view>(gone());
  auto [state, made] = make_pending<view>();
  auto whose = std::make_shared<const user_change>(
    user_change{*tenant_named, *user_named});
  ask<answer<llm_summary>>(
    *live.core->system, live.core->directory,
    [state = state](const answer<llm_summary>* reply) {
      if (!reply)
        state->settle(gone());
      else if (**reply)
        state->settle(view{to_view(*(*reply)->operator->())});
      else if ((*reply)->error().code == errc::not_found)
        state->settle(view{});
      else
        state->settle((*reply)->error());
    },
    atom::lookup_v, whose);
  return made;
}

pending<unit> admin_accessor::remove_user_llm(std::string tenant,
                                              std::string user,
                                              std::string actor) const {
  return impl_->change_user(tenant, user, {}, std::move(actor));
}

pending<unit> admin_accessor::disable_user_llm(std::string tenant,
                                               std::string user, bool disabled,
                                               std::string actor) const {
  return impl_->change_user(tenant, user, disabled, std::move(actor));
}

pending<unit> admin_accessor::impl::change_user(
  const std::string& tenant, const std::string& user,
  std::optional<bool> admin_disabled, std::string actor) const {
  auto tenant_named = tenant_id::parse(tenant);
  auto user_named = user_id::parse(user);
  if (!tenant_named || !user_named)
    return settled<unit>(bad_identity());
  auto live = lock();
  if (!live.core)
    return settled<unit>(gone());
  auto [state, made] = make_pending<unit>();
  auto wanted = std::make_shared<const user_change>(user_change{
    *tenant_named, *user_named, {}, admin_disabled, std::move(actor)});
  ask<answer<llm_summary>>(*live.core->system, live.core->directory,
                           settle_with<unit, llm_summary>(
                             state, [](const llm_summary&) { return unit{}; }),
                           atom::change_v, wanted);
  return made;
}

// -- the platform -------------------------------------------------------------

pending<unit>
admin_accessor::impl::change_platform(platform_change wanted) const {
  auto live = lock();
  if (!live.core)
    return settled<unit>(gone());
  auto [state, made] = make_pending<unit>();
  ask<answer<unit>>(
    *live.core->system, live.core->platform,
    settle_with<unit, unit>(state, [](const unit&) { return unit{}; }),
    atom::change_v, std::make_shared<const platform_change>(std::move(wanted)));
  return made;
}

template <class T, class Convert>
pending<T> admin_accessor::impl::read_platform(Convert convert) const {
  auto live = lock();
  if (!live.core)
    return settled<T>(gone());
  auto [state, made] = make_pending<T>();
  using stored = shared<stored_platform_config>;
  ask<stored>(
    *live.core->system, live.core->platform,
    [state = state, convert](const stored* found) {
      if (found)
        state->settle(convert(**found));
      else
        state->settle(gone());
    },
    atom::lookup_v);
  return made;
}

pending<llm_view> admin_accessor::impl::set_platform_part(
  platform_change::part which, llm_settings settings, std::string actor) const {
  auto change = take_change(std::move(settings));
  if (!change)
    return settled<llm_view>(change.error());
  auto [state, made] = make_pending<llm_view>();
  platform_change wanted;
  wanted.what = which;
  wanted.llm = change->llm;
  wanted.actor = std::move(actor);
  auto read = [self = *this, which, state = state,
               said = remarks{*change}](status done) {
    if (!done)
      return state->settle(done.error());
    self.platform_part(which).then(
      [state, said](expected<std::optional<llm_view>> view) {
        if (!view)
          return state->settle(view.error());
        state->settle(said.on(view->value_or(llm_view{})));
      });
  };
  change_platform(std::move(wanted)).then(std::move(read));
  return made;
}

pending<std::optional<llm_view>>
admin_accessor::impl::platform_part(platform_change::part which) const {
  return read_platform<std::optional<llm_view>>(
    [which](const stored_platform_config& from) {
      const auto& row = which == platform_change::part::second_choice
                          ? from.second_choice
                          : from.llm;
      std::optional<llm_view> view;
      if (row)
        view = to_view(llm_summary{
          row->provider, row->model, row->base_url, row->embedding_model,
          !row->envelope.empty(), row->key_version, row->enabled, false,
          fallback_policy::error, from.version, row->refused});
      return view;
    });
}

pending<llm_view> admin_accessor::set_platform_llm(llm_settings settings,
                                                   std::string actor) const {
  return impl_->set_platform_part(platform_change::part::llm,
                                  std::move(settings), std::move(actor));
}

pending<std::optional<llm_view>> admin_accessor::platform_llm() const {
  return impl_->platform_part(platform_change::part::llm);
}

pending<unit> admin_accessor::remove_platform_llm(std::string actor) const {
  platform_change wanted;
  wanted.actor = std::move(actor);
  return impl_->change_platform(std::move(wanted));
}

pending<llm_view> admin_accessor::set_second_choice(llm_settings settings,
                                                    std::string actor) const {
  return impl_->set_platform_part(platform_change::part::second_choice,
                                  std::move(settings), std::move(actor));
}

pending<std::optional<llm_view>> admin_accessor::second_choice() const {
  return impl_->platform_part(platform_change::part::second_choice);
}

pending<unit> admin_accessor::remove_second_choice(std::string actor) const {
  platform_change wanted;
  wanted.what = platform_change::part::second_choice;
  wanted.actor = std::move(actor);
  return impl_->change_platform(std::move(wanted));
}

pending<unit> admin_accessor::set_rules(platform_rules rules,
                                        std::string actor) const {
  platform_change wanted;
  wanted.what = platform_change::part::rules;
  wanted.rules = rules;
  wanted.actor = std::move(actor);
  return impl_->change_platform(std::move(wanted));
}

pending<platform_rules> admin_accessor::rules() const {
  return impl_->read_platform<platform_rules>(
    [](const stored_platform_config& from) {
      return platform_rules{from.when_disabled, from.caller_may_name_model,
                            from.ambiguous_retries, from.unknown_price};
    });
}

pending<unit> admin_accessor::set_parameters(parameter_scope scope,
                                             std::string name,
                                             parameters values,
                                             std::string actor) const {
  platform_change wanted;
  wanted.what = platform_change::part::table;
  wanted.entry = {scope, std::move(name), std::move(values)};
  wanted.actor = std::move(actor);
  return impl_->change_platform(std::move(wanted));
}

pending<parameter_view> admin_accessor::parameter_table() const {
  return impl_->read_platform<parameter_view>(
    [](const stored_platform_config& from) {
      return parameter_view{from.global, from.per_purpose, from.per_extension,
                            from.ceilings};
    });
}

pending<unit> admin_accessor::set_policy(std::string extension,
                                         std::optional<extension_policy> may,
                                         std::string actor) const {
  platform_change wanted;
  wanted.what = platform_change::part::extension;
  wanted.extension = {std::move(extension), std::move(may)};
  wanted.actor = std::move(actor);
  return impl_->change_platform(std::move(wanted));
}

pending<policy_table> admin_accessor::policies() const {
  return impl_->read_platform<policy_table>(
    [](const stored_platform_config& from) { return from.policies; });
}

pending<unit> admin_accessor::change_price(price_entry price,
                                           std::string actor) const {
  platform_change wanted;
  wanted.what = platform_change::part::price;
  wanted.price = std::move(price);
  wanted.actor = std::move(actor);
  return impl_->change_platform(std::move(wanted));
}

pending<price_view> admin_accessor::price_table() const {
  return impl_->read_platform<price_view>(
    [](const stored_platform_config& from) {
      return price_view{from.prices, from.unknown_price};
    });
}

// -- origins ------------------------------------------------------------------

pending<unit> admin_accessor::allow_origin(std::string tenant, std::string url,
                                           bool allowed,
                                           std::string actor) const {
  auto parsed = base_url::parse(url);
  if (!parsed)
    return settled<unit>(parsed.error());
  if (!tenant.empty() && !tenant_id::parse(tenant))
    return settled<unit>(bad_identity());
  auto live = impl_->lock();
  if (!live.core)
    return settled<unit>(gone());
  auto [state, made] = make_pending<unit>();
  auto wanted = std::make_shared<const origin_change>(
    origin_change{tenant, parsed->at().str(), allowed, std::move(actor)});
  auto done
    = settle_with<unit, unit>(state, [](const unit&) { return unit{}; });
  if (tenant.empty())
    ask<answer<unit>>(*live.core->system, live.core->platform, done,
                      atom::change_v, wanted);
  else
    ask<answer<unit>>(*live.core->system, live.core->directory, done,
                      atom::change_v, wanted);
  return made;
}

pending<std::vector<std::string>>
admin_accessor::allowed_origins(std::string tenant) const {
  auto live = impl_->lock();
  if (!live.core)
    return settled<std::vector<std::string>>(gone());
  auto [state, made] = make_pending<std::vector<std::string>>();
  live.core->store->load_allowed(
    std::move(tenant), settle_soon<std::vector<std::string>>(live.core, state));
  return made;
}

} // namespace byollm
