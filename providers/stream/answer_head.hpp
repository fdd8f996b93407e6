// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "providers/dialect.hpp"

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>

namespace byollm {

/// What an answer's body is, by its `Content-Type`.
enum class media : uint8_t { unnamed, json, event_stream, ndjson, other };

media media_of(const response_head& head) noexcept;

/// Returns whether the body is not compressed (we ask for `identity` only).
bool is_identity(const response_head& head) noexcept;

/// Returns `request-id` or `x-request-id` if it looks like an id, else "".
std::string request_id_of(const response_head& head);

/// Returns how long the provider asks us to wait: `retry-after-ms`, or
/// `retry-after` as seconds or as a date (relative to the answer's `date`),
/// clamped to [0, `limits::retry_after_max`]; nothing if it says nothing
/// sensible.
std::optional<std::chrono::milliseconds>
retry_after_of(const response_head& head) noexcept;

} // namespace byollm
