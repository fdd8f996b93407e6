// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "app/cli/options.hpp"
#include "app/owner/json.hpp"

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace byollm::cli {

/// Writes one operation's request (`app/owner/operations.hpp`) into memory that
/// is wiped, because it may hold a key.
class request {
public:
  explicit request(std::string_view operation);
  request(const request&) = delete;
  request& operator=(const request&) = delete;

  request& text(std::string_view name, std::string_view value);
  /// Leaves the member out if `value` is empty.
  request& text_if(std::string_view name, std::string_view value);
  request& texts(std::string_view name, const std::vector<std::string>& values);
  request& flag(std::string_view name, bool value);
  request& number(std::string_view name, uint64_t value);
  /// Leaves the member out if there are none.
  request& texts_if(std::string_view name,
                    const std::vector<std::string>& values);
  request& params(std::string_view name, const parameters& values);
  /// Adds tenant, user and extension.
  request& who(const options& opts);

  /// Ends the object and returns it.
  wiped_bytes take();

private:
  wiped_bytes bytes_;
  owner::secret_stream stream_{bytes_};
  rapidjson::Writer<owner::secret_stream> writer_{stream_};
};

} // namespace byollm::cli
