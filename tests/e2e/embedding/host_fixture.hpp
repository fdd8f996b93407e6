// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "app/byollm.hpp"

#include <filesystem>
#include <functional>
#include <string>

namespace byollm::test {

/// The URL of the byollm-standin that the test was started beside.
std::string standin_url();

/// A directory of its own, gone with its object.
class scratch_directory {
public:
  scratch_directory();
  scratch_directory(const scratch_directory&) = delete;
  scratch_directory& operator=(const scratch_directory&) = delete;
  ~scratch_directory();

  const std::filesystem::path& path() const noexcept {
    return path_;
  }

private:
  std::filesystem::path path_;
};

create_message_request say(std::string text);

/// An LLM at the stand-in, in Anthropic's dialect.
llm_settings standin_llm(std::string key = "a-key-of-nobody");

/// Starts a runtime that must start.
std::unique_ptr<runtime> start(runtime_options options);

/// Allows the stand-in for tenant acme and the platform, and gives ada of acme
/// an LLM of her own there.
void settle_ada(const runtime& rt);

/// Opens a turn of `user` of acme, which must open.
context open_turn(const runtime& rt, const std::string& user = "ada");

/// Threads of this process.
size_t thread_count();

/// Open descriptors of this process.
size_t descriptor_count();

/// Waits until `fact` holds: the kernel lists a joined thread for an instant
/// longer. Fails the test if it never does.
void eventually(const std::function<bool()>& fact);

} // namespace byollm::test
