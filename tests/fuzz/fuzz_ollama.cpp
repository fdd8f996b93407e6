// SPDX-License-Identifier: Apache-2.0
#include "tests/fuzz/fuzz_answer.hpp"

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  return byollm::fuzz::answer("local-ollama", data, size);
}
