// SPDX-License-Identifier: Apache-2.0
#include "tests/unit/clients/record.hpp"

#include <rapidjson/stringbuffer.h>
#include <rapidjson/writer.h>

#include <catch2/catch.hpp>

#include <algorithm>
#include <fstream>
#include <iterator>

namespace byollm::test {

namespace {

using rapidjson::Value;

rapidjson::Document read_json(const char* name) {
  std::ifstream in{std::string{BYOLLM_RECORD "/"} + name, std::ios::binary};
  std::string text{std::istreambuf_iterator<char>{in}, {}};
  rapidjson::Document made;
  made.Parse<rapidjson::kParseFullPrecisionFlag>(text.data(), text.size());
  REQUIRE_FALSE(made.HasParseError());
  return made;
}

class comparison {
public:
  void compare(const Value& theirs, const Value& ours, const std::string& at) {
    if (theirs == ours)
      return;
    if (theirs.IsObject() && ours.IsObject())
      return compare_members(theirs, ours, at);
    if (theirs.IsArray() && ours.IsArray())
      return compare_elements(theirs, ours, at);
    found_.push_back({at, text_of(theirs), text_of(ours)});
  }

  std::vector<difference> found() {
    return std::move(found_);
  }

private:
  static constexpr const char* absent = "absent";

  void compare_members(const Value& theirs, const Value& ours,
                       const std::string& at) {
    for (const auto& [name, value] : theirs.GetObject()) {
      auto where = at + "/" + name.GetString();
      auto same = ours.FindMember(name);
      if (same == ours.MemberEnd())
        found_.push_back({where, text_of(value), absent});
      else
        compare(value, same->value, where);
    }
    for (const auto& [name, value] : ours.GetObject())
      if (!theirs.HasMember(name))
        found_.push_back({at + "/" + name.GetString(), absent, text_of(value)});
  }

  void compare_elements(const Value& theirs, const Value& ours,
                        const std::string& at) {
    auto most = std::max(theirs.Size(), ours.Size());
    for (rapidjson::SizeType i = 0; i < most; ++i) {
      auto where = at + "/" + std::to_string(i);
      if (i >= ours.Size())
        found_.push_back({where, text_of(theirs[i]), absent});
      else if (i >= theirs.Size())
        found_.push_back({where, absent, text_of(ours[i])});
      else
        compare(theirs[i], ours[i], where);
    }
  }

  std::vector<difference> found_;
};

} // namespace

const rapidjson::Document& record() {
  static const auto read = read_json("recorded.json");
  return read;
}

const rapidjson::Document& other_answers() {
  static const auto read = read_json("other_answers.json");
  return read;
}

std::string text_of(const Value& value) {
  rapidjson::StringBuffer out;
  rapidjson::Writer<rapidjson::StringBuffer> writer{out};
  value.Accept(writer);
  return {out.GetString(), out.GetSize()};
}

std::vector<difference> differences(const Value& theirs, const Value& ours) {
  comparison all;
  all.compare(theirs, ours, "");
  return all.found();
}

} // namespace byollm::test
