// SPDX-License-Identifier: Apache-2.0
#include "ports/thread_log.hpp"

#include <exception>
#include <string>
#include <typeinfo>
#include <utility>

namespace byollm {

namespace {

thread_local log_fn log_of_thread;

// As the compiler writes it.
std::string type_in_flight() {
  try {
    throw;
  } catch (const std::exception& error) {
    return typeid(error).name();
  } catch (...) {
    return "unknown";
  }
}

} // namespace

void set_thread_log(log_fn to) {
  log_of_thread = std::move(to);
}

void log_host_threw(std::string_view what) noexcept {
  try {
    if (log_of_thread)
      log_of_thread(log_level::error, "the host's code threw",
                    {{"where", std::string{what}}, {"type", type_in_flight()}});
  } catch (...) {
    // Without memory even for a line there is nothing more to do.
  }
}

} // namespace byollm
