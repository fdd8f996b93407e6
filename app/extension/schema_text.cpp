// SPDX-License-Identifier: Apache-2.0
#include "app/extension/schema_text.hpp"

#include "messages/ids.hpp"
#include "providers/json/writer.hpp"

#include <cmath>
#include <optional>
#include <set>
#include <string_view>
#include <utility>

namespace byollm {

namespace {

/// What a schema says beside what its type does.
struct notes {
  std::string_view description = {};
  /// JSON; empty for none.
  std::string default_json = {};
};

class schema_writer {
public:
  explicit schema_writer(std::string& out) : to_(out) {
    // nop
  }

  void write(const shape& of, const notes& more = {}) {
    to_.begin_object();
    std::visit([this](const auto& what) { add(what); }, of.is);
    if (!more.description.empty())
      to_.member("description", more.description);
    if (!more.default_json.empty())
      to_.key("default").checked(more.default_json);
    to_.end_object();
  }

  const std::optional<failure>& problem() const {
    return problem_;
  }

private:
  void add(const text_shape& text) {
    type("string");
    bounds("minLength", "maxLength", text.within);
  }

  void add(const flag_shape&) {
    type("boolean");
  }

  void add(const number_shape& number) {
    type("number");
    bounds(number.within);
  }

  void add(const integer_shape& number) {
    type("integer");
    auto within = number.within;
    if (!number.is_signed && !within.minimum)
      within.minimum = 0;
    bounds(within);
  }

  void add(const list_shape& list) {
    type("array");
    to_.key("items");
    write(*list.element);
    bounds("minItems", "maxItems", list.within);
  }

  void add(const maybe_shape& maybe) {
    to_.key("anyOf").begin_array();
    write(*maybe.value);
    to_.begin_object().member("type", "null").end_object().end_array();
  }

  void add(const object_shape& object) {
    if (object.is_endless)
      refuse("a struct contains itself, which has no schema");
    type("object");
    auto initial = object.make();
    std::set<std::string_view> names;
    to_.key("properties").begin_object();
    for (const auto& member : object.members) {
      if (!is_valid_id(member.name) || !names.insert(member.name).second)
        refuse("a member's name has 1 to 128 bytes of [A-Za-z0-9._:@-], and "
               "is there once: \""
               + member.name + "\"");
      to_.key(member.name);
      write(*member.type, notes_of(member, initial.get()));
    }
    to_.end_object().key("additionalProperties").boolean(false);
    require(object);
  }

  void require(const object_shape& object) {
    bool any = false;
    for (const auto& member : object.members) {
      if (!member.required)
        continue;
      if (!std::exchange(any, true))
        to_.key("required").begin_array();
      to_.string(member.name);
    }
    if (any)
      to_.end_array();
  }

  notes notes_of(const object_shape::member& member, void* object) {
    notes made{member.description, {}};
    if (member.required)
      return made;
    auto json = to_json(*member.type, member.at(object));
    if (!json)
      refuse("the initial value of " + member.name + " has no JSON");
    else if (*json != "null")
      made.default_json = *std::move(json);
    return made;
  }

  void type(std::string_view name) {
    to_.member("type", name);
  }

  void bounds(const number_bounds& within) {
    bound("minimum", within.minimum);
    bound("maximum", within.maximum);
  }

  void bound(std::string_view name, const std::optional<double>& limit) {
    constexpr double exact = 9'007'199'254'740'992; // 2^53
    if (!limit)
      return;
    if (!std::isfinite(*limit))
      return refuse("a bound is a number");
    to_.key(name);
    if (std::trunc(*limit) == *limit && std::fabs(*limit) <= exact)
      to_.number(static_cast<int64_t>(*limit));
    else
      to_.number(*limit);
  }

  void bounds(std::string_view least, std::string_view most,
              const size_bounds& within) {
    if (within.minimum)
      to_.key(least).number(int64_t{*within.minimum});
    if (within.maximum)
      to_.key(most).number(int64_t{*within.maximum});
  }

  void refuse(std::string detail) {
    if (!problem_)
      problem_
        = failure{errc::invalid_request, std::move(detail), "parameters"};
  }

  json::writer to_;
  std::optional<failure> problem_;
};

} // namespace

expected<std::string> schema_text(const shape& of) {
  std::string out;
  schema_writer writer{out};
  writer.write(of);
  if (writer.problem())
    return *writer.problem();
  return out;
}

} // namespace byollm
