// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "app/service/request_watch.hpp"
#include "app/trace/span.hpp"
#include "messages/ledger.hpp"
#include "messages/trace.hpp"

namespace byollm::trace {

/// Returns the span of an attempt by OpenTelemetry's conventions for generative
/// AI, as a child of `in`, whose span id may be empty. Pure.
span attempt_span(const outcome_record& what, const trace_context& in);

/// Returns the span of a request whose calls are part of `what.trace`, which is
/// a sound one. Pure.
span request_span(const service::seen_request& what);

} // namespace byollm::trace
