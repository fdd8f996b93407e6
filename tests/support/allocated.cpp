// SPDX-License-Identifier: Apache-2.0
#include "tests/support/allocated.hpp"

#include <cstdlib>
#include <new>

namespace {

thread_local size_t bytes = 0;

} // namespace

namespace byollm::test {

size_t bytes_allocated() noexcept {
  return bytes;
}

} // namespace byollm::test

// Both forms of each, since a sanitizer has all of them and pairs them up.

void* operator new(size_t size, const std::nothrow_t&) noexcept {
  bytes += size;
  return std::malloc(size == 0 ? 1 : size);
}

void* operator new(size_t size) {
  if (void* made = operator new(size, std::nothrow))
    return made;
  throw std::bad_alloc{};
}

void operator delete(void* made) noexcept {
  std::free(made);
}

void operator delete(void* made, size_t) noexcept {
  std::free(made);
}

void operator delete(void* made, const std::nothrow_t&) noexcept {
  std::free(made);
}
