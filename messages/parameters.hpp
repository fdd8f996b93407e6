// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "api.hpp"
#include "expected.hpp"

#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

namespace byollm {

/// The parameters that admin and caller may set. Order is that of the tables in
/// the ledger and in `resolve --explain`.
enum class parameter : uint8_t {
  temperature = 0,       ///< 0 to 2
  top_p = 1,             ///< above 0, to 1
  max_tokens = 2,        ///< 1 to 10,000,000, answer tokens
  presence_penalty = 3,  ///< -2 to 2
  frequency_penalty = 4, ///< -2 to 2
  stop_sequences = 5,    ///< at most 16, each 1 to 1,024 bytes
};

constexpr size_t parameter_count = 6;
constexpr std::array<parameter, parameter_count> all_parameters
  = {parameter::temperature,       parameter::top_p,
     parameter::max_tokens,        parameter::presence_penalty,
     parameter::frequency_penalty, parameter::stop_sequences};

BYOLLM_API std::string_view to_string(parameter which) noexcept;
BYOLLM_API std::optional<parameter>
parse_parameter(std::string_view name) noexcept;

/// A set of values; what is unset is left to the next rung.
struct parameters {
  std::optional<double> temperature = {};
  std::optional<double> top_p = {};
  std::optional<int64_t> max_tokens = {};
  std::optional<double> presence_penalty = {};
  std::optional<double> frequency_penalty = {};
  std::optional<std::vector<std::string>> stop_sequences = {};

  bool operator==(const parameters&) const = default;

  BYOLLM_API bool has(parameter which) const noexcept;
};

/// Renders the value of `which` as JSON; "null" if unset.
BYOLLM_API std::string value_json(const parameters& from, parameter which);

/// Checks every value against the ranges above. Errors: `invalid_request`
/// naming the parameter; used when admin or caller sets a value, not at call
/// time.
BYOLLM_API status check_ranges(const parameters& values);

/// Which rung of the cascade set a value.
enum class rung : uint8_t {
  unset = 0,     ///< Nobody: the provider's own default applies.
  call = 1,      ///< The caller.
  extension = 2, ///< Admin, per extension.
  purpose = 3,   ///< Admin, per purpose.
  global = 4,    ///< Admin, for everything.
  required = 5,  ///< The provider requires a value and nobody set one.
  ceiling = 6,   ///< Nobody set one, so the admin's ceiling is sent.
};

/// What became of a value on its way to the provider.
enum class disposition : uint8_t {
  unset = 0,   ///< Not sent.
  taken = 1,   ///< Sent as set.
  clamped = 2, ///< Lowered to the admin's ceiling or the provider's, then sent.
  dropped = 3, ///< Not sent: the provider or model does not take it.
};

BYOLLM_API std::string_view to_string(rung value) noexcept;
BYOLLM_API std::string_view to_string(disposition value) noexcept;

/// One parameter's way through the cascade.
struct provenance {
  parameter which = parameter::temperature;
  rung set_by = rung::unset;
  disposition fate = disposition::unset;
  /// The value that was sent (or would have been, if dropped), as JSON.
  std::string value_json = {};
  /// Why it was clamped or dropped; empty otherwise.
  std::string reason = {};

  bool operator==(const provenance&) const = default;
};

} // namespace byollm
