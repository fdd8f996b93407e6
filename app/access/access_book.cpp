// SPDX-License-Identifier: Apache-2.0
#include "app/access/access_book.hpp"

#include "app/access/base64url.hpp"
#include "app/access/grant_rules.hpp"
#include "app/access/sealed_fields.hpp"
#include "messages/ids.hpp"
#include "messages/limits.hpp"

#include <algorithm>
#include <array>

namespace byollm {

namespace {

constexpr std::string_view prefix = "byollm_st_";
constexpr int64_t skew_ms = 60'000;
constexpr int64_t sweep_ms = 1'000;
constexpr int64_t day_ms = 24 * 3'600'000;

failure unknown() {
  return {errc::unauthenticated, "the token is not known"};
}

failure expired() {
  return {errc::unauthenticated, "the call token has expired"};
}

std::vector<uint8_t> fields_of(const stored_service_token& token) {
  sealed_fields out;
  out.text(token.shown.name);
  out.text(token.shown.extension);
  out.number(token.shown.scopes);
  out.number(static_cast<uint64_t>(token.shown.created_unix_ms));
  out.raw(token.digest);
  return std::move(out).take();
}

status check(const call_grant& grant) {
  if (auto valid
      = check_scope(grant.tenant, grant.user, grant.extension, grant.purposes);
      !valid)
    return valid;
  if (!is_valid_id(grant.turn))
    return bad_name("turn");
  if (!grant.origin.function.empty() && !is_valid_id(grant.origin.function))
    return bad_name("function");
  return unit{};
}

} // namespace

access_book::access_book(access_keys keys, access_book_options options,
                         stored_access stored)
    : keys_(std::move(keys)),
      options_(std::move(options)),
      run_(options_.new_id()),
      clients_(keys_, std::move(stored.clients), unsealed_),
      generation_(stored.signing_generation) {
  for (auto& token : stored.tokens) {
    auto seal = seal_of(token);
    if (seal && is_same(*seal, token.seal))
      keep(std::move(token));
    else
      unsealed_.push_back(token.shown.name);
  }
}

// -- service tokens -----------------------------------------------------------

expected<sha256_digest>
access_book::seal_of(const stored_service_token& token) const {
  return keys_.seal_of(fields_of(token));
}

expected<access_book::fresh_token>
access_book::make(service_token_view wanted) const {
  std::array<uint8_t, 32> bytes;
  if (auto made = random_bytes(bytes, true); !made)
    return made.error();
  wanted.created_unix_ms = options_.unix_ms();
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

expected<service_token_view>
access_book::check_service(std::string_view text) const {
  if (!text.starts_with(prefix) || text.size() != prefix.size() + 43)
    return unknown();
  auto digest = keys_.digest_of(text);
  if (!digest)
    return digest.error();
  std::lock_guard guard{mutex_};
  auto it = tokens_.find(*digest);
  if (it == tokens_.end())
    return unknown();
  return it->second;
}

std::vector<service_token_view> access_book::tokens() const {
  std::vector<service_token_view> out;
  {
    std::lock_guard guard{mutex_};
    for (const auto& [_, token] : tokens_)
      out.push_back(token);
  }
  std::ranges::sort(out, {}, &service_token_view::name);
  return out;
}

// -- call tokens --------------------------------------------------------------

expected<call_token> access_book::mint(call_grant grant,
                                       std::chrono::milliseconds ttl) const {
  if (ttl.count() <= 0 || ttl > limits::call_token_ttl_max)
    return failure{errc::invalid_request, "a call token lives 1 ms to 1 h",
                   "ttl_s"};
  grant.id = options_.new_id();
  if (grant.turn.empty())
    grant.turn = options_.new_id();
  if (auto valid = check(grant); !valid)
    return valid.error();
  grant.issued_unix_ms = options_.forward_ms();
  grant.expires_unix_ms = grant.issued_unix_ms + ttl.count();
  token_claims claims{options_.audience, generation(),
                      grant.single_use ? run_ : std::string{}, grant};
  auto json = to_json(claims);
  auto payload = to_base64url(
    {reinterpret_cast<const uint8_t*>(json.data()), json.size()});
  auto signature = keys_.sign(claims.generation, payload);
  if (!signature)
    return signature.error();
  return call_token{payload + '.' + to_base64url(*signature), std::move(grant)};
}

// Nothing of a token is looked at before its signature fits, but which of the
// two secrets that are in use signed it.
expected<token_claims> access_book::open(std::string_view text) const {
  auto dot = text.find('.');
  if (text.size() > limits::call_token_bytes_max
      || dot == std::string_view::npos)
    return unknown();
  auto payload = text.substr(0, dot);
  auto signature = from_base64url(text.substr(dot + 1));
  if (!signature || signature->size() != sizeof(sha256_digest))
    return unknown();
  sha256_digest given;
  std::ranges::copy(*signature, given.begin());
  auto newest = generation();
  for (auto signer : {newest, newest - 1}) {
    auto wanted = keys_.sign(signer, payload);
    if (!wanted)
      return wanted.error();
    if (!is_same(*wanted, given))
      continue;
    auto json = from_base64url(payload);
    if (!json)
      return unknown();
    auto claims
      = claims_of({reinterpret_cast<const char*>(json->data()), json->size()});
    if (claims && claims->generation != signer)
      return unknown();
    return claims;
  }
  return unknown();
}

expected<call_grant> access_book::check_call(std::string_view text) const {
  auto claims = open(text);
  if (!claims)
    return claims.error();
  auto& grant = claims->grant;
  auto now = options_.forward_ms();
  if (claims->audience != options_.audience
      || grant.issued_unix_ms > now + skew_ms)
    return unknown();
  if (grant.expires_unix_ms <= now)
    return expired();
  if (grant.single_use && claims->run != run_)
    return failure{errc::unauthenticated,
                   "the call token is from before the restart"};
  return std::move(grant);
}

status access_book::use(const call_grant& grant) {
  if (!grant.single_use)
    return unit{};
  std::lock_guard guard{mutex_};
  auto now = options_.forward_ms();
  // Also if it had not yet when it was checked: its use may be forgotten.
  if (grant.expires_unix_ms <= now)
    return expired();
  if (now - swept_forward_ms_ > sweep_ms) {
    swept_forward_ms_ = now;
    std::erase_if(used_, [now](const auto& one) { return one.second <= now; });
  }
  if (used_.size() >= limits::used_tokens_max)
    return failure{errc::overloaded, "too many call tokens are in use"};
  if (!used_.emplace(grant.id, grant.expires_unix_ms).second)
    return failure{errc::unauthenticated, "the call token was used before"};
  return unit{};
}

uint32_t access_book::generation() const {
  std::lock_guard guard{mutex_};
  return generation_;
}

// -- client tokens ------------------------------------------------------------

expected<client_book::fresh_token>
access_book::make_client(client_token_view wanted, uint32_t days) const {
  if (days > limits::client_token_days_max)
    return failure{errc::invalid_request,
                   "a client token lives 1 to 3,650 days", "days"};
  wanted.id = options_.new_id();
  wanted.created_unix_ms = options_.unix_ms();
  wanted.expires_unix_ms
    = days == 0 ? 0 : wanted.created_unix_ms + int64_t{days} * day_ms;
  return clients_.make(std::move(wanted));
}

expected<client_token_view>
access_book::check_client(std::string_view text) const {
  return clients_.check(text, options_.unix_ms());
}

// -- what became durable ------------------------------------------------------

void access_book::keep(stored_service_token token) {
  tokens_.insert_or_assign(token.digest, std::move(token.shown));
}

void access_book::apply(const access_change& what) {
  if (what.add_client || !what.remove_client.empty() || what.remove_clients_of)
    return clients_.apply(what);
  std::lock_guard guard{mutex_};
  if (what.add)
    return keep(*what.add);
  if (what.signing_generation) {
    generation_ = *what.signing_generation;
    return;
  }
  std::erase_if(
    tokens_, [&](const auto& one) { return one.second.name == what.remove; });
}

} // namespace byollm
