// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "api.hpp"

#include <cstdint>
#include <string>
#include <string_view>

namespace byollm {

/// What of a call did not get through, because the provider that answered has
/// no place for it, or stopped in the middle of it. Sampling parameters are
/// reported as provenance instead.
enum class lost : uint8_t {
  thoughts,      ///< Thinking of earlier answers.
  thinking,      ///< The wish that the model thinks, or does not.
  effort,        ///< How much it shall think; it thinks as it will.
  seed,          ///< The seed.
  metadata,      ///< Metadata that has no place there.
  cache_marks,   ///< Where the prompt shall be cached.
  error_marks,   ///< That a tool's result is an error.
  one_at_a_time, ///< That tools are asked for one at a time.
  extra,         ///< Fields or headers of another dialect.
  answer_parts,  ///< Parts of the answer that we have no place for.
  blocks,        ///< Blocks of another dialect.
  result_images, ///< Images of a tool's result.
  cut_call,      ///< A tool call that is not whole, since the answer stopped.
  output,        ///< The form that the answer shall have.
};

BYOLLM_API std::string_view to_string(lost value) noexcept;

/// One thing that was lost, and why.
struct loss {
  lost what = lost::thoughts;
  std::string why = {};

  bool operator==(const loss&) const = default;
};

} // namespace byollm
