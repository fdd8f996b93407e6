// SPDX-License-Identifier: Apache-2.0
#include "actors/settings_rules.hpp"

#include "messages/limits.hpp"

#include <algorithm>

namespace byollm {

namespace {

failure bad_setting(std::string name, std::string detail) {
  return {errc::invalid_config, std::move(detail), std::move(name)};
}

bool is_visible_ascii(std::string_view text) noexcept {
  return std::all_of(text.begin(), text.end(),
                     [](char c) { return c > 0x20 && c < 0x7f; });
}

key_binding bound_to(const stored_user_config& row, const base_url& url) {
  return {row.tenant, row.user,        row.provider,   url.at().str(),
          row.key_id, row.row_version, row.key_version};
}

// A key that was pasted where settings go would be shown and recorded.
status check_key_is_apart(const llm_change& wanted) {
  auto key = wanted.key ? wanted.key->bytes() : std::string_view{};
  if (key.size() < 8)
    return unit{};
  if (wanted.model.find(key) != std::string::npos)
    return bad_setting("model", "the key stands in the model's name");
  if (wanted.embedding_model.find(key) != std::string::npos)
    return bad_setting("embedding_model", "the key stands in the model's name");
  if (wanted.base_url.find(key) != std::string::npos)
    return bad_setting("base_url", "the key stands in the base URL");
  return unit{};
}

status check_embedding_model(const llm_change& wanted,
                             const provider_traits& traits) {
  if (wanted.embedding_model.empty())
    return unit{};
  if (!traits.has_embeddings)
    return bad_setting("embedding_model", traits.name + " has no embeddings");
  if (!is_model_name(wanted.embedding_model))
    return bad_setting("embedding_model",
                       "a model name has 1 to 256 bytes of visible ASCII, no "
                       "spaces");
  return unit{};
}

// Decides which key the new row has: the new one, none, or the old one.
expected<std::optional<key_binding>>
bind_key(const llm_change& wanted, const change_frame& frame,
         stored_user_config& row, const base_url& url, reach allowed,
         const provider_traits& traits) {
  auto old = frame.old;
  if (old && is_mark(*old))
    old.reset();
  auto may_lack_key = !traits.requires_key || allowed == reach::allowed;
  if (!wanted.key) {
    if (!old) {
      // Also what has no key has a name: it may be revoked.
      row.key_id = frame.new_key_id;
      if (may_lack_key && !traits.requires_key)
        return std::optional<key_binding>{};
      return failure{errc::invalid_key, "no key was given", "key"};
    }
    auto old_url = base_url::parse(old->base_url);
    if (old->provider != row.provider || !old_url || old_url->at() != url.at())
      return failure{errc::key_rebind,
                     "the key was entered for another provider or origin",
                     "key"};
    return std::optional<key_binding>{};
  }
  row.key_version = (old ? old->key_version : 0) + 1;
  row.row_version = (old ? old->row_version : 0) + 1;
  row.key_id = old && !old->key_id.empty() ? old->key_id : frame.new_key_id;
  row.envelope.clear();
  if (wanted.key->bytes().empty()) {
    if (!may_lack_key)
      return failure{errc::invalid_key,
                     row.provider + " needs a key at this origin", "key"};
    return std::optional<key_binding>{};
  }
  if (auto valid = check_key(wanted.key->bytes()); !valid)
    return valid.error();
  return std::optional{bound_to(row, url)};
}

template <class Owner>
expected<llm_target::ptr> bind_row(const stored_user_config& row, Owner owner,
                                   base_url url, reach allowed,
                                   ca_bundle_ptr trust = {}) {
  std::shared_ptr<const sealed_key> sealed;
  if (!row.envelope.empty())
    sealed = std::make_shared<const sealed_key>(sealed_key{row.envelope});
  auto at = url.at();
  return llm_target::bind(endpoint<Owner>{owner, row.provider, std::move(url),
                                          allowed, std::move(trust)},
                          credential<Owner>{owner, row.provider, at, row.key_id,
                                            row.key_version, row.row_version,
                                            std::move(sealed)},
                          row.model, row.embedding_model);
}

} // namespace

std::string known_names(const provider_table& providers) {
  std::string out;
  for (const auto& known : providers)
    out += (out.empty() ? "" : ", ") + known.name;
  return out;
}

status check_model(const std::string& model) {
  if (!is_model_name(model))
    return bad_setting(
      "model", "a model name has 1 to 256 bytes of visible ASCII, no spaces");
  return unit{};
}

status check_key(std::string_view key) {
  if (key.empty())
    return failure{errc::invalid_key, "the key is empty", "key"};
  if (key.size() > limits::key_bytes_max)
    return failure{errc::invalid_key, "the key has more than 4,096 bytes",
                   "key"};
  if (!is_visible_ascii(key))
    return failure{errc::invalid_key,
                   "the key holds spaces, line ends or non-ASCII bytes", "key"};
  return unit{};
}

expected<checked_change> check_change(const llm_change& wanted,
                                      const change_frame& given) {
  auto frame = given;
  // Nothing is taken over of what is not what was stored last.
  if (frame.old && frame.old->is_stale)
    frame.old.reset();
  auto traits = find_provider(frame.providers, wanted.provider);
  if (!traits)
    return bad_setting("provider", "unknown provider; known are "
                                     + known_names(frame.providers));
  // Of what was removed a mark may be left, which is off.
  auto is_new = !frame.old || is_mark(*frame.old);
  auto enabled = wanted.enabled.value_or(is_new || frame.old->enabled);
  // A user may enter the key first and choose among the provider's models then.
  auto may_lack_model = !enabled && !frame.user.empty();
  if (auto valid = check_model(wanted.model);
      !valid && !(may_lack_model && wanted.model.empty()))
    return valid.error();
  if (auto valid = check_embedding_model(wanted, *traits); !valid)
    return valid.error();
  if (auto valid = check_key_is_apart(wanted); !valid)
    return valid.error();
  auto url = base_url::parse(wanted.base_url.empty() ? traits->default_base_url
                                                     : wanted.base_url);
  if (!url)
    return url.error();
  auto may = check_origin(url->at(), frame.allowed);
  if (!may)
    return may.error();
  checked_change made;
  made.row = frame.old.value_or(stored_user_config{});
  made.row.tenant = frame.tenant;
  made.row.user = frame.user;
  made.row.provider = wanted.provider;
  made.row.model = wanted.model;
  made.row.base_url = url->str();
  made.row.embedding_model = wanted.embedding_model;
  made.row.enabled = enabled;
  made.row.fallback = wanted.fallback;
  made.row.epoch = frame.old ? frame.old->epoch + 1 : 1;
  auto binding = bind_key(wanted, frame, made.row, *url, *may, *traits);
  if (!binding)
    return binding.error();
  made.seal = *std::move(binding);
  // Of another key the provider has said nothing yet.
  if (frame.old
      && (made.row.key_id != frame.old->key_id
          || made.row.key_version != frame.old->key_version))
    made.row.refused.reset();
  return made;
}

stored_user_config mark_of(const stored_user_config& removed) {
  auto left = removed;
  left.enabled = false;
  left.fallback = fallback_policy::error;
  ++left.epoch;
  left.key_id.clear();
  left.key_version = 0;
  left.row_version = 0;
  left.envelope.clear();
  left.refused.reset();
  return left;
}

// Every other row's key has a name, also if there is none.
bool is_mark(const stored_user_config& row) noexcept {
  return row.admin_disabled && row.key_id.empty();
}

expected<key_binding> binding_of(const stored_user_config& row) {
  auto url = base_url::parse(row.base_url);
  if (!url)
    return url.error();
  return bound_to(row, *url);
}

expected<llm_target::ptr> restore_target(const stored_user_config& row,
                                         std::span<const std::string> allowed,
                                         ca_bundle_ptr trust) {
  if (row.is_stale)
    return failure{errc::secret_integrity,
                   "the stored settings are not what the ledger says was "
                   "stored last; enter them again"};
  auto url = base_url::parse(row.base_url);
  if (!url)
    return url.error();
  auto may = check_origin(url->at(), allowed);
  if (!may)
    return may.error();
  if (row.tenant.empty() && row.user.empty())
    return bind_row(row, platform_owner{}, *std::move(url), *may);
  auto tenant = tenant_id::parse(row.tenant);
  auto user = user_id::parse(row.user);
  if (!tenant || !user)
    return bad_setting("user", "the stored identity is malformed");
  if (*may != reach::allowed)
    trust.reset();
  return bind_row(row, user_owner{*tenant, *user}, *std::move(url), *may,
                  std::move(trust));
}

expected<std::shared_ptr<const user_config>>
restore_user(const stored_user_config& row, const tenant_rules& rules) {
  auto target = restore_target(row, rules.allowed, rules.trust);
  if (!target)
    return target.error();
  return std::shared_ptr<const user_config>{
    new user_config{*std::move(target), row.enabled, row.admin_disabled,
                    row.fallback, row.epoch}};
}

restored_platform restore_platform(const stored_platform_config& row,
                                   std::span<const std::string> allowed) {
  platform_config made;
  failure unusable;
  auto restore = [&](const std::optional<stored_user_config>& from) {
    if (!from)
      return llm_target::ptr{};
    auto target = restore_target(*from, allowed);
    if (target)
      return *std::move(target);
    unusable = target.error();
    return llm_target::ptr{};
  };
  auto is_on = [](const std::optional<stored_user_config>& from) {
    return from && from->enabled;
  };
  // What is off is restored all the same: whether it could be used is told.
  (is_on(row.llm) ? made.llm : made.switched_off) = restore(row.llm);
  if (auto second = restore(row.second_choice); is_on(row.second_choice))
    made.second_choice = std::move(second);
  made.global = row.global;
  made.per_purpose = row.per_purpose;
  made.per_extension = row.per_extension;
  made.ceilings = row.ceilings;
  made.policies = row.policies;
  made.when_disabled = row.when_disabled;
  made.caller_may_name_model = row.caller_may_name_model;
  made.ambiguous_retries = row.ambiguous_retries;
  made.prices = row.prices;
  made.unknown_price = row.unknown_price;
  made.version = row.version;
  return {std::make_shared<const platform_config>(std::move(made)),
          std::move(unusable)};
}

llm_summary summarize(const stored_user_config& row) {
  return {
    row.provider,          row.model,       row.base_url, row.embedding_model,
    !row.envelope.empty(), row.key_version, row.enabled,  row.admin_disabled,
    row.fallback,          row.epoch,       row.refused};
}

} // namespace byollm
