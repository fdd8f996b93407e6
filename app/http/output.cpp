// SPDX-License-Identifier: Apache-2.0
#include "app/http/output.hpp"

#include <algorithm>

namespace byollm::http {

void output::seal() {
  buffers_.clear();
  first_ = 0;
  add(text);
  for (auto& payload : payloads)
    add(payload);
  add(tail);
}

void output::consume(size_t count) {
  while (count > 0) {
    auto& front = buffers_[first_];
    auto taken = std::min(count, front.size());
    front += taken;
    count -= taken;
    if (front.size() == 0)
      ++first_;
  }
  if (is_empty()) {
    text.clear();
    payloads.clear();
    tail = {};
  }
}

void output::add(std::string_view bytes) {
  if (!bytes.empty())
    buffers_.emplace_back(bytes.data(), bytes.size());
}

} // namespace byollm::http
