// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "app/owner/operations.hpp"
#include "app/service/operation_text.hpp"
#include "app/service/parts.hpp"

#include <functional>
#include <string>

// Routes that are operations of the CLI, by other names.
namespace byollm::service {

/// Returns the request with the members of the visit's body behind those of
/// `head`. All of it is in wiped memory: it may hold a key.
wiped_bytes with_body(const std::string& head, const visit_ptr& v);

/// Reads an operation's last line: the result's JSON, or why there is none.
expected<std::string> end_of(const std::string& line);

/// Makes an answer's body from an operation's result.
using result_fn = std::function<std::string(std::string result)>;

/// Takes a place of the person who asks, until the operation's last line.
/// Returns whether there was one; else the visit is answered.
bool take_seat(parts& of, visit& v);

/// Returns who asks: a person with a place, or a host.
owner::asked_by asked_by(const visit& v) noexcept;

/// Cancels an operation of the visit's client once that is gone.
void cancel_if_gone(const owner::operation_ptr& running,
                    const http::exchange_ptr& at);

/// Runs an operation and answers the visit with its end.
void run_operation(parts& of, const visit_ptr& v, wiped_bytes request,
                   result_fn render_it);

/// The same, with a request that `begin_operation` began.
void run_operation(parts& of, const visit_ptr& v, std::string request,
                   result_fn render_it);

} // namespace byollm::service
