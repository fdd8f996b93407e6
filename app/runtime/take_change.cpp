// SPDX-License-Identifier: Apache-2.0
#include "app/runtime/admin_impl.hpp"
#include "app/vault/entered_key.hpp"
#include "messages/registers.hpp"

#include <openssl/crypto.h>

namespace byollm {

namespace {

// Whitespace around a pasted key is never part of it.
std::string_view trimmed(std::string_view key) {
  constexpr std::string_view blank = " \t\r\n";
  auto first = key.find_first_not_of(blank);
  if (first == std::string_view::npos)
    return {};
  return key.substr(first, key.find_last_not_of(blank) - first + 1);
}

} // namespace

expected<taken_change> take_change(llm_settings settings) {
  taken_change made;
  made.llm.provider = std::move(settings.provider);
  made.llm.model = std::move(settings.model);
  made.llm.base_url = std::move(settings.base_url);
  made.llm.embedding_model = std::move(settings.embedding_model);
  made.llm.enabled = settings.enabled;
  made.llm.fallback = settings.fallback;
  if (!settings.key)
    return made;
  auto& typed = *settings.key;
  auto key = trimmed(typed);
  if (key.size() != typed.size())
    made.notices.push_back("spaces or line ends around the key were removed");
  auto locked = lock_entered_key(key);
  OPENSSL_cleanse(typed.data(), typed.size());
  wipe_registers();
  if (!locked)
    return std::move(locked).error();
  made.llm.key = *std::move(locked);
  return made;
}

} // namespace byollm
