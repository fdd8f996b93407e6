// SPDX-License-Identifier: Apache-2.0
#include "tests/unit/providers_page/difference.hpp"

#include <rapidjson/document.h>
#include <rapidjson/stringbuffer.h>
#include <rapidjson/writer.h>

#include <algorithm>

namespace byollm::test {

namespace {

using rapidjson::Value;

std::string text_of(const Value& value) {
  rapidjson::StringBuffer out;
  rapidjson::Writer<rapidjson::StringBuffer> writer{out};
  value.Accept(writer);
  return {out.GetString(), out.GetSize()};
}

class finder {
public:
  void compare(const Value& old, const Value& now, const std::string& at) {
    if (old == now)
      return;
    if (old.IsObject() && now.IsObject())
      return compare_members(old, now, at);
    if (old.IsArray() && now.IsArray())
      return compare_elements(old, now, at);
    found_.push_back({at, text_of(now)});
  }

  std::vector<added_value> found() {
    return std::move(found_);
  }

private:
  void compare_members(const Value& old, const Value& now,
                       const std::string& at) {
    for (const auto& [name, value] : now.GetObject()) {
      auto before = old.FindMember(name);
      auto where = at + "/" + name.GetString();
      if (before == old.MemberEnd())
        found_.push_back({where, text_of(value)});
      else
        compare(before->value, value, where);
    }
    for (const auto& [name, value] : old.GetObject())
      if (!now.HasMember(name))
        found_.push_back({at + "/" + name.GetString(), ""});
  }

  // Of elements that changed in place, what of them; else those that are new.
  void compare_elements(const Value& old, const Value& now,
                        const std::string& at) {
    for (rapidjson::SizeType i = 0; i < now.Size(); ++i) {
      auto where = at + "/" + std::to_string(i);
      if (old.Size() == now.Size())
        compare(old[i], now[i], where);
      else if (std::none_of(old.Begin(), old.End(),
                            [&](const Value& x) { return x == now[i]; }))
        found_.push_back({where, text_of(now[i])});
    }
  }

  std::vector<added_value> found_;
};

} // namespace

std::vector<added_value> difference(std::string_view without,
                                    std::string_view with) {
  rapidjson::Document old;
  rapidjson::Document now;
  old.Parse(without.data(), without.size());
  now.Parse(with.data(), with.size());
  if (old.HasParseError() || now.HasParseError())
    return {{"", "not JSON"}};
  finder all;
  all.compare(old, now, "");
  return all.found();
}

} // namespace byollm::test
