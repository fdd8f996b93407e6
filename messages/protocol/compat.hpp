// SPDX-License-Identifier: Apache-2.0
#pragma once

// What differs between CAF 0.17 (Debian) and later, in one place (ADR 0001).

#include <caf/config.hpp>
#include <caf/replies_to.hpp>

namespace byollm {

/// A signature that replies: `on<In...>::gives<Out...>`.
template <class... In>
struct on {
  template <class... Out>
  using gives = typename caf::replies_to<In...>::template with<Out...>;
};

/// A signature without a reply.
template <class... In>
using takes = caf::reacts_to<In...>;

} // namespace byollm
