// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "messages/reply.hpp"

#include <cstddef>
#include <span>
#include <string_view>

namespace byollm::metrics {

/// Returns the kinds of providers of this build, and "other".
std::span<const std::string_view> provider_labels() noexcept;

/// Returns which of `provider_labels` stands for `name`.
size_t provider_index(std::string_view name) noexcept;

/// Returns "2xx" and so on; "gone" for 0, a client that did not wait.
std::string_view status_label(int status) noexcept;

} // namespace byollm::metrics
