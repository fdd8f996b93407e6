// SPDX-License-Identifier: Apache-2.0
#include "app/pages/session_book.hpp"

#include "app/access/base64url.hpp"
#include "messages/limits.hpp"

#include <array>
#include <chrono>

namespace byollm::pages {

namespace {

using std::chrono::milliseconds;

sha256_digest hash_of(std::string_view text) {
  sha256_hasher hash;
  hash.update({reinterpret_cast<const uint8_t*>(text.data()), text.size()});
  return hash.finish();
}

expected<std::string> random_text() {
  std::array<uint8_t, 32> bytes;
  if (auto made = random_bytes(bytes, true); !made)
    return made.error();
  return to_base64url(bytes);
}

} // namespace

expected<new_session> session_book::begin(login_identity who) {
  auto cookie = random_text();
  if (!cookie)
    return cookie.error();
  auto csrf = random_text();
  if (!csrf)
    return csrf.error();
  auto now = unix_ms_();
  auto until = now + milliseconds{limits::session_lifetime}.count();
  session made{std::move(who), *std::move(csrf), now, until};
  std::lock_guard guard{mutex_};
  make_room(made.who, now);
  if (sessions_.size() >= limits::sessions_max)
    return failure{errc::overloaded, "too many people are logged in"};
  sessions_.emplace(hash_of(*cookie), made);
  return new_session{*std::move(cookie), std::move(made)};
}

expected<session> session_book::check(std::string_view cookie) const {
  std::lock_guard guard{mutex_};
  auto found = sessions_.find(hash_of(cookie));
  if (found == sessions_.end() || found->second.expires_unix_ms <= unix_ms_())
    return failure{errc::unauthenticated, "you are not logged in"};
  return found->second;
}

void session_book::end(std::string_view cookie) {
  std::lock_guard guard{mutex_};
  sessions_.erase(hash_of(cookie));
}

size_t session_book::size() const {
  std::lock_guard guard{mutex_};
  return sessions_.size();
}

// Logins are rare, so each looks through all.
void session_book::make_room(const login_identity& who, int64_t now) {
  std::erase_if(sessions_, [now](const auto& one) {
    return one.second.expires_unix_ms <= now;
  });
  size_t count = 0;
  auto oldest = sessions_.end();
  for (auto it = sessions_.begin(); it != sessions_.end(); ++it) {
    if (it->second.who != who)
      continue;
    ++count;
    if (oldest == sessions_.end()
        || it->second.since_unix_ms < oldest->second.since_unix_ms)
      oldest = it;
  }
  if (count >= limits::sessions_per_person_max)
    sessions_.erase(oldest);
}

} // namespace byollm::pages
