// SPDX-License-Identifier: Apache-2.0
#include "providers/kinds/shared/vector_text.hpp"

#include "messages/base64.hpp"

#include <bit>
#include <charconv>
#include <cmath>
#include <cstring>

namespace byollm::kinds {

namespace {

/// Takes JSON apart that was found valid before, so that what it does not
/// expect is of another form, not half a text.
class cursor {
public:
  explicit cursor(std::string_view text) : rest_(text) {
    // nop
  }

  bool take(char wanted) {
    auto at = rest_.find_first_not_of(" \t\r\n");
    rest_.remove_prefix(at == std::string_view::npos ? rest_.size() : at);
    if (rest_.empty() || rest_.front() != wanted)
      return false;
    rest_.remove_prefix(1);
    return true;
  }

  std::optional<float> number() {
    auto at = rest_.find_first_not_of(" \t\r\n");
    rest_.remove_prefix(at == std::string_view::npos ? rest_.size() : at);
    // Wider first: a float that is too small to be one is 0, not an error.
    double wide = 0;
    auto [end, error]
      = std::from_chars(rest_.data(), rest_.data() + rest_.size(), wide);
    auto value = static_cast<float>(wide);
    if (error != std::errc{} || !std::isfinite(value))
      return std::nullopt;
    rest_.remove_prefix(static_cast<size_t>(end - rest_.data()));
    return value;
  }

  bool is_at_end() const noexcept {
    return rest_.find_first_not_of(" \t\r\n") == std::string_view::npos;
  }

private:
  std::string_view rest_;
};

std::optional<embedding> read_numbers(cursor& in) {
  embedding result;
  if (!in.take('['))
    return std::nullopt;
  if (in.take(']'))
    return result;
  do {
    auto value = in.number();
    if (!value)
      return std::nullopt;
    result.push_back(*value);
  } while (in.take(','));
  if (!in.take(']'))
    return std::nullopt;
  return result;
}

std::optional<embedding> read_base64(std::string_view text) {
  static_assert(std::endian::native == std::endian::little);
  auto bytes = from_base64(text);
  if (!bytes || bytes->empty() || bytes->size() % sizeof(float) != 0)
    return std::nullopt;
  embedding result(bytes->size() / sizeof(float));
  std::memcpy(result.data(), bytes->data(), bytes->size());
  for (auto value : result)
    if (!std::isfinite(value))
      return std::nullopt;
  return result;
}

} // namespace

std::optional<embedding> vector_of(std::string_view text) {
  if (text.empty() || text.front() != '[')
    return read_base64(text);
  cursor in{text};
  auto result = read_numbers(in);
  return in.is_at_end() ? result : std::nullopt;
}

std::optional<std::vector<embedding>> vectors_of(std::string_view text,
                                                 size_t most) {
  std::vector<embedding> result;
  cursor in{text};
  if (!in.take('['))
    return std::nullopt;
  if (in.take(']'))
    return result;
  do {
    auto vector = read_numbers(in);
    if (!vector || result.size() == most)
      return std::nullopt;
    result.push_back(*std::move(vector));
  } while (in.take(','));
  if (!in.take(']') || !in.is_at_end())
    return std::nullopt;
  return result;
}

} // namespace byollm::kinds
