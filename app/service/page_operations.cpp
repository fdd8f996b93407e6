// SPDX-License-Identifier: Apache-2.0
#include "app/service/page_operations.hpp"

#include "app/service/operation_text.hpp"

#include <algorithm>
#include <array>
#include <span>

namespace byollm::service {

namespace {

// What a route says of an operation, so that a page does not.
enum class says : uint8_t {
  nothing = 0,
  whose = 1,     ///< Whose LLM is meant.
  actor = 2,     ///< Who acts, for the ledger.
  extension = 4, ///< The same, for a test's calls.
  person = 8,    ///< Tenant and user.
};

constexpr says operator|(says one, says other) noexcept {
  return static_cast<says>(static_cast<uint8_t>(one)
                           | static_cast<uint8_t>(other));
}

constexpr bool has(says all, says one) noexcept {
  return (static_cast<uint8_t>(all) & static_cast<uint8_t>(one)) != 0;
}

struct entry {
  std::string_view name;
  says route_says;
};

// Of a person's own LLM, and whether the platform's answers beside it.
constexpr std::array my_operations = {
  entry{"config.show", says::whose | says::person},
  entry{"config.set", says::whose | says::person | says::actor},
  entry{"config.rm", says::whose | says::person | says::actor},
  entry{"config.test", says::whose | says::person | says::extension},
  entry{"config.models", says::whose | says::person | says::extension},
  entry{"platform.state", says::nothing},
  entry{"usage", says::person},
  entry{"ledger.list", says::person},
};

// An admin sets the platform's LLM; of a user's own only whether it answers.
constexpr std::array admin_operations = {
  entry{"config.show", says::whose},
  entry{"config.set", says::whose | says::actor},
  entry{"config.rm", says::whose | says::actor},
  entry{"config.test", says::whose | says::extension},
  entry{"config.models", says::whose | says::extension},
  entry{"config.list", says::nothing},
  entry{"config.disable", says::actor},
  entry{"purpose.set", says::actor},
  entry{"purpose.list", says::nothing},
  entry{"policy.set", says::actor},
  entry{"policy.remove", says::actor},
  entry{"policy.list", says::nothing},
  entry{"rules.set", says::actor},
  entry{"rules.show", says::nothing},
  entry{"price.set", says::actor},
  entry{"price.remove", says::actor},
  entry{"price.list", says::nothing},
  entry{"price.unknown", says::actor},
  entry{"origin.allow", says::actor},
  entry{"origin.list", says::nothing},
  entry{"resolve", says::nothing},
  entry{"ledger.list", says::nothing},
  entry{"ledger.verify", says::nothing},
  entry{"usage", says::nothing},
  entry{"status", says::nothing},
};

std::string actor_of(const login_identity& who) {
  return who.is_admin ? "admin:" + who.name : "user:" + who.user;
}

std::string head_of(const entry& what, const login_identity& who) {
  auto head = begin_operation(what.name);
  if (has(what.route_says, says::whose))
    add(head, "whose", who.is_admin ? "platform" : "user");
  if (has(what.route_says, says::person)) {
    add(head, "tenant", who.tenant);
    add(head, "user", who.user);
  }
  if (has(what.route_says, says::actor))
    add(head, "actor", actor_of(who));
  if (has(what.route_says, says::extension))
    add(head, "extension", "settings-page");
  return head;
}

} // namespace

expected<std::string> page_operation(std::string_view name,
                                     const login_identity& who) {
  std::span<const entry> all = my_operations;
  if (who.is_admin)
    all = admin_operations;
  auto found = std::ranges::find(all, name, &entry::name);
  if (found == all.end())
    return failure{errc::not_found, "this page has no such operation"};
  return head_of(*found, who);
}

} // namespace byollm::service
