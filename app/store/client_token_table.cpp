// SPDX-License-Identifier: Apache-2.0
#include "app/store/client_token_table.hpp"

#include "messages/limits.hpp"

#include <algorithm>
#include <array>
#include <utility>

namespace byollm {

namespace {

// Purposes are ids, which hold no comma.
std::string joined(const std::vector<std::string>& purposes) {
  std::string out;
  for (const auto& purpose : purposes)
    out.append(out.empty() ? "" : ",").append(purpose);
  return out;
}

std::vector<std::string> split(std::string_view text) {
  std::vector<std::string> out;
  while (!text.empty()) {
    auto end = std::min(text.find(','), text.size());
    out.emplace_back(text.substr(0, end));
    text.remove_prefix(std::min(end + 1, text.size()));
  }
  return out;
}

} // namespace

bool copy_digest(byte_view from, std::array<uint8_t, 32>& to) {
  if (from.size() != to.size())
    return false;
  std::ranges::copy(from, to.begin());
  return true;
}

expected<client_token_table> client_token_table::open(database& db) {
  client_token_table made;
  const std::array queries = {
    std::pair{&made.all_,
              "SELECT id, tenant, user, extension, purposes, created_unix_ms, "
              "expires_unix_ms, digest, seal FROM client_token ORDER BY id"},
    std::pair{&made.find_, "SELECT 1 FROM client_token WHERE id = ?1"},
    std::pair{&made.add_,
              "INSERT INTO client_token (id, tenant, user, extension, "
              "purposes, created_unix_ms, expires_unix_ms, digest, seal) "
              "VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9)"},
    std::pair{&made.remove_, "DELETE FROM client_token WHERE id = ?1"},
    std::pair{&made.remove_all_,
              "DELETE FROM client_token WHERE tenant = ?1 AND user = ?2"},
    std::pair{&made.expire_, "DELETE FROM client_token "
                             "WHERE expires_unix_ms BETWEEN 1 AND ?1"},
    std::pair{&made.count_, "SELECT count(*) FROM client_token"},
  };
  for (const auto& [target, sql] : queries) {
    auto prepared = db.prepare(sql);
    if (!prepared)
      return prepared.error();
    *target = *std::move(prepared);
  }
  return made;
}

expected<std::vector<stored_client_token>> client_token_table::load() {
  std::vector<stored_client_token> out;
  reset_at_end rows{all_};
  for (;;) {
    auto found = all_.step();
    if (!found)
      return found.error();
    if (!*found)
      return out;
    stored_client_token token;
    token.shown = {std::string{all_.text(0)},
                   std::string{all_.text(1)},
                   std::string{all_.text(2)},
                   std::string{all_.text(3)},
                   split(all_.text(4)),
                   all_.integer(5),
                   all_.integer(6)};
    if (!copy_digest(all_.blob(7), token.digest)
        || !copy_digest(all_.blob(8), token.seal))
      return failure{errc::store_corrupt, "a client token is damaged"};
    out.push_back(std::move(token));
  }
}

status client_token_table::add(const stored_client_token& token) {
  const auto& shown = token.shown;
  if (auto done = expire_.bind(1, shown.created_unix_ms).run(); !done)
    return done;
  reset_at_end guard{count_};
  auto counted = count_.step();
  if (!counted)
    return counted.error();
  if (count_.integer(0) >= int64_t{limits::client_tokens_max})
    return failure{errc::limit_exceeded, "there are too many client tokens",
                   "user"};
  return add_.bind(1, shown.id)
    .bind(2, shown.tenant)
    .bind(3, shown.user)
    .bind(4, shown.extension)
    .bind(5, joined(shown.purposes))
    .bind(6, shown.created_unix_ms)
    .bind(7, shown.expires_unix_ms)
    .bind(8, byte_view{token.digest})
    .bind(9, byte_view{token.seal})
    .run();
}

status client_token_table::remove(const std::string& id) {
  reset_at_end guard{find_};
  auto known = find_.bind(1, id).step();
  if (!known)
    return known.error();
  if (!*known)
    return failure{errc::not_found, "no client token has this id", "id"};
  return remove_.bind(1, id).run();
}

status client_token_table::remove_all(const client_token_owner& of) {
  return remove_all_.bind(1, of.tenant).bind(2, of.user).run();
}

} // namespace byollm
