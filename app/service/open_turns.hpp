// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "app/byollm.hpp"

#include <functional>
#include <memory>
#include <mutex>
#include <string>
#include <unordered_map>
#include <utility>
#include <vector>

namespace byollm::service {

/// A chat turn that a call token stands for.
struct open_turn {
  open_turn(context in, call_grant by)
      : at(std::move(in)), grant(std::move(by)) {
    // nop
  }

  context at;
  call_grant grant;
  std::mutex mutex;
  uint32_t calls = 0;
};

using open_turn_ptr = std::shared_ptr<open_turn>;

/// The chat turns of call tokens that are in use: opened by a token's first
/// use, ended with the token. At most limits::open_turns_max. A token that was
/// ended stays so until it expires: one for an open turn because it opens no
/// other, any other because it is remembered, limits::ended_tokens_max of them.
/// Thread-safe.
class open_turns {
public:
  using opened_fn = std::function<void(expected<open_turn_ptr>)>;

  /// As runtime::open_turn.
  using open_fn = std::function<void(turn_request request,
                                     std::function<void(expected<context>)>)>;

  explicit open_turns(open_fn open) : open_(std::move(open)) {
    // nop
  }

  /// Tells `done` the turn of a token, perhaps from inside. Errors: those of
  /// runtime::open_turn, `overloaded`, `unauthenticated` if it was ended.
  void get(const call_grant& grant, opened_fn done);

  /// Keeps a turn that was opened already, for the token that stands for it.
  status keep(const call_grant& grant, context at);

  /// Whether a token's turn is open.
  bool has(const std::string& token) const;

  /// Ends a token's turn once its calls have ended, and the token with it.
  /// Errors: `overloaded`, never for the token of an open turn; then nothing is
  /// ended.
  status end(const call_grant& grant);

  /// Ends the turns of tokens that have expired, and forgets which were ended:
  /// by `unix_ms_forward`, as tokens expire.
  void sweep(int64_t now_unix_ms);

private:
  void opened(const call_grant& grant, expected<context> at);
  bool is_full() const;
  bool is_ended(const call_grant& grant) const;

  const open_fn open_;
  mutable std::mutex mutex_;
  std::unordered_map<std::string, open_turn_ptr> turns_; // by token
  /// Tokens that were ended before they expire, and when they do; but for those
  /// of open turns.
  std::unordered_map<std::string, int64_t> ended_;
  std::unordered_map<std::string, std::vector<opened_fn>> waiting_;
};

} // namespace byollm::service
