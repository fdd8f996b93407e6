// SPDX-License-Identifier: Apache-2.0
// Who has an LLM of their own, asked from outside the actors.
#include "actors/settings_rules.hpp"
#include "app/runtime/admin_reading.hpp"

#include <algorithm>

namespace byollm {

namespace {

using rows = std::vector<stored_user_config>;

user_llm_page page_of(const rows& found, size_t most) {
  user_llm_page page;
  page.has_more = found.size() > most;
  for (size_t i = 0; i < std::min(most, found.size()); ++i) {
    auto& entry = page.users.emplace_back();
    entry.user = found[i].user;
    if (!found[i].is_stale)
      entry.llm = to_view(summarize(found[i]));
  }
  return page;
}

} // namespace

pending<user_llm_page> admin_accessor::user_llms(std::string tenant,
                                                 std::string after,
                                                 size_t limit) const {
  if (!tenant_id::parse(tenant))
    return settled<user_llm_page>(
      failure{errc::invalid_request,
              "a tenant has 1 to 128 bytes of [A-Za-z0-9._:@-]", "tenant"});
  if (auto live = impl_->lock(); live.core && live.core->options.configs)
    return settled<user_llm_page>(
      failure{errc::invalid_config,
              "the host keeps the configurations; list them there"});
  auto most = std::clamp<size_t>(limit, 1, limits::users_listed_max);
  return read_store<user_llm_page, rows>(
    *impl_,
    [&](class store& in, auto to) {
      in.list_users(std::move(tenant), std::move(after), most + 1, to);
    },
    [most](const rows& found) { return page_of(found, most); });
}

} // namespace byollm
