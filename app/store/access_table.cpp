// SPDX-License-Identifier: Apache-2.0
#include "app/store/access_table.hpp"

#include "messages/limits.hpp"

#include <array>
#include <utility>

namespace byollm {

expected<access_table> access_table::open(database& db) {
  access_table made;
  const std::array queries = {
    std::pair{&made.all_, "SELECT name, scopes, extension, created_unix_ms, "
                          "digest, seal "
                          "FROM service_token ORDER BY name"},
    std::pair{&made.find_, "SELECT 1 FROM service_token WHERE name = ?1"},
    std::pair{&made.add_, "INSERT INTO service_token (name, scopes, extension, "
                          "created_unix_ms, digest, seal) "
                          "VALUES (?1, ?2, ?3, ?4, ?5, ?6)"},
    std::pair{&made.remove_, "DELETE FROM service_token WHERE name = ?1"},
    std::pair{&made.count_, "SELECT count(*) FROM service_token"},
    std::pair{&made.load_generation_,
              "SELECT signing_generation FROM access WHERE id = 1"},
    std::pair{&made.save_generation_,
              "UPDATE access SET signing_generation = ?1 WHERE id = 1"},
  };
  for (const auto& [target, sql] : queries) {
    auto prepared = db.prepare(sql);
    if (!prepared)
      return prepared.error();
    *target = *std::move(prepared);
  }
  auto clients = client_token_table::open(db);
  if (!clients)
    return clients.error();
  made.clients_ = *std::move(clients);
  return made;
}

expected<stored_access> access_table::load() {
  stored_access out;
  reset_at_end rows{all_};
  for (;;) {
    auto found = all_.step();
    if (!found)
      return found.error();
    if (!*found)
      break;
    stored_service_token token;
    token.shown
      = {std::string{all_.text(0)}, static_cast<uint32_t>(all_.integer(1)),
         std::string{all_.text(2)}, all_.integer(3)};
    if (!copy_digest(all_.blob(4), token.digest)
        || !copy_digest(all_.blob(5), token.seal))
      return failure{errc::store_corrupt, "a service token is damaged"};
    out.tokens.push_back(std::move(token));
  }
  reset_at_end row{load_generation_};
  auto found = load_generation_.step();
  if (!found)
    return found.error();
  if (!*found)
    return failure{errc::store_corrupt, "the signing generation is missing"};
  out.signing_generation = static_cast<uint32_t>(load_generation_.integer(0));
  auto clients = clients_.load();
  if (!clients)
    return clients.error();
  out.clients = *std::move(clients);
  return out;
}

status access_table::apply(const access_change& what) {
  if (what.add)
    return add(*what.add);
  if (what.signing_generation)
    return save_generation_.bind(1, int64_t{*what.signing_generation}).run();
  if (what.add_client)
    return clients_.add(*what.add_client);
  if (!what.remove_client.empty())
    return clients_.remove(what.remove_client);
  if (what.remove_clients_of)
    return clients_.remove_all(*what.remove_clients_of);
  return remove(what.remove);
}

expected<bool> access_table::has(const std::string& name) {
  reset_at_end guard{find_};
  return find_.bind(1, name).step();
}

status access_table::add(const stored_service_token& token) {
  auto known = has(token.shown.name);
  if (!known)
    return known.error();
  if (*known)
    return failure{errc::invalid_request, "a token has this name already",
                   "name"};
  reset_at_end guard{count_};
  auto counted = count_.step();
  if (!counted)
    return counted.error();
  if (count_.integer(0) >= int64_t{limits::service_tokens_max})
    return failure{errc::limit_exceeded, "there are too many service tokens",
                   "name"};
  return add_.bind(1, token.shown.name)
    .bind(2, int64_t{token.shown.scopes})
    .bind(3, token.shown.extension)
    .bind(4, token.shown.created_unix_ms)
    .bind(5, byte_view{token.digest})
    .bind(6, byte_view{token.seal})
    .run();
}

status access_table::remove(const std::string& name) {
  auto known = has(name);
  if (!known)
    return known.error();
  if (!*known)
    return failure{errc::not_found, "no service token has this name", "name"};
  return remove_.bind(1, name).run();
}

} // namespace byollm
