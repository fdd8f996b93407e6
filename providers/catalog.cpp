// SPDX-License-Identifier: Apache-2.0
#include "providers/catalog.hpp"

#include "providers/dialect.hpp"

#include <array>

// One line per provider kind; the file kinds/NAME.cpp defines the function
// NAME. An explicit list, since a static library drops objects that only
// register themselves.
#define BYOLLM_PROVIDER_KINDS(kind) kind(anthropic) kind(openai) kind(ollama)

namespace byollm {

namespace kinds {

#define BYOLLM_DECLARE_KIND(name) const dialect& name() noexcept;
BYOLLM_PROVIDER_KINDS(BYOLLM_DECLARE_KIND)
#undef BYOLLM_DECLARE_KIND

} // namespace kinds

namespace {

using dialect_getter = const dialect& (*)() noexcept;

constexpr std::array all_kinds = {
#define BYOLLM_LIST_KIND(name) dialect_getter{&kinds::name},
  BYOLLM_PROVIDER_KINDS(BYOLLM_LIST_KIND)
#undef BYOLLM_LIST_KIND
};

} // namespace

const dialect* find_dialect(std::string_view name) noexcept {
  for (auto get : all_kinds)
    if (auto& known = get(); known.traits().name == name)
      return &known;
  return nullptr;
}

provider_table_ptr make_provider_table() {
  provider_table result;
  for (auto get : all_kinds)
    result.push_back(get().traits());
  return std::make_shared<const provider_table>(std::move(result));
}

} // namespace byollm
