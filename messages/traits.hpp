// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "parameters.hpp"

#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace byollm {

/// One line of a provider's parameter table. The first line that matches
/// parameter and model decides; without one the parameter is taken as it is.
struct parameter_rule {
  enum class action : uint8_t {
    drop,    ///< Not sent; `reason` says why.
    require, ///< Must be sent: `default_value` if nobody set it.
    clamp,   ///< Lowered to `at_most`; `reason` says why.
    rename,  ///< Sent as `wire_name`.
  };
  parameter which = parameter::temperature;
  /// Applies to models that start with this; empty applies to all.
  std::string model_prefix = {};
  action does = action::drop;
  std::string reason = {};
  std::optional<int64_t> default_value = {};
  /// Applies only where the model shall think.
  bool with_thinking = false;
  /// Applies from this version of the API on; empty to all.
  std::string since_version = {};
  /// Applies only where this one is sent, too.
  std::optional<parameter> beside = {};
  double at_most = 0;
  std::string wire_name = {};
};

/// What the rest of the system must know about a provider kind. Data only, so
/// that the cascade needs no provider code.
struct provider_traits {
  std::string name;
  std::string default_base_url;
  /// Whether a call without a key makes no sense.
  bool requires_key = true;
  std::vector<parameter_rule> rules = {};
  /// Whether it makes vectors of texts.
  bool has_embeddings = false;
  /// Makes them unless the settings name another; empty: they must.
  std::string embedding_model = {};
  /// Whether it counts a request's tokens.
  bool counts_tokens = false;
  /// The version of the API that we speak, and the header in which a caller may
  /// name another; empty: there is none.
  std::string api_version = {};
  std::string version_header = {};
};

/// Every provider kind that this build knows.
using provider_table = std::vector<provider_traits>;
using provider_table_ptr = std::shared_ptr<const provider_table>;

/// Returns the entry called `name`, or null.
const provider_traits* find_provider(const provider_table& table,
                                     std::string_view name) noexcept;

} // namespace byollm
