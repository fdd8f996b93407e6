// SPDX-License-Identifier: Apache-2.0
#include "app/service/routes.hpp"

#include <array>

namespace byollm::service {

namespace {

constexpr std::array table = {
  entry{false, "GET", "/livez", asks::nobody, false, tell_live},
  entry{false, "GET", "/readyz", asks::nobody, false, tell_ready},
  entry{false, "GET", "/metrics", asks::metrics, false, show_metrics},
  entry{false, "GET", "/v1/llm", asks::call_token, false, show_llm},
  entry{false, "DELETE", "/v1/llm", asks::call_token, false, end_llm},
  entry{true, "POST", "/v1/llm/messages", asks::call_token, true,
        create_message},
  entry{true, "POST", "/v1/llm/count_tokens", asks::call_token, true,
        count_tokens},
  entry{true, "POST", "/v1/llm/embeddings", asks::call_token, true, embed},
  entry{true, "POST", "/v1/chat/completions", asks::client, true, answer_client,
        words::openai},
  entry{true, "POST", "/v1/embeddings", asks::client, true, embed_for_client,
        words::openai},
  entry{true, "POST", "/v1/messages", asks::client, true, answer_client,
        words::anthropic},
  entry{true, "POST", "/v1/messages/count_tokens", asks::client, true,
        count_for_client, words::anthropic},
  entry{true, "GET", "/v1/models", asks::client, false, list_models,
        words::either},
  entry{true, "GET", "/v1/models/{}", asks::client, false, show_model,
        words::either},
  entry{false, "POST", "/v1/log", asks::call_token, true, write_log},
  entry{true, "POST", "/v1/extensions/{}/attach", asks::extensions, true,
        attach_worker},
  entry{false, "POST", "/v1/invocations/{}", asks::extensions, true,
        end_invocation},
  entry{true, "POST", "/v1/turns", asks::turns, true, run_turn},
  entry{false, "GET", "/v1/extensions", asks::turns, false, list_extensions},
  entry{true, "POST", "/v1/tokens", asks::tokens, true, mint_token},
  // A body that may hold a key is not parsed here: see with_body.
  entry{false, "POST", "/v1/internal/tokens/client", asks::tokens, false,
        add_client_token},
  entry{false, "GET", "/v1/internal/tokens/client", asks::tokens, false,
        list_client_tokens},
  entry{false, "DELETE", "/v1/internal/tokens/client/{}", asks::tokens, false,
        revoke_client_token},
  entry{false, "DELETE", "/v1/internal/tokens/client", asks::tokens, false,
        revoke_client_tokens},
  entry{false, "GET", "/v1/internal/config/llm", asks::config, false,
        show_config},
  entry{false, "PUT", "/v1/internal/config/llm", asks::config, false,
        save_config},
  entry{false, "DELETE", "/v1/internal/config/llm", asks::config, false,
        remove_config},
  entry{false, "POST", "/v1/internal/config/llm/disable", asks::config, false,
        disable_config},
  entry{false, "POST", "/v1/internal/config/llm/enable", asks::config, false,
        enable_config},
  entry{false, "GET", "/v1/internal/config/llm/rules", asks::config, false,
        show_rules},
  entry{false, "PUT", "/v1/internal/config/llm/rules", asks::config, false,
        set_rules},
  entry{false, "GET", "/v1/internal/config/llm/providers", asks::config, false,
        list_providers},
  entry{false, "GET", "/v1/internal/config/llm/users", asks::config, false,
        list_users},
  entry{false, "GET", "/v1/internal/config/llm/usage", asks::audit, false,
        show_usage},
  entry{false, "GET", "/v1/internal/config/llm/usage/{}", asks::audit, false,
        show_usage},
  entry{true, "POST", "/v1/internal/config/llm/test", asks::config, false,
        test_config},
  entry{true, "POST", "/v1/internal/config/llm/test-tools", asks::config, false,
        test_tools},
  entry{false, "POST", "/v1/internal/config/llm/invalidate/{}", asks::config,
        false, invalidate},
  entry{true, "POST", "/v1/internal/ai/complete", asks::turns, true, complete},
  entry{false, "GET", "/v1/audit", asks::audit, false, list_audit},
  // The pages, and what they ask. A body that may hold a key: see with_body.
  entry{true, "POST", "/v1/internal/sessions", asks::service, true, make_login},
  entry{false, "GET", "/login", asks::nobody, false, show_login_page},
  entry{false, "GET", "/settings/llm", asks::nobody, false, show_settings_page},
  entry{false, "GET", "/admin", asks::nobody, false, show_admin_page},
  entry{false, "GET", "/pages/{}", asks::nobody, false, show_page_file},
  entry{false, "POST", "/v1/login/ticket", asks::own_page, true, show_login},
  entry{true, "POST", "/v1/login", asks::own_page, true, log_in},
  entry{false, "GET", "/v1/session", asks::anybody_in, false, show_session},
  entry{false, "DELETE", "/v1/session", asks::anybody_in, false, log_out},
  entry{false, "GET", "/v1/me/providers", asks::user_in, false, list_providers},
  entry{true, "POST", "/v1/me/{}", asks::user_in, false, run_page_operation},
  entry{false, "GET", "/v1/admin/providers", asks::admin_in, false,
        list_providers},
  entry{false, "GET", "/v1/admin/ledger/export", asks::admin_in, false,
        export_ledger},
  entry{true, "POST", "/v1/admin/{}", asks::admin_in, false,
        run_page_operation},
};

} // namespace

std::span<const entry> routes() noexcept {
  return table;
}

std::optional<std::string> match(std::string_view pattern,
                                 std::string_view path) {
  auto hole = pattern.find("{}");
  if (hole == std::string_view::npos)
    return pattern == path ? std::optional<std::string>{""} : std::nullopt;
  auto before = pattern.substr(0, hole);
  auto after = pattern.substr(hole + 2);
  if (path.size() <= before.size() + after.size() || !path.starts_with(before)
      || !path.ends_with(after))
    return std::nullopt;
  auto middle
    = path.substr(before.size(), path.size() - before.size() - after.size());
  // Names of models have slashes.
  if (middle.find('/') != std::string_view::npos
      && !pattern.starts_with("/v1/models/"))
    return std::nullopt;
  return std::string{middle};
}

} // namespace byollm::service
