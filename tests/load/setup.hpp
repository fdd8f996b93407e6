// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "app/byollm.hpp"
#include "tests/load/cast.hpp"

namespace byollm::load {

/// The key that the stand-in refuses.
inline constexpr auto bad_key = "standin-bad";

/// Configures platform, purposes and users as an admin would, by the API.
status configure(const runtime& rt, const scenario& load,
                 const std::vector<user>& users,
                 const std::string& standin_url);

} // namespace byollm::load
