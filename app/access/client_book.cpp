// SPDX-License-Identifier: Apache-2.0
#include "app/access/client_book.hpp"

#include "app/access/base64url.hpp"
#include "app/access/grant_rules.hpp"
#include "app/access/sealed_fields.hpp"
#include "messages/ids.hpp"
#include "messages/limits.hpp"

#include <algorithm>
#include <array>

namespace byollm {

namespace {

constexpr std::string_view prefix = "byollm_ct_";

failure unknown() {
  return {errc::unauthenticated, "the token is not known"};
}

// No service token begins so: its name has no space.
std::vector<uint8_t> fields_of(const stored_client_token& token) {
  const auto& shown = token.shown;
  sealed_fields out;
  out.text("client token");
  out.text(shown.id);
  out.text(shown.tenant);
  out.text(shown.user);
  out.text(shown.extension);
  out.number(shown.purposes.size());
  for (const auto& purpose : shown.purposes)
    out.text(purpose);
  out.number(static_cast<uint64_t>(shown.created_unix_ms));
  out.number(static_cast<uint64_t>(shown.expires_unix_ms));
  out.raw(token.digest);
  return std::move(out).take();
}

} // namespace

bool is_client_token(std::string_view text) noexcept {
  return text.starts_with(prefix) && text.size() == prefix.size() + 43;
}

client_book::client_book(const access_keys& keys,
                         std::vector<stored_client_token> stored,
                         std::vector<std::string>& unsealed)
    : keys_(keys) {
  for (auto& token : stored) {
    auto seal = seal_of(token);
    if (seal && is_same(*seal, token.seal))
      tokens_.insert_or_assign(token.digest, std::move(token.shown));
    else
      unsealed.push_back(token.shown.id);
  }
}

expected<sha256_digest>
client_book::seal_of(const stored_client_token& token) const {
  return keys_.seal_of(fields_of(token));
}

// What the store bounds in all is bounded for each user here.
status client_book::check_room(const client_token_view& wanted) const {
  std::lock_guard guard{mutex_};
  auto of_user = std::ranges::count_if(tokens_, [&](const auto& one) {
    const auto& token = one.second;
    return token.tenant == wanted.tenant && token.user == wanted.user
           && !token.has_expired(wanted.created_unix_ms);
  });
  if (static_cast<size_t>(of_user) >= limits::client_tokens_per_user_max)
    return failure{errc::limit_exceeded,
                   "the user has 64 client tokens; revoke one", "user"};
  return unit{};
}

expected<client_book::fresh_token>
client_book::make(client_token_view wanted) const {
  if (auto valid = check_scope(wanted.tenant, wanted.user, wanted.extension,
                               wanted.purposes);
      !valid)
    return valid.error();
  if (auto room = check_room(wanted); !room)
    return room.error();
  std::array<uint8_t, 32> bytes;
  if (auto made = random_bytes(bytes, true); !made)
    return made.error();
  fresh_token made{std::string{prefix} + to_base64url(bytes),
                   {std::move(wanted), {}, {}}};
  auto digest = keys_.digest_of(made.text);
  if (!digest)
    return digest.error();
  made.stored.digest = *digest;
  auto seal = seal_of(made.stored);
  if (!seal)
    return seal.error();
  made.stored.seal = *seal;
  return made;
}

expected<client_token_view> client_book::check(std::string_view text,
                                               int64_t now_unix_ms) const {
  if (!is_client_token(text))
    return unknown();
  auto digest = keys_.digest_of(text);
  if (!digest)
    return digest.error();
  std::lock_guard guard{mutex_};
  auto it = tokens_.find(*digest);
  if (it == tokens_.end())
    return unknown();
  if (it->second.has_expired(now_unix_ms))
    return failure{errc::unauthenticated, "the client token has expired"};
  return it->second;
}

std::vector<client_token_view> client_book::list(std::string_view tenant,
                                                 std::string_view user) const {
  std::vector<client_token_view> out;
  {
    std::lock_guard guard{mutex_};
    for (const auto& [_, token] : tokens_)
      if ((tenant.empty() || token.tenant == tenant)
          && (user.empty() || token.user == user))
        out.push_back(token);
  }
  // A UUIDv7 begins with its time.
  std::ranges::sort(out, {}, &client_token_view::id);
  return out;
}

std::optional<client_token_view> client_book::find(std::string_view id) const {
  std::lock_guard guard{mutex_};
  for (const auto& [_, token] : tokens_)
    if (token.id == id)
      return token;
  return std::nullopt;
}

void client_book::apply(const access_change& what) {
  std::lock_guard guard{mutex_};
  if (what.add_client) {
    const auto& added = *what.add_client;
    std::erase_if(tokens_, [&](const auto& one) {
      return one.second.has_expired(added.shown.created_unix_ms);
    });
    tokens_.insert_or_assign(added.digest, added.shown);
  }
  if (!what.remove_client.empty())
    std::erase_if(tokens_, [&](const auto& one) {
      return one.second.id == what.remove_client;
    });
  if (what.remove_clients_of)
    std::erase_if(tokens_, [&](const auto& one) {
      return what.remove_clients_of->has(one.second);
    });
}

} // namespace byollm
