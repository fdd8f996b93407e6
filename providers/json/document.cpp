// SPDX-License-Identifier: Apache-2.0
#include "providers/json/document.hpp"

#include "providers/json/text.hpp"

#include <rapidjson/memorystream.h>
#include <rapidjson/reader.h>

#include <charconv>

namespace byollm::json {

namespace {

using rapidjson::SizeType;

constexpr uint64_t count_max = uint64_t{1} << 53;

/// Stops the reader before it recurses too deep; hands the rest to `Next`.
/// RapidJSON's own number conversion is not used: it overflows an `int` on long
/// exponents.
template <class Next>
class depth_guard {
public:
  explicit depth_guard(Next& next) noexcept : next_(next) {
    // nop
  }

  bool stopped() const noexcept {
    return stopped_;
  }

  bool Null() {
    return one() && next_.Null();
  }

  bool Bool(bool flag) {
    return one() && next_.Bool(flag);
  }

  bool RawNumber(const char* digits, SizeType size, bool) {
    return one() && next_.Number({digits, size});
  }

  bool String(const char* text, SizeType size, bool) {
    return one() && next_.String({text, size});
  }

  bool Key(const char* text, SizeType size, bool) {
    return next_.Key({text, size});
  }

  bool StartObject() {
    return deeper() && next_.StartObject();
  }

  bool EndObject(SizeType members) {
    --depth_;
    return next_.EndObject(members);
  }

  bool StartArray() {
    return deeper() && next_.StartArray();
  }

  bool EndArray(SizeType size) {
    --depth_;
    return next_.EndArray(size);
  }

  // The number flags keep the reader from ever calling these.
  bool Int(int) {
    return false;
  }

  bool Uint(unsigned) {
    return false;
  }

  bool Int64(int64_t) {
    return false;
  }

  bool Uint64(uint64_t) {
    return false;
  }

  bool Double(double) {
    return false;
  }

private:
  bool one() noexcept {
    stopped_ = ++values_ > document_values_max;
    return !stopped_;
  }

  bool deeper() noexcept {
    if (!one())
      return false;
    stopped_ = ++depth_ > limits::json_depth_max;
    return !stopped_;
  }

  Next& next_;
  size_t depth_ = 0;
  size_t values_ = 0;
  bool stopped_ = false;
};

/// Builds a tree, keeping the objects under one key as source text.
template <class Tree, class Stream>
class tree_builder {
public:
  tree_builder(Tree& into, Stream& in, std::string_view source,
               std::string_view raw_member) noexcept
      : into_(into), in_(in), source_(source), raw_member_(raw_member) {
    // nop
  }

  bool Null() {
    return skip() || into_.Null();
  }

  bool Bool(bool flag) {
    return skip() || into_.Bool(flag);
  }

  bool Number(std::string_view digits) {
    if (skip())
      return true;
    uint64_t whole = 0;
    auto* end = digits.data() + digits.size();
    auto [stop, error] = std::from_chars(digits.data(), end, whole);
    if (error == std::errc{} && stop == end)
      return into_.Uint64(whole);
    double real = 0;
    std::from_chars(digits.data(), end, real);
    return into_.Double(real);
  }

  bool String(std::string_view text) {
    return skip()
           || into_.String(text.data(), static_cast<SizeType>(text.size()),
                           false);
  }

  bool Key(std::string_view name) {
    if (raw_depth_ > 0)
      return true;
    raw_next_ = !raw_member_.empty() && name == raw_member_;
    return into_.Key(name.data(), static_cast<SizeType>(name.size()), false);
  }

  bool StartObject() {
    if (raw_depth_ > 0 || raw_next_) {
      if (raw_depth_++ == 0)
        raw_begin_ = in_.Tell() - 1;
      raw_next_ = false;
      return true;
    }
    return into_.StartObject();
  }

  bool EndObject(SizeType members) {
    if (raw_depth_ == 0)
      return into_.EndObject(members);
    if (--raw_depth_ > 0)
      return true;
    auto raw = source_.substr(raw_begin_, in_.Tell() - raw_begin_);
    return into_.String(raw.data(), static_cast<SizeType>(raw.size()), false);
  }

  bool StartArray() {
    return skip() || into_.StartArray();
  }

  bool EndArray(SizeType size) {
    return raw_depth_ > 0 || into_.EndArray(size);
  }

private:
  bool skip() noexcept {
    raw_next_ = false;
    return raw_depth_ > 0;
  }

  Tree& into_;
  Stream& in_;
  std::string_view source_;
  std::string_view raw_member_;
  bool raw_next_ = false;
  size_t raw_depth_ = 0;
  size_t raw_begin_ = 0;
};

/// Takes everything and keeps nothing.
struct no_builder {
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

  bool EndObject(SizeType) {
    return true;
  }

  bool StartArray() {
    return true;
  }

  bool EndArray(SizeType) {
    return true;
  }
};

template <unsigned Flags, class Stream, class Next>
verdict run(Stream& in, size_t size, Next& next) {
  rapidjson::Reader reader;
  depth_guard guard{next};
  constexpr unsigned flags = Flags | rapidjson::kParseNumbersAsStringsFlag;
  auto result = reader.Parse<flags>(in, guard);
  if (guard.stopped())
    return verdict::too_large;
  // The reader takes a NUL for the end of the text.
  return result.IsError() || in.Tell() != size ? verdict::malformed
                                               : verdict::good;
}

} // namespace

verdict document::parse(std::string_view text) {
  auto source = repaired(text, repaired_);
  text_.assign(source);
  tree_.reset();
  values_.Clear();
  stack_.Clear();
  tree_.emplace(&values_, size_t{512}, &stack_);
  rapidjson::InsituStringStream in{text_.data()};
  auto result = verdict::malformed;
  auto generate = [&](tree& into) {
    tree_builder builder{into, in, source, raw_member_};
    result = run<rapidjson::kParseInsituFlag>(in, text_.size(), builder);
    return result == verdict::good;
  };
  tree_->Populate(generate);
  return result;
}

verdict check(std::string_view text, bool object) {
  auto first = text.find_first_not_of(" \t\r\n");
  if (first == std::string_view::npos || (object && text[first] != '{'))
    return verdict::malformed;
  rapidjson::MemoryStream in{text.data(), text.size()};
  no_builder nothing;
  return run<rapidjson::kParseValidateEncodingFlag>(in, text.size(), nothing);
}

const value* find(const value* from, std::string_view key) noexcept {
  if (!from || !from->IsObject())
    return nullptr;
  for (auto i = from->MemberBegin(); i != from->MemberEnd(); ++i)
    if (text_of(&i->name) == key)
      return &i->value;
  return nullptr;
}

std::string_view text_of(const value* what) noexcept {
  if (!what || !what->IsString())
    return {};
  return {what->GetString(), what->GetStringLength()};
}

std::optional<uint64_t> count_of(const value* what) noexcept {
  if (!what || !what->IsUint64() || what->GetUint64() > count_max)
    return std::nullopt;
  return what->GetUint64();
}

} // namespace byollm::json
