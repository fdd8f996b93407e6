// SPDX-License-Identifier: Apache-2.0
#include "app/clients/trouble.hpp"

namespace byollm::clients {

trouble trouble_of(errc code) noexcept {
  switch (code) {
  case errc::unauthenticated:
  case errc::authentication:
  case errc::secret_integrity:
    return trouble::key;
  case errc::balance_exhausted:
  case errc::quota_exhausted:
    return trouble::money;
  case errc::forbidden:
  case errc::allowance_exhausted:
  case errc::permission:
  case errc::price_unknown:
  case errc::provider_disabled:
  case errc::confirmation_required:
    return trouble::forbidden;
  case errc::not_found:
  case errc::no_provider:
    return trouble::missing;
  case errc::model_not_found:
    return trouble::model;
  case errc::duplicate_call:
  case errc::call_conflict:
  case errc::config_changed:
    return trouble::conflict;
  case errc::context_length:
    return trouble::length;
  case errc::content_policy:
    return trouble::content;
  case errc::rate_limited:
  case errc::overloaded:
    return trouble::pace;
  case errc::circuit_open:
  case errc::provider_overloaded:
    return trouble::busy;
  case errc::stopping:
  case errc::audit_unavailable:
  case errc::unavailable:
  case errc::config_unavailable:
  case errc::store_unavailable:
  case errc::store_newer:
  case errc::store_owned:
  case errc::store_corrupt:
    return trouble::closed;
  case errc::deadline_exceeded:
  case errc::connect_timeout:
  case errc::first_byte_timeout:
  case errc::idle_timeout:
  case errc::total_timeout:
  case errc::provider_timeout:
    return trouble::late;
  case errc::cancelled:
    return trouble::cancelled;
  case errc::invalid_request:
  case errc::invalid_config:
  case errc::invalid_key:
  case errc::origin_denied:
  case errc::key_rebind:
  case errc::limit_exceeded:
  case errc::validation_rejected:
  case errc::unsupported:
  case errc::provider_rejected:
    return trouble::request;
  default:
    return trouble::fault;
  }
}

trouble trouble_of_status(int status) noexcept {
  switch (status) {
  case 401:
    return trouble::key;
  case 403:
    return trouble::forbidden;
  case 404:
  case 405:
    return trouble::missing;
  case 408:
    return trouble::late;
  case 413:
  case 431:
    return trouble::size;
  case 429:
    return trouble::pace;
  case 503:
    return trouble::busy;
  default:
    return status >= 500 ? trouble::closed : trouble::request;
  }
}

bool is_final(const failure& why) noexcept {
  switch (trouble_of(why.code)) {
  case trouble::pace:
  case trouble::busy:
    return false;
  case trouble::closed:
  case trouble::late:
  case trouble::fault:
    break;
  default:
    return true;
  }
  // The provider said so itself, before any answer.
  if (why.code == errc::provider_fault)
    return false;
  // What was sent may have been answered, and paid for.
  return why.sent != certainty::no;
}

std::string message_of(const failure& why) {
  return describe(why);
}

} // namespace byollm::clients
