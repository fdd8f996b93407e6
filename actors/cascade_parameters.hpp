// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "messages/cascade.hpp"

namespace byollm {

struct effective_parameters {
  parameters values = {};
  /// One entry per parameter, in the order of `all_parameters`.
  std::vector<provenance> provenances = {};
};

/// Which parameters apply: first set wins (call, extension, purpose, global),
/// then the admin's ceilings, of which that of `max_tokens` is sent where
/// nobody set one, then what provider and model take. A version of the API that
/// the caller names counts where `takes_extra` says so. Pure.
effective_parameters merge_parameters(const platform_config& admin,
                                      const app_id& extension,
                                      const create_message_request& request,
                                      const provider_traits& provider,
                                      std::string_view model,
                                      bool takes_extra = true);

/// Leaves nothing to send, and says so of all that somebody set.
void drop_all(effective_parameters& from, std::string_view reason);

} // namespace byollm
