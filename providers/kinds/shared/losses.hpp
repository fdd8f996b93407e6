// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "providers/dialect.hpp"

#include <cstdint>
#include <string_view>
#include <vector>

namespace byollm::kinds {

/// What a dialect has a place for.
struct places {
  /// Its name, as callers' extras name it, and as we say it to people.
  std::string_view name;
  std::string_view in_words;
  /// Which thoughts go back: those with this dialect's signature, or those that
  /// anybody can read.
  enum thoughts : uint8_t { no_thoughts, signed_thoughts, readable_thoughts };
  thoughts takes_back = no_thoughts;
  bool cache_marks = false;
  bool seed = false;
  bool user_id = false;
  bool error_marks = false;
  bool one_at_a_time = false;
  /// Whose messages may hold opaque blocks of this dialect.
  enum blocks_of : uint8_t { by_nobody, by_user, by_all };
  blocks_of own_blocks = by_nobody;
  bool result_images = false;
};

/// Reports what of the request has no place; each kind of loss once.
std::vector<loss> losses_of(const encode_input& in, const places& there);

} // namespace byollm::kinds
