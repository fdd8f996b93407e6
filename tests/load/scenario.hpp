// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "messages/expected.hpp"

#include <chrono>
#include <cstdint>
#include <filesystem>
#include <string>
#include <vector>

namespace byollm::load {

/// A share in [0, 1] of turns or users.
using share = double;

struct purpose_share {
  std::string name;
  share of = 0;
};

/// One load, read from a file. Means the same on the real scheduler and on the
/// deterministic one.
struct scenario {
  std::string name = {};
  /// Decides who is what, and every driver's sequence of turns.
  uint64_t seed = 1;
  /// I/O loops of the runtime.
  size_t loops = 1;
  /// Driver actors: users who act at once.
  size_t concurrency = 16;
  /// Measured chat turns, and those before them that are not.
  size_t turns = 1'000;
  size_t warmup_turns = 100;
  size_t calls_per_turn = 1;
  /// Processes that run an extension's functions; of byollm-boundary only.
  size_t workers = 50;
  /// Between a user's turns.
  std::chrono::microseconds think_time{0};

  struct user_part {
    size_t tenants = 4;
    /// All users; a driver takes its own in turn. At least `concurrency`.
    size_t count = 16;
    /// Who has an LLM of their own; the others use the platform's.
    share own_llm = 0.5;
  } users = {};

  struct request_part {
    size_t message_bytes = 300;
    share streaming = 0;
    std::vector<purpose_share> purposes = {};
  } request = {};

  struct standin_part {
    /// Answers made once; without, it reads requests and refuses bad keys.
    bool canned = true;
    size_t answer_bytes = 300;
    size_t chunks = 16;
    std::chrono::milliseconds chunk_interval{0};
  } standin = {};

  struct fault_part {
    /// Of the users with their own LLM: their key is refused.
    share bad_key = 0;
    /// Of the users with their own LLM: nobody listens at its address.
    share unreachable = 0;
    /// Of the calls: cancelled right after they began.
    share cancelled = 0;
  } faults = {};
};

/// Reads and checks a scenario. Errors: `invalid_config`, naming the key.
expected<scenario> read_scenario(const std::filesystem::path& file);

} // namespace byollm::load
