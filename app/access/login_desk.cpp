// SPDX-License-Identifier: Apache-2.0
#include "app/access/login_desk.hpp"

#include "app/access/base64url.hpp"
#include "messages/ids.hpp"
#include "messages/limits.hpp"

#include <array>
#include <chrono>

namespace byollm {

namespace {

using std::chrono::milliseconds;

sha256_digest hash_of(std::string_view text) {
  sha256_hasher hash;
  hash.update({reinterpret_cast<const uint8_t*>(text.data()), text.size()});
  return hash.finish();
}

status check(const login_identity& who) {
  auto bad = [](const char* what) {
    return failure{
      errc::invalid_request,
      std::string{what} + " must be 1 to 128 bytes of [A-Za-z0-9._:@-]", what};
  };
  if (who.is_admin)
    return is_valid_id(who.name) ? status{unit{}} : bad("name");
  if (!is_valid_id(who.tenant))
    return bad("tenant");
  if (!is_valid_id(who.user))
    return bad("user");
  return unit{};
}

} // namespace

void login_desk::open(std::string base_url) {
  std::lock_guard guard{mutex_};
  base_url_ = std::move(base_url);
}

expected<login_link> login_desk::make(login_identity who) {
  if (auto valid = check(who); !valid)
    return valid.error();
  std::array<uint8_t, 32> bytes;
  if (auto made = random_bytes(bytes, true); !made)
    return made.error();
  auto ticket = to_base64url(bytes);
  auto now = unix_ms_();
  auto expires = now + milliseconds{limits::login_ticket_ttl}.count();
  std::lock_guard guard{mutex_};
  if (base_url_.empty())
    return failure{errc::invalid_config,
                   "no pages are served here; start byollmd with http in "
                   "[listen] of its file",
                   "listen.http"};
  if (tickets_.size() >= limits::login_tickets_max)
    std::erase_if(tickets_, [now](const auto& one) {
      return one.second.expires_unix_ms <= now;
    });
  if (tickets_.size() >= limits::login_tickets_max)
    return failure{errc::overloaded, "too many login links wait to be used"};
  tickets_.emplace(hash_of(ticket), waiting{std::move(who), expires});
  // Behind '#' it goes to no server by itself: into no log, no Referer, and no
  // preview of the link uses it up.
  return login_link{base_url_ + "/login#ticket=" + ticket, expires};
}

expected<login_identity> login_desk::look(std::string_view ticket) {
  std::lock_guard guard{mutex_};
  auto found = find(ticket);
  if (!found)
    return found.error();
  return (*found)->second.who;
}

expected<login_identity> login_desk::use(std::string_view ticket) {
  std::lock_guard guard{mutex_};
  auto found = find(ticket);
  if (!found)
    return found.error();
  auto who = std::move((*found)->second.who);
  tickets_.erase(*found);
  return who;
}

expected<login_desk::table::iterator>
login_desk::find(std::string_view ticket) {
  // First of all: strangers who guess must not keep out who has a ticket, and
  // 256 bits are not guessed at any pace.
  auto found = tickets_.find(hash_of(ticket));
  if (found != tickets_.end() && found->second.expires_unix_ms > unix_ms_())
    return found;
  return refuse();
}

failure login_desk::refuse() {
  auto now = unix_ms_();
  auto window = milliseconds{limits::login_failure_window}.count();
  if (now - window_unix_ms_ >= window || now < window_unix_ms_) {
    window_unix_ms_ = now;
    failures_ = 0;
  }
  if (failures_ < limits::login_failures_max) {
    ++failures_;
    return {errc::unauthenticated, "the link was used, has expired or is none"};
  }
  failure full{errc::overloaded, "too many wrong links were tried"};
  full.retry_after = milliseconds{window_unix_ms_ + window - now};
  return full;
}

} // namespace byollm
