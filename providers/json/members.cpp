// SPDX-License-Identifier: Apache-2.0
#include "providers/json/members.hpp"

#include "providers/json/document.hpp"

namespace byollm::json {

namespace {

/// Finds where values end in a text that was found valid before.
class scanner {
public:
  explicit scanner(std::string_view text) : text_(text) {
    // nop
  }

  char next() {
    at_ = text_.find_first_not_of(" \t\r\n", at_);
    return text_[at_];
  }

  void skip() {
    ++at_;
  }

  std::string_view value() {
    next();
    auto begin = at_;
    size_t depth = 0;
    do {
      auto c = text_[at_];
      if (c == '"') {
        string();
        continue;
      }
      if (c == '{' || c == '[')
        ++depth;
      if (c == '}' || c == ']') {
        if (depth == 0)
          break; // the end of what a plain value stands in
        --depth;
      }
      if (c == ',' && depth == 0)
        break;
      ++at_;
    } while (at_ < text_.size() && !is_over(begin, depth));
    return trimmed(text_.substr(begin, at_ - begin));
  }

private:
  // Whether what began at `begin` is a text or nested value that has ended.
  bool is_over(size_t begin, size_t depth) const {
    auto first = text_[begin];
    return depth == 0 && (first == '"' || first == '{' || first == '[');
  }

  void string() {
    while (text_[++at_] != '"')
      if (text_[at_] == '\\')
        ++at_;
    ++at_;
  }

  static std::string_view trimmed(std::string_view text) {
    return text.substr(0, text.find_last_not_of(" \t\r\n") + 1);
  }

  std::string_view text_;
  size_t at_ = 0;
};

} // namespace

std::optional<std::vector<raw_pair>> members_of(std::string_view text) {
  if (check(text, true) != verdict::good)
    return std::nullopt;
  std::vector<raw_pair> result;
  scanner in{text};
  in.next();
  in.skip();
  while (in.next() != '}') {
    auto name = in.value();
    in.next();
    in.skip();
    result.push_back({name.substr(1, name.size() - 2), in.value()});
    if (in.next() == ',')
      in.skip();
  }
  return result;
}

std::optional<std::vector<std::string_view>>
elements_of(std::string_view text) {
  if (check(text, false) != verdict::good)
    return std::nullopt;
  scanner in{text};
  if (in.next() != '[')
    return std::nullopt;
  in.skip();
  std::vector<std::string_view> result;
  while (in.next() != ']') {
    result.push_back(in.value());
    if (in.next() == ',')
      in.skip();
  }
  return result;
}

std::string_view member_of(std::string_view object, std::string_view name) {
  if (auto members = members_of(object))
    for (const auto& each : *members)
      if (each.name == name)
        return each.value;
  return {};
}

std::string with_member(std::string_view object, std::string_view name,
                        std::string_view value) {
  // Names go back as they stand, escapes and all.
  std::string result{"{"};
  auto append = [&](std::string_view key, std::string_view what) {
    result.append(result.size() > 1 ? ",\"" : "\"").append(key);
    result.append("\":").append(what);
  };
  if (auto members = members_of(object))
    for (const auto& each : *members)
      if (each.name != name)
        append(each.name, each.value);
  append(name, value);
  return result.append("}");
}

} // namespace byollm::json
