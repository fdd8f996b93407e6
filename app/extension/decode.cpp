// SPDX-License-Identifier: Apache-2.0
#include "app/extension/decode.hpp"

#include "app/extension/pointer.hpp"
#include "app/schema/whole_number.hpp"

namespace byollm {

namespace {

using rapidjson::Value;

class value_reader {
public:
  status read(const shape& like, const Value& from, void* to) {
    return std::visit(
      [&, this](const auto& what) { return take(what, from, to); }, like.is);
  }

private:
  status take(const text_shape&, const Value& from, void* to) {
    if (!from.IsString())
      return misfit("is no text");
    static_cast<std::string*>(to)->assign(from.GetString(),
                                          from.GetStringLength());
    return unit{};
  }

  status take(const flag_shape&, const Value& from, void* to) {
    if (!from.IsBool())
      return misfit("is not true or false");
    *static_cast<bool*>(to) = from.GetBool();
    return unit{};
  }

  status take(const number_shape&, const Value& from, void* to) {
    if (!from.IsNumber())
      return misfit("is no number");
    *static_cast<double*>(to) = from.GetDouble();
    return unit{};
  }

  status take(const integer_shape& like, const Value& from, void* to) {
    auto whole = from.IsDouble() ? as_whole(from.GetDouble()) : std::nullopt;
    auto fits = whole             ? like.set_signed(to, *whole)
                : from.IsInt64()  ? like.set_signed(to, from.GetInt64())
                : from.IsUint64() ? like.set_unsigned(to, from.GetUint64())
                                  : false;
    return fits ? status{unit{}} : misfit("is out of range");
  }

  // What is given stands in place of the initial value, all of it.
  status take(const list_shape& like, const Value& from, void* to) {
    if (!from.IsArray())
      return misfit("is no list");
    like.clear(to);
    for (rapidjson::SizeType i = 0; i < from.Size(); ++i) {
      place_in_json here{at_, size_t{i}};
      if (auto done = read(*like.element, from[i], like.append(to)); !done)
        return done;
    }
    return unit{};
  }

  status take(const maybe_shape& like, const Value& from, void* to) {
    if (!from.IsNull())
      return read(*like.value, from, like.engage(to));
    like.clear(to);
    return unit{};
  }

  status take(const object_shape& like, const Value& from, void* to) {
    if (!from.IsObject())
      return misfit("is no object");
    for (const auto& member : like.members) {
      place_in_json here{at_, member.name};
      auto found = from.FindMember(member.name.c_str());
      if (found == from.MemberEnd()) {
        if (member.required)
          return misfit("is missing");
        continue;
      }
      auto done = read(*member.type, found->value, member.at(to));
      if (!done)
        return done;
    }
    return unit{};
  }

  failure misfit(const char* why) const {
    return {errc::validation_rejected,
            "the argument " + (at_.empty() ? "object" : at_) + " " + why, at_};
  }

  std::string at_;
};

} // namespace

status decode(const shape& like, const Value& from, void* to) {
  return value_reader{}.read(like, from, to);
}

} // namespace byollm
