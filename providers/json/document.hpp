// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "messages/limits.hpp"

#include <rapidjson/document.h>

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace byollm::json {

using value = rapidjson::Value;

/// Whether a JSON text was taken.
enum class verdict : uint8_t {
  good,
  malformed, ///< Not JSON (RFC 8259), or more than one text.
  too_large, ///< Deeper than `limits::json_depth_max`, or too many values.
};

/// Values that one document may hold: bounds the memory that a small hostile
/// text
/// (`[[],[],...]`) turns into.
inline constexpr size_t document_values_max = 1u << 18;

/// Parses JSON texts one after the other, keeping its memory. Repairs broken
/// UTF-8 and lone surrogates first (`repaired`), so strings are always UTF-8.
class document {
public:
  /// Objects that are members called `raw_member` are not parsed into values
  /// but stay text: a string value with the object's source. Empty: none.
  explicit document(std::string_view raw_member = {}) noexcept
      : raw_member_(raw_member) {
    // nop
  }

  document(const document&) = delete;
  document& operator=(const document&) = delete;

  /// Replaces what the document held. Values are views: they live until the
  /// next `parse`, and the text must live as long.
  verdict parse(std::string_view text);

  /// The last text's value; only after `verdict::good`.
  const value& root() const noexcept {
    return *tree_;
  }

private:
  using pool = rapidjson::MemoryPoolAllocator<>;
  using tree = rapidjson::GenericDocument<rapidjson::UTF8<>, pool, pool>;

  // Most stream events fit in here, and then parsing allocates nothing.
  static constexpr size_t values_bytes = 2'048;
  static constexpr size_t stack_bytes = 1'536;
  static constexpr size_t more_bytes = 8'192;

  std::string_view raw_member_;
  std::string repaired_;
  /// What the parser works on in place; string values point into it.
  std::string text_;
  alignas(16) char values_memory_[values_bytes];
  alignas(16) char stack_memory_[stack_bytes];
  pool values_{values_memory_, values_bytes, more_bytes};
  pool stack_{stack_memory_, stack_bytes, more_bytes};
  std::optional<tree> tree_;
};

/// Checks that `text` is one JSON text within the depth limit, and an object if
/// `object` says so.
verdict check(std::string_view text, bool object);

// -- access without assertions: a wrong type is "not there" -------------------

/// Returns the member called `key`, or null; `from` may be null or no object.
const value* find(const value* from, std::string_view key) noexcept;

inline const value* find(const value& from, std::string_view key) noexcept {
  return find(&from, key);
}

/// Returns whether `what` is there and not JSON `null`.
inline bool is_given(const value* what) noexcept {
  return what && !what->IsNull();
}

/// Returns a string's bytes; "" if `what` is no string.
std::string_view text_of(const value* what) noexcept;

/// Returns an integer in [0, 2^53]; anything else is unknown.
std::optional<uint64_t> count_of(const value* what) noexcept;

/// Returns whether `what` is the literal `true`.
inline bool is_true(const value* what) noexcept {
  return what && what->IsTrue();
}

/// Returns the elements of an array; none if `what` is no array.
class elements {
public:
  explicit elements(const value* array) noexcept {
    if (array && array->IsArray()) {
      begin_ = array->Begin();
      end_ = array->End();
    }
  }

  const value* begin() const noexcept {
    return begin_;
  }

  const value* end() const noexcept {
    return end_;
  }

private:
  const value* begin_ = nullptr;
  const value* end_ = nullptr;
};

} // namespace byollm::json
