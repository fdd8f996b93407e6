// SPDX-License-Identifier: Apache-2.0
// The first two bytes choose where the rest is cut; events must not depend on
// it.
#include "providers/stream/sse.hpp"

#include <cstdlib>
#include <random>
#include <vector>

using namespace byollm;

namespace {

// Small limits, so that the fuzzer reaches them.
constexpr size_t line_max = 256;
constexpr size_t event_max = 512;

struct outcome {
  std::vector<std::string> events;
  bool too_large = false;

  bool operator==(const outcome&) const = default;
};

void drain(sse_splitter& splitter, std::string_view bytes, outcome& out) {
  // A copy of its own, so that sanitizers see every read beyond the piece.
  std::vector<char> piece(bytes.begin(), bytes.end());
  splitter.push({piece.data(), piece.size()});
  sse_event event;
  split_step step;
  while ((step = splitter.next(event)) == split_step::piece) {
    if (event.data.size() > event_max || event.name.size() > line_max)
      std::abort();
    out.events.push_back(std::string{event.name} + '\n'
                         + std::string{event.data});
  }
  out.too_large = step == split_step::too_large;
}

} // namespace

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  if (size < 2)
    return 0;
  std::string_view body{reinterpret_cast<const char*>(data + 2), size - 2};
  outcome whole;
  sse_splitter one{line_max, event_max};
  drain(one, body, whole);
  outcome cut;
  sse_splitter many{line_max, event_max};
  std::minstd_rand random{static_cast<uint32_t>(data[0] | data[1] << 8) + 1};
  std::uniform_int_distribution<size_t> piece{1, 1u + data[0] % 64};
  while (!body.empty()) {
    auto next = body.substr(0, piece(random));
    drain(many, next, cut);
    body.remove_prefix(next.size());
  }
  if (whole != cut)
    std::abort();
  return 0;
}
