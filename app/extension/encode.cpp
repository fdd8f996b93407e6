// SPDX-License-Identifier: Apache-2.0
// From a value of some shape to JSON.
#include "app/extension/pointer.hpp"
#include "app/shape.hpp"
#include "providers/json/text.hpp"
#include "providers/json/writer.hpp"

#include <cmath>

namespace byollm {

namespace {

class value_writer {
public:
  explicit value_writer(std::string& out) : to_(out) {
    // nop
  }

  status write(const shape& like, const void* value) {
    return std::visit(
      [this, value](const auto& what) { return put(what, value); }, like.is);
  }

private:
  status put(const text_shape&, const void* value) {
    const auto& text = *static_cast<const std::string*>(value);
    // The writer would mend it, and nobody would know.
    if (!json::is_utf8(text))
      return no_json("is not UTF-8");
    to_.string(text);
    return unit{};
  }

  status put(const flag_shape&, const void* value) {
    to_.boolean(*static_cast<const bool*>(value));
    return unit{};
  }

  status put(const number_shape&, const void* value) {
    auto number = *static_cast<const double*>(value);
    if (!std::isfinite(number))
      return no_json("is no finite number");
    to_.number(number);
    return unit{};
  }

  status put(const integer_shape& like, const void* value) {
    auto bits = like.get(value);
    if (like.is_signed)
      to_.number(static_cast<int64_t>(bits));
    else
      to_.checked(std::to_string(bits));
    return unit{};
  }

  status put(const list_shape& like, const void* value) {
    to_.begin_array();
    for (size_t i = 0; i < like.size(value); ++i) {
      place_in_json here{at_, i};
      if (auto done = write(*like.element, like.at(value, i)); !done)
        return done;
    }
    to_.end_array();
    return unit{};
  }

  status put(const maybe_shape& like, const void* value) {
    if (auto held = like.get(value))
      return write(*like.value, held);
    to_.null();
    return unit{};
  }

  status put(const object_shape& like, const void* value) {
    if (like.is_endless)
      return no_json("is a struct that contains itself");
    to_.begin_object();
    for (const auto& member : like.members) {
      place_in_json here{at_, member.name};
      to_.key(member.name);
      // The place of a member, which is only read.
      auto at = member.at(const_cast<void*>(value));
      if (auto done = write(*member.type, at); !done)
        return done;
    }
    to_.end_object();
    return unit{};
  }

  failure no_json(const char* why) const {
    return {errc::invalid_request,
            (at_.empty() ? "the value" : at_) + " " + why, at_};
  }

  json::writer to_;
  std::string at_;
};

} // namespace

expected<std::string> to_json(const shape& like, const void* value) {
  std::string out;
  if (auto done = value_writer{out}.write(like, value); !done)
    return done.error();
  return out;
}

} // namespace byollm
