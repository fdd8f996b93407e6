// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "providers/dialect.hpp"

#include <memory>
#include <string_view>

namespace byollm::kinds {

/// Returns a decoder of a list of models: the member `name` of each element of
/// the member `list`, both literals. Names that no model has, and what is over
/// `limits::models_max` or `limits::models_bytes_max`, are left out.
std::unique_ptr<answer_decoder> make_models_decoder(std::string_view list,
                                                    std::string_view name);

} // namespace byollm::kinds
