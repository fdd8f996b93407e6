// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

/// What providers send, byte for byte, in the three dialects.
namespace byollm::test::wire {

enum class tongue : uint8_t { anthropic, openai, ollama };

constexpr tongue all_tongues[]
  = {tongue::anthropic, tongue::openai, tongue::ollama};

/// The provider's name in our configuration.
std::string_view provider_of(tongue in) noexcept;

/// Who has an id for each answer names it so; Ollama has none.
std::string_view request_id_of(tongue in) noexcept;

// -- answers ------------------------------------------------------------------

/// The body of a whole answer, from 10 tokens to 5. `end` is the dialect's own
/// word; empty: its usual one.
std::string whole(tongue in, std::string_view text, std::string_view end = {});

/// The events of a stream.
std::string opening(tongue in);
std::string says(tongue in, std::string_view text);
std::string life(tongue in);
/// All that comes at the end but the end marker; with Ollama, nothing.
std::string closing(tongue in, std::string_view end = {});
std::string marker(tongue in);

/// What is wrong, in the words of a provider. What a dialect has no place for
/// is not said.
struct trouble {
  std::string_view type = {};
  std::string_view code = {};
  std::string_view words = "something is wrong";
};

std::string error_body(tongue in, const trouble& what);
std::string error_event(tongue in, const trouble& what);

// -- HTTP ---------------------------------------------------------------------

/// A response that closes its connection, with `body` and its length.
std::string response(tongue in, unsigned status, std::string_view body,
                     std::string_view more_headers = {});

/// The head of a 200 with a body of `length` bytes.
std::string head_of(tongue in, size_t length);

/// The head of a chunked 200, which is a stream or JSON.
std::string chunked_head_of(tongue in, bool stream);

/// The end of a chunked body.
std::string last_chunk();

} // namespace byollm::test::wire
