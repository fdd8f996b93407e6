// SPDX-License-Identifier: Apache-2.0
#include "providers/json/document.hpp"

#include "messages/limits.hpp"
#include "providers/json/depth_guard.hpp"
#include "providers/json/text.hpp"

#include <rapidjson/reader.h>

#include <array>
#include <charconv>
#include <utility>

namespace byollm::json {

using rapidjson::SizeType;

constexpr size_t values_usual = 16;
/// What a thread keeps for its next document.
constexpr size_t spare_bytes_max = 16u << 10;
constexpr uint64_t count_max = uint64_t{1} << 53;

/// Writes values one after the other, in the order of the text, keeping what
/// stands under one key as source text.
class tape_builder {
public:
  tape_builder(std::vector<value>& into, rapidjson::InsituStringStream& in,
               std::string_view source, raw_member raw) noexcept
      : into_(into), in_(in), source_(source), raw_(raw) {
    // nop
  }

  /// Numbers that stay text take no more memory than their text.
  bool counts_values() const noexcept {
    return raw_depth_ == 0 || raw_.what == raw_member::kind::objects;
  }

  bool Null() {
    add(value::kind::null);
    return true;
  }

  bool Bool(bool flag) {
    add(flag ? value::kind::yes : value::kind::no);
    return true;
  }

  bool Number(std::string_view digits) {
    uint64_t whole = 0;
    auto* end = digits.data() + digits.size();
    auto [stop, error] = std::from_chars(digits.data(), end, whole);
    bool is_count = error == std::errc{} && stop == end && whole <= count_max;
    if (auto* added = add(is_count ? value::kind::count : value::kind::number))
      added->count_ = whole;
    return true;
  }

  bool String(std::string_view text) {
    if (auto* added = add(value::kind::text))
      added->text_ = text;
    return true;
  }

  bool Key(std::string_view name) {
    if (raw_depth_ == 0)
      key_ = name;
    return true;
  }

  bool StartObject() {
    start(value::kind::object, raw_member::kind::objects);
    return true;
  }

  bool EndObject() {
    end(raw_member::kind::objects);
    return true;
  }

  bool StartArray() {
    start(value::kind::array, raw_member::kind::arrays);
    return true;
  }

  bool EndArray() {
    end(raw_member::kind::arrays);
    return true;
  }

private:
  void start(value::kind what, raw_member::kind as) {
    if (raw_depth_ > 0) {
      raw_depth_ += as == raw_.what ? 1 : 0;
    } else if (as == raw_.what && !raw_.name.empty() && key_ == raw_.name) {
      raw_depth_ = 1;
      raw_begin_ = in_.Tell() - 1;
    } else {
      open(what);
    }
  }

  void end(raw_member::kind as) {
    if (raw_depth_ == 0)
      close();
    else if (as == raw_.what && --raw_depth_ == 0)
      String(source_.substr(raw_begin_, in_.Tell() - raw_begin_));
  }

  /// Returns the new value, or null inside one that stays text.
  value* add(value::kind what) {
    if (raw_depth_ > 0)
      return nullptr;
    auto& added = into_.emplace_back();
    added.kind_ = what;
    added.key_ = std::exchange(key_, {});
    return &added;
  }

  void open(value::kind what) {
    open_[depth_++] = into_.size();
    add(what);
  }

  void close() {
    auto at = open_[--depth_];
    into_[at].span_ = static_cast<uint32_t>(into_.size() - at);
  }

  std::vector<value>& into_;
  rapidjson::InsituStringStream& in_;
  std::string_view source_;
  raw_member raw_;
  std::string_view key_;
  std::array<size_t, limits::json_depth_max> open_{};
  size_t depth_ = 0;
  size_t raw_depth_ = 0; ///< Of its kind, open inside one that stays text.
  size_t raw_begin_ = 0;
};

namespace {

/// Takes everything and keeps nothing.
struct no_builder {
  bool counts_values() const noexcept {
    return true;
  }

  bool Null() {
    return true;
  }

  bool Bool(bool) {
    return true;
  }

  bool Number(std::string_view) {
    return true;
  }

  bool String(std::string_view) {
    return true;
  }

  bool Key(std::string_view) {
    return true;
  }

  bool StartObject() {
    return true;
  }

  bool EndObject() {
    return true;
  }

  bool StartArray() {
    return true;
  }

  bool EndArray() {
    return true;
  }
};

/// Parses `size` bytes of well-formed UTF-8 in place. That way RapidJSON
/// neither uses its own stack, which computes with null pointers, nor checks
/// the encoding, which reads beyond the end.
template <class Next>
verdict run(rapidjson::InsituStringStream& in, size_t size, Next& next) {
  rapidjson::Reader reader;
  depth_guard guard{next};
  constexpr unsigned flags
    = rapidjson::kParseInsituFlag | rapidjson::kParseNumbersAsStringsFlag;
  auto result = reader.Parse<flags>(in, guard);
  if (guard.stopped())
    return verdict::too_large;
  // The reader takes a NUL for the end of the text.
  return result.IsError() || in.Tell() != size ? verdict::malformed
                                               : verdict::good;
}

} // namespace

document::room& document::spare() noexcept {
  thread_local room kept;
  return kept;
}

verdict document::parse(std::string_view text) {
  if (room_.values.capacity() == 0)
    room_ = std::exchange(spare(), {});
  auto source = repaired(text, room_.repaired);
  room_.text.assign(source);
  room_.values.clear();
  // Most pieces of a stream are done with this.
  room_.values.reserve(values_usual);
  rapidjson::InsituStringStream in{room_.text.data()};
  tape_builder builder{room_.values, in, source, raw_};
  return run(in, room_.text.size(), builder);
}

void document::rest() noexcept {
  // The spare stays if nothing was parsed.
  if (room_.values.capacity() == 0)
    return;
  auto used = std::exchange(room_, {});
  auto bytes = used.repaired.capacity() + used.text.capacity()
               + used.values.capacity() * sizeof(value);
  if (bytes <= spare_bytes_max)
    spare() = std::move(used);
}

verdict check(std::string_view text, bool object) {
  auto first = text.find_first_not_of(" \t\r\n");
  if (first == std::string_view::npos || (object && text[first] != '{')
      || !is_utf8(text))
    return verdict::malformed;
  std::string copy{text};
  rapidjson::InsituStringStream in{copy.data()};
  no_builder nothing;
  return run(in, copy.size(), nothing);
}

const value* find(const value* from, std::string_view key) noexcept {
  if (!from || !from->is_object())
    return nullptr;
  for (auto* at = from->contents(); at != from->next(); at = at->next())
    if (at->key_ == key)
      return at;
  return nullptr;
}

std::string_view text_of(const value* what) noexcept {
  return what && what->is_text() ? what->text_ : std::string_view{};
}

std::optional<uint64_t> count_of(const value* what) noexcept {
  if (!what || what->kind_ != value::kind::count)
    return std::nullopt;
  return what->count_;
}

} // namespace byollm::json
