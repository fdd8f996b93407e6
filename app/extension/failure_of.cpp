// SPDX-License-Identifier: Apache-2.0
#include "app/coroutine.hpp"
#include "app/extension/cut_text.hpp"
#include "messages/limits.hpp"

#include <cxxabi.h>

#include <cstdlib>
#include <memory>
#include <string>
#include <typeinfo>

namespace byollm {

namespace {

// As readers know it; as the compiler does if that fails.
std::string name_of(const std::type_info& type) {
  int failed = 0;
  std::unique_ptr<char, decltype(&std::free)> name{
    abi::__cxa_demangle(type.name(), nullptr, nullptr, &failed), std::free};
  return name ? name.get() : type.name();
}

} // namespace

failure failure_of(const std::exception_ptr& thrown) noexcept {
  failure made{errc::handler_failed, "it raised what is no exception",
               "unknown"};
  try {
    std::rethrow_exception(thrown);
  } catch (const std::exception& error) {
    made.parameter
      = cut_text(name_of(typeid(error)), limits::handler_error_type_bytes_max);
    made.detail = cut_text(error.what(), limits::handler_error_bytes_max);
  } catch (...) {
    // nop
  }
  return made;
}

} // namespace byollm
