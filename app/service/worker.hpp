// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "app/http/exchange.hpp"
#include "app/schema/argument_schema.hpp"
#include "messages/chat.hpp"

#include <map>
#include <memory>
#include <string>

namespace byollm::service {

/// A function that a worker offers.
struct offered_function {
  std::string name = {};
  std::string description = {};
  action_type action = action_type::read;
  std::shared_ptr<const argument_schema> parameters = {};
};

/// Whether both are the same function, whoever offers them and however it is
/// described.
bool is_same(const offered_function& one, const offered_function& other);

/// What a worker offers; by name.
using offered_functions = std::map<std::string, offered_function>;

/// What a worker says when it attaches.
struct worker_offer {
  std::string extension = {};
  /// Never null; equal offers may share one.
  std::shared_ptr<const offered_functions> functions = {};
  /// About how much memory they take.
  size_t bytes = 0;
  /// Invocations at a time.
  uint32_t concurrency = 16;
};

/// Reads the body of `POST /v1/extensions/NAME/attach`. Errors:
/// `invalid_request`; `limit_exceeded` for a description or schema that is too
/// long, or functions that together take more than `limits::offer_bytes_max`.
expected<worker_offer> read_offer(std::string extension,
                                  const rapidjson::Value& body);

} // namespace byollm::service
