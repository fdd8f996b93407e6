// SPDX-License-Identifier: Apache-2.0
#include "providers/dialect.hpp"

namespace byollm {

std::string_view response_head::field(std::string_view name) const noexcept {
  for (auto& known : fields)
    if (known.name == name)
      return known.value;
  return {};
}

expected<wire_request> dialect::encode_count(const encode_input&) const {
  return failure{errc::unsupported, traits().name + " counts no tokens",
                 "count"};
}

std::unique_ptr<answer_decoder> dialect::count_decoder() const {
  return nullptr;
}

expected<wire_request> dialect::encode_embeddings(const embed_input&) const {
  return failure{errc::unsupported, traits().name + " has no embeddings",
                 "embeddings"};
}

std::unique_ptr<answer_decoder>
dialect::embeddings_decoder(const embedding_input&) const {
  return nullptr;
}

} // namespace byollm
