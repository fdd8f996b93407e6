// SPDX-License-Identifier: Apache-2.0
#include "app/standin/dialects.hpp"

#include <array>
#include <chrono>
#include <ctime>

namespace byollm::standin {

namespace {

constexpr int depth_max = 64;

/// Looks before the parser does, so that no recursion depends on the input.
bool is_shallow(std::string_view json) noexcept {
  int depth = 0;
  bool in_string = false;
  for (std::size_t i = 0; i < json.size(); ++i) {
    char c = json[i];
    if (in_string) {
      if (c == '\\')
        ++i;
      else if (c == '"')
        in_string = false;
    } else if (c == '"') {
      in_string = true;
    } else if (c == '{' || c == '[') {
      if (++depth > depth_max)
        return false;
    } else if (c == '}' || c == ']') {
      --depth;
    }
  }
  return true;
}

} // namespace

bool parse_body(std::string_view body, rapidjson::Document& out) {
  if (!is_shallow(body))
    return false;
  out.Parse<rapidjson::kParseValidateEncodingFlag>(body.data(), body.size());
  return !out.HasParseError() && out.IsObject();
}

std::string_view bearer(const http_request& request) noexcept {
  auto value = request.authorization;
  if (!value.starts_with("Bearer ") && !value.starts_with("bearer "))
    return {};
  return value.substr(7);
}

uint64_t unix_seconds() {
  return static_cast<uint64_t>(std::time(nullptr));
}

std::string utc_time() {
  auto now = std::time(nullptr);
  std::tm parts{};
  gmtime_r(&now, &parts);
  std::array<char, 32> text{};
  auto size
    = std::strftime(text.data(), text.size(), "%Y-%m-%dT%H:%M:%SZ", &parts);
  return {text.data(), size};
}

std::vector<std::string> split_arguments(std::string_view json) {
  std::vector<std::string> result;
  while (!json.empty()) {
    auto end = json.find_first_of(",:");
    end = end == std::string_view::npos ? json.size() : end + 1;
    result.emplace_back(json.substr(0, end));
    json.remove_prefix(end);
  }
  return result;
}

} // namespace byollm::standin
