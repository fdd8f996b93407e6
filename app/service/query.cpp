// SPDX-License-Identifier: Apache-2.0
#include "app/service/query.hpp"

#include <algorithm>
#include <optional>

namespace byollm::service {

namespace {

std::optional<int> digit(char c) {
  if (c >= '0' && c <= '9')
    return c - '0';
  auto low = static_cast<char>(c | 0x20);
  return low >= 'a' && low <= 'f' ? std::optional{low - 'a' + 10}
                                  : std::nullopt;
}

std::optional<std::string> decode(std::string_view text) {
  std::string out;
  for (size_t i = 0; i < text.size(); ++i) {
    if (text[i] != '%') {
      out += text[i] == '+' ? ' ' : text[i];
      continue;
    }
    if (i + 2 >= text.size())
      return std::nullopt;
    auto high = digit(text[i + 1]);
    auto low = digit(text[i + 2]);
    if (!high || !low)
      return std::nullopt;
    out += static_cast<char>(*high * 16 + *low);
    i += 2;
  }
  return out;
}

} // namespace

expected<std::vector<std::pair<std::string, std::string>>>
parse_query(std::string_view query) {
  std::vector<std::pair<std::string, std::string>> out;
  while (!query.empty()) {
    auto end = std::min(query.find('&'), query.size());
    auto part = query.substr(0, end);
    query.remove_prefix(std::min(end + 1, query.size()));
    auto equals = std::min(part.find('='), part.size());
    auto name = decode(part.substr(0, equals));
    auto value = decode(part.substr(std::min(equals + 1, part.size())));
    if (!name || !value)
      return failure{errc::invalid_request, "the query is not well encoded"};
    if (std::ranges::find(out, *name, [](const auto& x) { return x.first; })
        != out.end())
      return failure{errc::invalid_request, *name + " is there twice", *name};
    out.emplace_back(*std::move(name), *std::move(value));
  }
  return out;
}

} // namespace byollm::service
