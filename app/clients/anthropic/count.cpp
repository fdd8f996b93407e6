// SPDX-License-Identifier: Apache-2.0
#include "app/clients/anthropic/parts.hpp"

namespace byollm::clients::anthropic {

std::string render_count(const message_reply& got) {
  std::string out;
  json::writer to{out};
  to.begin_object().key("input_tokens");
  to.number(static_cast<int64_t>(got.counted_tokens.value_or(0))).end_object();
  return out;
}

} // namespace byollm::clients::anthropic
