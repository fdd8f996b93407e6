// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

namespace byollm::standin {

/// Appends an HTTP/1.1 head with the ids that the official clients read.
/// Without a `length` the body is chunked.
void append_head(unsigned status, std::string_view content_type,
                 const std::size_t* length, bool close, uint64_t serial,
                 std::string& out);

/// Appends `bytes` as one HTTP chunk.
void append_chunk(std::string_view bytes, std::string& out);

/// What ends a chunked body.
constexpr std::string_view last_chunk = "0\r\n\r\n";

} // namespace byollm::standin
