// SPDX-License-Identifier: Apache-2.0
#include "actors/resolver.hpp"

#include "actors/cascade.hpp"
#include "actors/house_rules.hpp"

namespace byollm {

namespace {

// The admin's tests ask what is switched off, too.
shared<platform_config> with_switched_off(const shared<platform_config>& from) {
  if (from->llm || !from->switched_off)
    return from;
  auto made = *from;
  made.llm = made.switched_off;
  return std::make_shared<const platform_config>(std::move(made));
}

} // namespace

void resolver_state::start(resolver_options options) {
  platform_ = std::move(options.platform);
  providers_ = std::move(options.providers);
}

shared<pinned_turn> resolver_state::pin(const shared<call_context>& context,
                                        const shared<user_lookup>& user) const {
  resolution now{context->who, *user, platform_, providers_};
  now.is_test = context->origin.source == turn_source::test;
  if (now.is_test && context->platform_only)
    now.platform = with_switched_off(platform_);
  // What bounds an extension does not bound the test of a key.
  if (!now.is_test)
    if (auto policy = find_policy(platform_->policies, context->who.app.str()))
      now.policy = {platform_, policy};
  auto on = std::make_shared<const resolution>(std::move(now));
  pinned_turn made{context, on};
  auto who = first_answerer(*on);
  if (!who) {
    made.nobody = who.error();
    return std::make_shared<const pinned_turn>(std::move(made));
  }
  const auto& target
    = *who == answerer::user ? *user->config->target : *on->platform->llm;
  made.who = *who;
  made.provider = target.provider();
  made.model = target.model();
  made.is_byollm = target.is_byollm();
  return std::make_shared<const pinned_turn>(std::move(made));
}

void resolver_state::replace(shared<platform_config> next) {
  platform_ = std::move(next);
}

resolver_actor::behavior_type
resolver(resolver_actor::stateful_pointer<resolver_state> self,
         resolver_options options) {
  adopt_house_rules(self, options.log, [] {
    // nop: every request is answered at once
  });
  self->state.start(std::move(options));
  return {
    [self](atom::pin, const shared<call_context>& context,
           const shared<user_lookup>& user) {
      return self->state.pin(context, user);
    },
    [self](atom::replace, const shared<platform_config>& next) {
      self->state.replace(next);
      return answered(unit{});
    },
  };
}

} // namespace byollm
