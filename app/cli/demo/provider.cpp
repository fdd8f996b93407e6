// SPDX-License-Identifier: Apache-2.0
#include "app/cli/demo/provider.hpp"

#include <openssl/crypto.h>

#include <array>
#include <cstdlib>
#include <cstring>

#include <sys/random.h>

namespace byollm::demo {

namespace {

expected<std::string> key_from_environment(const char* variable) {
  auto value = std::getenv(variable);
  if (!value || !*value)
    return failure{errc::invalid_key,
                   std::string{"set "} + variable
                     + " to your key; it is read once and wiped",
                   variable};
  std::string out{value};
  // unsetenv only forgets the pointer; the bytes are ours to clear.
  OPENSSL_cleanse(value, std::strlen(value));
  ::unsetenv(variable);
  return out;
}

} // namespace

expected<llm_settings> real_settings(const provider_choice& choice) {
  if (choice.model.empty())
    return failure{errc::invalid_config, "--provider needs --model", "model"};
  llm_settings out;
  out.model = choice.model;
  out.base_url = choice.base_url;
  if (choice.provider == "ollama") {
    out.provider = "local-ollama";
    if (out.base_url.empty())
      out.base_url = "http://127.0.0.1:11434";
    out.key = "";
    return out;
  }
  out.provider = choice.provider;
  auto key = key_from_environment(
    choice.provider == "openai" ? "OPENAI_API_KEY" : "ANTHROPIC_API_KEY");
  if (!key)
    return std::move(key).error();
  out.key = *std::move(key);
  return out;
}

std::string throwaway_key(std::string_view prefix) {
  std::array<unsigned char, 16> bytes{};
  if (::getrandom(bytes.data(), bytes.size(), 0)
      != static_cast<ssize_t>(bytes.size()))
    std::abort();
  constexpr std::string_view digits = "0123456789abcdef";
  std::string out{prefix};
  for (auto byte : bytes) {
    out += digits[byte >> 4];
    out += digits[byte & 15];
  }
  return out;
}

} // namespace byollm::demo
