// SPDX-License-Identifier: Apache-2.0
#pragma once

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

/// Runs an operation and answers the visit with its end.
void run_operation(parts& of, const visit_ptr& v, wiped_bytes request,
                   result_fn render_it);

/// The same, with a request that `begin_operation` began.
void run_operation(parts& of, const visit_ptr& v, std::string request,
                   result_fn render_it);

} // namespace byollm::service
