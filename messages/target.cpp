// SPDX-License-Identifier: Apache-2.0
#include "messages/target.hpp"

#include "messages/reply.hpp"
#include "messages/traits.hpp"

#include <algorithm>

namespace byollm {

namespace {

// Ids and origins hold no '|', so joining with it is unambiguous.
std::string isolation_key_of(const key_binding& who, billing_class billing,
                             const ca_bundle_ptr& trust) {
  std::string key{billing == billing_class::byollm ? "user|" : "platform|"};
  for (const auto* part : {&who.tenant, &who.user, &who.key_id, &who.provider})
    key += *part + '|';
  key += std::to_string(who.key_version) + '|' + who.origin;
  if (trust)
    key += '|' + trust->fingerprint;
  return key;
}

} // namespace

llm_target::llm_target(std::string provider, std::string model,
                       std::string embedding_model, base_url url, reach allowed,
                       ca_bundle_ptr trust, key_binding binding,
                       std::shared_ptr<const sealed_key> sealed,
                       billing_class billing)
    : provider_(std::move(provider)),
      model_(std::move(model)),
      embedding_model_(std::move(embedding_model)),
      url_(std::move(url)),
      allowed_(allowed),
      trust_(std::move(trust)),
      binding_(std::move(binding)),
      sealed_(std::move(sealed)),
      billing_(billing),
      isolation_key_(isolation_key_of(binding_, billing_, trust_)) {
  // nop
}

std::string_view llm_target::credential_key() const noexcept {
  size_t end = 0;
  for (int bars = 0; bars < 4; ++bars)
    end = isolation_key_.find('|', end) + 1;
  return std::string_view{isolation_key_}.substr(0, end);
}

const provider_traits* find_provider(const provider_table& table,
                                     std::string_view name) noexcept {
  auto it = std::find_if(table.begin(), table.end(),
                         [name](const auto& x) { return x.name == name; });
  return it == table.end() ? nullptr : &*it;
}

std::string message_reply::text() const {
  std::string out;
  for (const auto& block : content)
    if (auto text = std::get_if<text_block>(&block))
      out += text->text;
  return out;
}

} // namespace byollm
