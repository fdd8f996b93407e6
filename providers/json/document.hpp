// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace byollm::json {

/// A value of a parsed text; a view into the `document` that made it. An array
/// or object is followed in memory by what it contains.
class value {
public:
  bool is_null() const noexcept {
    return kind_ == kind::null;
  }

  bool is_true() const noexcept {
    return kind_ == kind::yes;
  }

  bool is_false() const noexcept {
    return kind_ == kind::no;
  }

  bool is_text() const noexcept {
    return kind_ == kind::text;
  }

  bool is_array() const noexcept {
    return kind_ == kind::array;
  }

  bool is_object() const noexcept {
    return kind_ == kind::object;
  }

private:
  friend class document;
  friend class elements;
  friend class tape_builder;
  friend const value* find(const value*, std::string_view) noexcept;
  friend std::string_view text_of(const value*) noexcept;
  friend std::optional<uint64_t> count_of(const value*) noexcept;

  enum class kind : uint8_t {
    null,
    no,
    yes,
    count,
    number,
    text,
    array,
    object
  };

  const value* contents() const noexcept {
    return this + 1;
  }

  /// What stands after this value and all that it contains.
  const value* next() const noexcept {
    return this + span_;
  }

  kind kind_ = kind::null;
  uint32_t span_ = 1;     ///< Values from this one to the next beside it.
  std::string_view key_;  ///< Its name, in an object.
  std::string_view text_; ///< With `text`.
  uint64_t count_ = 0;    ///< With `count`.
};

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

/// Which values under one key are not parsed but stay text.
struct raw_member {
  enum class kind : uint8_t { objects, arrays };
  std::string_view name = {}; ///< Empty: none.
  kind what = kind::objects;
};

/// Parses JSON texts one after the other, keeping its memory until it rests.
/// Repairs broken UTF-8 and lone surrogates first (`repaired`), so strings are
/// always UTF-8.
class document {
public:
  /// Values that `raw` names become string values with their source text: one
  /// value each, however much they hold.
  explicit document(raw_member raw = {}) noexcept : raw_(raw) {
    // nop
  }

  document(const document&) = delete;
  document& operator=(const document&) = delete;

  /// Replaces what the document held. Values are views: they live until the
  /// next `parse` or `rest`, and the text must live as long.
  verdict parse(std::string_view text);

  /// Lets go of the last text's values and of the memory for them, which the
  /// thread's next document takes up if there is little of it: one that waits
  /// for its next text needs none.
  void rest() noexcept;

  /// The last text's value; only after `verdict::good`.
  const value& root() const noexcept {
    return room_.values.front();
  }

private:
  /// What one text takes.
  struct room {
    std::string repaired;
    /// What the parser works on in place; string values point into it.
    std::string text;
    std::vector<value> values;
  };

  static room& spare() noexcept;

  raw_member raw_;
  room room_;
};

/// Checks that `text` is one JSON text in UTF-8 within the depth limit, and an
/// object if `object` says so.
verdict check(std::string_view text, bool object);

// -- access without assertions: a wrong type is "not there" -------------------

/// Returns the member called `key`, or null; `from` may be null or no object.
const value* find(const value* from, std::string_view key) noexcept;

inline const value* find(const value& from, std::string_view key) noexcept {
  return find(&from, key);
}

/// Returns whether `what` is there and not JSON `null`.
inline bool is_given(const value* what) noexcept {
  return what && !what->is_null();
}

/// Returns a string's bytes; "" if `what` is no string.
std::string_view text_of(const value* what) noexcept;

/// Returns an integer in [0, 2^53]; anything else is unknown.
std::optional<uint64_t> count_of(const value* what) noexcept;

/// Returns whether `what` is the literal `true`.
inline bool is_true(const value* what) noexcept {
  return what && what->is_true();
}

/// Returns the elements of an array; none if `what` is no array.
class elements {
public:
  class iterator {
  public:
    explicit iterator(const value* at) noexcept : at_(at) {
      // nop
    }

    const value& operator*() const noexcept {
      return *at_;
    }

    iterator& operator++() noexcept {
      at_ = at_->next();
      return *this;
    }

    bool operator==(const iterator&) const = default;

  private:
    const value* at_;
  };

  explicit elements(const value* what) noexcept
      : array_(what && what->is_array() ? what : nullptr) {
    // nop
  }

  iterator begin() const noexcept {
    return iterator{array_ ? array_->contents() : nullptr};
  }

  iterator end() const noexcept {
    return iterator{array_ ? array_->next() : nullptr};
  }

private:
  const value* array_;
};

} // namespace byollm::json
