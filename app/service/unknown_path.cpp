// SPDX-License-Identifier: Apache-2.0
#include "app/service/unknown_path.hpp"

#include <algorithm>
#include <array>

namespace byollm::service {

namespace {

constexpr std::string_view api = "/v1/";

// What OpenAI's clients ask for beside what there is.
constexpr std::array<std::string_view, 2> asked_elsewhere
  = {"responses", "completions"};

// "llm" of "llm/messages".
std::string_view first_name(std::string_view path) noexcept {
  return path.substr(0, path.find('/'));
}

// "llm" of "/v1/llm/messages".
std::string_view area_of(std::string_view path) noexcept {
  return path.starts_with(api) ? first_name(path.substr(api.size()))
                               : std::string_view{};
}

bool is_our_own(std::span<const entry> known, std::string_view area) noexcept {
  return std::ranges::any_of(known, [area](const entry& each) {
    return each.in == words::ours && area_of(each.path) == area;
  });
}

bool is_clients(std::span<const entry> known, std::string_view area) noexcept {
  return std::ranges::find(asked_elsewhere, area) != asked_elsewhere.end()
         || std::ranges::any_of(known, [area](const entry& each) {
              return each.in != words::ours && area_of(each.path) == area;
            });
}

words words_of_client(std::string_view area) noexcept {
  return area == "messages" ? words::anthropic : words::either;
}

} // namespace

words words_of_unknown(std::span<const entry> known,
                       std::string_view path) noexcept {
  if (auto area = area_of(path); !area.empty())
    return is_our_own(known, area) ? words::ours : words_of_client(area);
  auto area = first_name(path.substr(std::min<size_t>(1, path.size())));
  return is_clients(known, area) ? words_of_client(area) : words::ours;
}

std::string_view why_unknown(words in, std::string_view path) noexcept {
  if (in != words::ours && !path.starts_with(api))
    return "there is no such path; the base URL lacks /v1 at its end";
  if (in != words::ours && area_of(path) == "v1")
    return "there is no such path; the base URL has one /v1 too many";
  return "there is no such path";
}

} // namespace byollm::service
