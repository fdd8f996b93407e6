// SPDX-License-Identifier: Apache-2.0
// The first three bytes choose where the rest, a connection's bytes, is cut;
// what is read must not depend on it, and must be what handlers are promised.
#include "tests/unit/http/reader_fixture.hpp"

#include <algorithm>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <random>

using namespace byollm;

namespace {

// Wide enough that bodies are read straight into their place.
constexpr http::request_reader::bounds bounds{1'024, 16, 16'384};

void require(bool holds, const char* promise) {
  if (holds)
    return;
  std::fprintf(stderr, "broken promise: %s\n", promise);
  std::abort();
}

void check(const test::reading& got) {
  for (auto& request : got.requests) {
    auto method = request.substr(0, request.find(' '));
    require(!method.empty(), "a request has a method");
    require(request.substr(method.size()).starts_with(" /"),
            "a path starts with a slash");
  }
  require(got.status == 0 || got.status >= 400, "a refusal has a status");
}

} // namespace

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  if (size < 3)
    return 0;
  std::string_view bytes{reinterpret_cast<const char*>(data + 3), size - 3};
  auto whole = test::read({bytes}, bounds);
  check(whole);
  std::minstd_rand random{static_cast<uint32_t>(data[0] | data[1] << 8) + 1};
  std::uniform_int_distribution<size_t> length{1, 1u + data[2]};
  std::vector<std::string_view> pieces;
  while (!bytes.empty()) {
    pieces.push_back(bytes.substr(0, length(random)));
    bytes.remove_prefix(pieces.back().size());
  }
  require(test::read(pieces, bounds) == whole, "cuts change nothing");
  require(test::read(pieces, bounds, true) == whole,
          "a body read into its place is the same");
  return 0;
}
