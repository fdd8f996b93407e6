// SPDX-License-Identifier: Apache-2.0
// Operations on LLM settings: a user's own, the platform's, its second choice.
#include "app/owner/json.hpp"
#include "app/owner/table.hpp"

#include "messages/limits.hpp"

#include <algorithm>

namespace byollm::owner {

namespace {

// Whose settings an operation is about.
struct owner_of_llm {
  enum class kind { user, platform, second_choice };
  kind is = kind::user;
  std::string tenant = {};
  std::string user = {};
  std::string actor = {};
};

owner_of_llm read_owner(fields& in) {
  owner_of_llm out;
  out.actor = in.text_or("actor", "cli");
  auto whose = in.choice("whose", {"user", "platform", "second_choice"});
  if (whose == "platform")
    out.is = owner_of_llm::kind::platform;
  if (whose == "second_choice")
    out.is = owner_of_llm::kind::second_choice;
  if (out.is == owner_of_llm::kind::user) {
    out.tenant = in.text("tenant");
    out.user = in.text("user");
  }
  return out;
}

// More than a string keeps inside itself: moving must leave no copy behind.
constexpr size_t apart_bytes = 64;

bool is_blank(std::string_view text) {
  return std::all_of(text.begin(), text.end(), [](char c) {
    return c == ' ' || c == '\t' || c == '\r' || c == '\n';
  });
}

// "No key" must be said; an empty key is a mistake, never "no key". `to` has
// the key only if all else is right: who has it wipes it.
std::optional<failure> read_key(fields& in, llm_settings& to) {
  auto no_key = in.flag("no_key");
  auto given = in.find("key");
  if (given && !given->IsString())
    in.refuse("key", "key must be a text");
  if (auto problem = in.problem())
    return problem;
  if (given && no_key)
    return failure{errc::invalid_key, "a key and no key at once", "key"};
  if (no_key)
    to.key = "";
  if (!given)
    return std::nullopt;
  std::string_view key{given->GetString(), given->GetStringLength()};
  if (is_blank(key))
    return failure{errc::invalid_key, "the key is empty", "key"};
  to.key.emplace().reserve(key.size() + apart_bytes);
  to.key->assign(key);
  return std::nullopt;
}

llm_settings read_settings(fields& in) {
  llm_settings out;
  out.provider = in.text("provider");
  if (in.find("enabled"))
    out.enabled = in.flag("enabled");
  out.model
    = out.enabled.value_or(true) ? in.text("model") : in.text_or("model", "");
  out.base_url = in.text_or("base_url", "");
  out.embedding_model = in.text_or("embedding_model", "");
  if (in.choice("fallback", {"error", "platform"}) == "platform")
    out.fallback = fallback_policy::platform;
  return out;
}

detached set_llm(owner_of_llm whose, llm_settings settings, operation_ptr as) {
  auto admin = as->of().admin();
  switch (whose.is) {
  case owner_of_llm::kind::user: {
    auto done = admin.set_user_llm(whose.tenant, whose.user,
                                   std::move(settings), whose.actor);
    answer(as, co_await done, [](const llm_view& x) { return render(x); });
    break;
  }
  case owner_of_llm::kind::platform: {
    auto done = admin.set_platform_llm(std::move(settings), whose.actor);
    answer(as, co_await done, [](const llm_view& x) { return render(x); });
    break;
  }
  case owner_of_llm::kind::second_choice: {
    auto done = admin.set_second_choice(std::move(settings), whose.actor);
    answer(as, co_await done, [](const llm_view& x) { return render(x); });
    break;
  }
  }
}

detached show_llm(owner_of_llm whose, operation_ptr as) {
  using kind = owner_of_llm::kind;
  auto admin = as->of().admin();
  auto asked = whose.is == kind::user ? admin.user_llm(whose.tenant, whose.user)
               : whose.is == kind::platform ? admin.platform_llm()
                                            : admin.second_choice();
  auto got = co_await asked;
  if (!got)
    as->fail(got.error());
  else if (!*got)
    as->fail({errc::not_found, whose.is == kind::user
                                 ? "this user has no LLM of their own"
                               : whose.is == kind::platform
                                 ? "the platform has no LLM"
                                 : "the platform has no second choice"});
  else
    as->result(render(**got));
}

detached remove_llm(owner_of_llm whose, operation_ptr as) {
  auto admin = as->of().admin();
  auto asked = whose.is == owner_of_llm::kind::user
                 ? admin.remove_user_llm(whose.tenant, whose.user, whose.actor)
               : whose.is == owner_of_llm::kind::platform
                 ? admin.remove_platform_llm(whose.actor)
                 : admin.remove_second_choice(whose.actor);
  answer(as, co_await asked);
}

detached list_llms(std::string tenant, std::string after, size_t limit,
                   operation_ptr as) {
  auto asked
    = as->reads().user_llms(std::move(tenant), std::move(after), limit);
  answer(as, co_await asked, [](const user_llm_page& x) { return render(x); });
}

detached disable_llm(std::string tenant, std::string user, bool disabled,
                     std::string actor, operation_ptr as) {
  auto done = as->of().admin().disable_user_llm(
    std::move(tenant), std::move(user), disabled, std::move(actor));
  answer(as, co_await done);
}

} // namespace

void config_set(fields& in, operation_ptr as) {
  auto whose = read_owner(in);
  auto settings = read_settings(in);
  if (auto wrong = read_key(in, settings))
    return as->fail(*wrong);
  set_llm(std::move(whose), std::move(settings), std::move(as));
}

void config_show(fields& in, operation_ptr as) {
  auto whose = read_owner(in);
  if (!refused(in, as))
    show_llm(std::move(whose), std::move(as));
}

void config_list(fields& in, operation_ptr as) {
  auto tenant = in.text("tenant");
  auto after = in.text_or("after", "");
  auto limit = in.number("limit").value_or(limits::users_listed_max);
  if (!refused(in, as))
    list_llms(std::move(tenant), std::move(after), limit, std::move(as));
}

void config_disable(fields& in, operation_ptr as) {
  auto tenant = in.text("tenant");
  auto user = in.text("user");
  auto disabled = in.flag("disabled", true);
  auto actor = in.text_or("actor", "cli");
  if (!refused(in, as))
    disable_llm(std::move(tenant), std::move(user), disabled, std::move(actor),
                std::move(as));
}

void config_rm(fields& in, operation_ptr as) {
  auto whose = read_owner(in);
  if (!refused(in, as))
    remove_llm(std::move(whose), std::move(as));
}

} // namespace byollm::owner
