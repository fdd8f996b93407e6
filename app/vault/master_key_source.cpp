// SPDX-License-Identifier: Apache-2.0
#include "app/vault/master_key_source.hpp"

#include "app/vault/crypto.hpp"
#include "app/vault/private_files.hpp"

#include <cerrno>
#include <charconv>
#include <cstdlib>
#include <map>
#include <mutex>
#include <set>
#include <string_view>
#include <unistd.h>

#include <openssl/crypto.h>

namespace byollm {

namespace fs = std::filesystem;

namespace {

// -- files --------------------------------------------------------------------

class key_files final : public master_key_source {
public:
  explicit key_files(fs::path directory) : directory_(std::move(directory)) {
    // nop
  }

  expected<secret_bytes> read(uint32_t version) const override {
    auto key = secret_bytes::make(master_key_bytes);
    if (!key)
      return key;
    if (auto got = read_private_file(file(version), key->bytes()); !got)
      return got.error();
    return key;
  }

  status provide(uint32_t version) const override {
    auto key = secret_bytes::make(master_key_bytes);
    if (!key)
      return key.error();
    if (auto got = random_bytes(key->bytes(), true); !got)
      return got;
    if (auto created = create_private_file(file(version), key->bytes());
        !created)
      return created.error();
    return unit{};
  }

  status forget(uint32_t version) const override {
    return remove_private_file(file(version));
  }

private:
  fs::path file(uint32_t version) const {
    return directory_
           / (version == 1 ? "master.key"
                           : "master." + std::to_string(version) + ".key");
  }

  fs::path directory_;
};

// -- the environment ----------------------------------------------------------

using key_map = std::map<uint32_t, secret_bytes>;

class environment_keys final : public master_key_source {
public:
  environment_keys(std::string variable, key_map keys)
      : variable_(std::move(variable)), keys_(std::move(keys)) {
    // nop
  }

  expected<secret_bytes> read(uint32_t version) const override {
    auto found = keys_.find(version);
    if (found == keys_.end())
      return failure{errc::not_found, variable_ + " has no key of version "
                                        + std::to_string(version)};
    return secret_bytes::copy_of(found->second.bytes());
  }

  status provide(uint32_t version) const override {
    if (keys_.count(version) != 0)
      return unit{};
    auto number = std::to_string(version);
    return failure{errc::invalid_config,
                   "the master keys come from " + variable_ + ": add \","
                     + number
                     + ":\" and 64 random hex digits to it, start again, then "
                       "rotate",
                   variable_};
  }

  // It stays for whoever sets the variable to leave out.
  status forget(uint32_t) const override {
    return unit{};
  }

private:
  std::string variable_;
  key_map keys_;
};

/// Wipes and unsets a variable, whatever became of it.
class variable_guard {
public:
  variable_guard(const std::string& name, char* value)
      : name_(name), value_(value) {
    // nop
  }

  variable_guard(const variable_guard&) = delete;
  variable_guard& operator=(const variable_guard&) = delete;

  ~variable_guard() {
    OPENSSL_cleanse(value_, std::string_view{value_}.size());
    ::unsetenv(name_.c_str());
  }

private:
  const std::string& name_;
  char* value_;
};

// Whoever set it meant its keys, and no others: a second start does not go on
// without them.
bool was_read_before(const std::string& variable, bool is_read_now) {
  static std::mutex mutex;
  static std::set<std::string> read;
  std::lock_guard guard{mutex};
  return is_read_now ? !read.insert(variable).second
                     : read.count(variable) != 0;
}

int hex_value(char digit) noexcept {
  if (digit >= '0' && digit <= '9')
    return digit - '0';
  if (digit >= 'a' && digit <= 'f')
    return digit - 'a' + 10;
  return digit >= 'A' && digit <= 'F' ? digit - 'A' + 10 : -1;
}

bool read_hex(std::string_view text, std::span<uint8_t> out) {
  if (text.size() != out.size() * 2)
    return false;
  for (size_t i = 0; i < out.size(); ++i) {
    auto high = hex_value(text[2 * i]), low = hex_value(text[2 * i + 1]);
    if (high < 0 || low < 0)
      return false;
    out[i] = static_cast<uint8_t>(high << 4 | low);
  }
  return true;
}

// Reads "N:HEX", or "HEX" for version 1; adds nothing that is malformed.
expected<bool> read_entry(std::string_view text, key_map& into) {
  uint32_t version = 1;
  if (auto colon = text.find(':'); colon != std::string_view::npos) {
    auto number = text.substr(0, colon);
    auto end = number.data() + number.size();
    auto [stop, error] = std::from_chars(number.data(), end, version);
    if (error != std::errc{} || stop != end || version == 0)
      return false;
    text.remove_prefix(colon + 1);
  }
  auto key = secret_bytes::make(master_key_bytes);
  if (!key)
    return key.error();
  return read_hex(text, key->bytes())
         && into.emplace(version, *std::move(key)).second;
}

} // namespace

std::unique_ptr<master_key_source> master_keys_in(const fs::path& directory) {
  return std::make_unique<key_files>(directory);
}

expected<std::unique_ptr<master_key_source>>
master_keys_from_environment(const std::string& variable) {
  auto* value = variable.empty() ? nullptr : std::getenv(variable.c_str());
  if (!value || *value == '\0') {
    if (was_read_before(variable, false))
      return failure{errc::invalid_config,
                     variable
                       + " was read and unset by this process before; set it "
                         "again for another start",
                     variable};
    return std::unique_ptr<master_key_source>{};
  }
  variable_guard guard{variable, value};
  was_read_before(variable, true);
  key_map keys;
  for (std::string_view left{value};;) {
    auto end = left.find(',');
    auto read = read_entry(left.substr(0, end), keys);
    if (!read)
      return read.error();
    if (!*read)
      return failure{errc::invalid_config,
                     variable
                       + " is not 64 hex digits, or N: and 64 hex digits for "
                         "each version with commas between them",
                     variable};
    if (end == std::string_view::npos)
      break;
    left.remove_prefix(end + 1);
  }
  return std::unique_ptr<master_key_source>{
    std::make_unique<environment_keys>(variable, std::move(keys))};
}

} // namespace byollm
