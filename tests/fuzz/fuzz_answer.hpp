// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <cstdint>
#include <string_view>

namespace byollm::fuzz {

/// Decodes one answer of `provider` whole and cut in pieces, and aborts if the
/// two differ or the result breaks a promise. The first byte chooses request,
/// status and media type, the next two where to cut; the rest is the body.
int answer(std::string_view provider, const uint8_t* data, size_t size);

} // namespace byollm::fuzz
