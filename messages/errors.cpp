// SPDX-License-Identifier: Apache-2.0
#include "messages/errors.hpp"

#include <algorithm>
#include <array>

namespace byollm {

namespace {

struct error_text {
  errc code;
  std::string_view name;
  std::string_view remedy;
};

constexpr std::array error_texts = {
  error_text{errc::none, "none", ""},
  error_text{errc::invalid_request, "invalid_request",
             "Correct the named field and send the request again."},
  error_text{errc::invalid_config, "invalid_config",
             "Correct the named setting and save it again."},
  error_text{errc::invalid_key, "invalid_key",
             "Copy the key from the provider's console once more."},
  error_text{errc::origin_denied, "origin_denied",
             "Use a public https URL, or ask the admin to allow this origin."},
  error_text{errc::key_rebind, "key_rebind",
             "Enter the key again: it was stored for another origin."},
  error_text{errc::limit_exceeded, "limit_exceeded",
             "Stay below the named limit."},
  error_text{errc::duplicate_call, "duplicate_call",
             "Use a new call id; the first call's outcome is in the ledger."},
  error_text{errc::call_conflict, "call_conflict",
             "Use a new call id; this one belongs to a running call."},
  error_text{errc::not_found, "not_found", "Check the name."},
  error_text{errc::unauthenticated, "unauthenticated",
             "Send a valid token; ask for a new one."},
  error_text{errc::forbidden, "forbidden",
             "Ask for a token that may do this, or ask the admin."},
  error_text{errc::validation_rejected, "validation_rejected",
             "Correct the named argument and send the turn again."},
  error_text{errc::confirmation_required, "confirmation_required",
             "Ask the user, then send the turn again, confirmed."},
  error_text{errc::handler_failed, "handler_failed",
             "Tell the extension's author."},
  error_text{errc::unsupported, "unsupported",
             "Use another provider for this, or do without."},
  error_text{errc::allowance_exhausted, "allowance_exhausted",
             "Try again tomorrow (UTC), or ask the admin."},
  error_text{errc::no_provider, "no_provider",
             "Configure your own LLM, or ask the admin for a platform LLM."},
  error_text{errc::provider_disabled, "provider_disabled",
             "Ask the admin to enable your own LLM."},
  error_text{errc::config_unavailable, "config_unavailable",
             "Try again; if it stays, tell the operator."},
  error_text{errc::config_changed, "config_changed",
             "Start a new chat turn; the configuration changed meanwhile."},
  error_text{errc::secret_integrity, "secret_integrity",
             "Enter the key again; the stored one does not open."},
  error_text{errc::balance_exhausted, "balance_exhausted",
             "Add to the balance, or configure your own LLM."},
  error_text{errc::price_unknown, "price_unknown",
             "Ask the admin to set a price, or configure your own LLM."},
  error_text{errc::overloaded, "overloaded", "Try again in a moment."},
  error_text{errc::deadline_exceeded, "deadline_exceeded",
             "Allow more time, or try again when there is less load."},
  error_text{errc::cancelled, "cancelled", ""},
  error_text{errc::stopping, "stopping", "Try again after the restart."},
  error_text{errc::audit_unavailable, "audit_unavailable",
             "Nothing runs without the ledger; the operator must see to its "
             "disk."},
  error_text{errc::unavailable, "unavailable",
             "Try again; if it stays, tell the operator."},
  error_text{errc::would_deadlock, "would_deadlock",
             "Do not wait on a thread of the runtime; use a callback."},
  error_text{errc::circuit_open, "circuit_open",
             "Wait as long as told, or test the LLM, which asks it at once."},
  error_text{errc::authentication, "authentication",
             "Check the key at the provider and store it again."},
  error_text{errc::permission, "permission",
             "The key lacks a permission; change it at the provider."},
  error_text{errc::quota_exhausted, "quota_exhausted",
             "Add credit at the provider."},
  error_text{errc::rate_limited, "rate_limited",
             "Wait as long as the provider asks, then try again."},
  error_text{errc::context_length, "context_length",
             "Shorten the conversation, or use a model with more context."},
  error_text{errc::content_policy, "content_policy",
             "Change the content; the provider refuses it."},
  error_text{errc::model_not_found, "model_not_found",
             "Choose a model that the provider offers to this key."},
  error_text{errc::provider_rejected, "provider_rejected",
             "The provider refuses this request; change it."},
  error_text{errc::provider_overloaded, "provider_overloaded",
             "The provider is overloaded; try again later."},
  error_text{errc::provider_fault, "provider_fault",
             "The provider failed; try again later."},
  error_text{
    errc::provider_timeout, "provider_timeout",
    "The provider may still have worked. Ask for a stream or a shorter "
    "answer; check its console before trying again."},
  error_text{errc::dns_failed, "dns_failed",
             "Check the host name in the base URL."},
  error_text{errc::connect_failed, "connect_failed",
             "Check that the provider is running and reachable."},
  error_text{errc::tls_failed, "tls_failed",
             "Check that the base URL's port speaks TLS."},
  error_text{errc::tls_untrusted, "tls_untrusted",
             "The certificate is not valid for this host; check the base URL "
             "or add the private CA."},
  error_text{errc::connect_timeout, "connect_timeout",
             "Check that the provider is reachable."},
  error_text{errc::first_byte_timeout, "first_byte_timeout",
             "The provider stayed silent; it may still have worked. Check its "
             "console before trying again."},
  error_text{errc::idle_timeout, "idle_timeout",
             "The answer stopped arriving; try again."},
  error_text{errc::total_timeout, "total_timeout",
             "Allow more time, or ask for a shorter answer."},
  error_text{errc::connection_lost, "connection_lost",
             "The connection broke; try again."},
  error_text{errc::truncated, "truncated", "The answer broke off; try again."},
  error_text{errc::protocol, "protocol",
             "What answers there does not speak this provider's dialect; check "
             "provider and base URL."},
  error_text{errc::redirected, "redirected",
             "Enter the final URL; redirects are never followed."},
  error_text{errc::answer_too_large, "answer_too_large",
             "Ask for a shorter answer."},
  error_text{errc::store_unavailable, "store_unavailable",
             "Check the data directory's path, owner and free space."},
  error_text{errc::store_newer, "store_newer",
             "Use the version that wrote this store, or a newer one."},
  error_text{errc::store_owned, "store_owned",
             "Stop the other process, or let it do the work."},
  error_text{errc::store_corrupt, "store_corrupt",
             "Restore the data directory from a backup."},
};

const error_text* find(errc code) noexcept {
  auto it
    = std::find_if(error_texts.begin(), error_texts.end(),
                   [code](const error_text& x) { return x.code == code; });
  return it == error_texts.end() ? nullptr : it;
}

} // namespace

std::string_view to_string(errc code) noexcept {
  auto text = find(code);
  return text ? text->name : "undocumented";
}

std::string_view remedy(errc code) noexcept {
  auto text = find(code);
  return text ? text->remedy : "";
}

std::string_view to_string(certainty value) noexcept {
  switch (value) {
  case certainty::no:
    return "no";
  case certainty::maybe:
    return "maybe";
  case certainty::yes:
    return "yes";
  }
  return "undocumented";
}

std::string describe(const failure& what) {
  std::string out{to_string(what.code)};
  if (!what.parameter.empty())
    out += " (" + what.parameter + ")";
  if (what.http_status != 0)
    out += " [HTTP " + std::to_string(what.http_status) + "]";
  if (!what.provider_code.empty())
    out += " [" + what.provider_code + "]";
  if (!what.detail.empty())
    out += ": " + what.detail;
  if (auto advice = remedy(what.code); !advice.empty()) {
    out += ". ";
    out += advice;
  }
  return out;
}

} // namespace byollm
