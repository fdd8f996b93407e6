// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "app/byollm.hpp"
#include "app/vault/wiped_bytes.hpp"

#include <atomic>
#include <functional>
#include <memory>
#include <mutex>
#include <optional>
#include <string>

namespace byollm::owner {

/// Takes one answer line (JSON, without the newline); `last` is set on exactly
/// one line, the end. Runs on the runtime's loop threads, also from inside
/// `start_operation`; must not block. `flow::pause` stops a streamed answer
/// until `operation::resume`; for other lines it means nothing.
using line_sink = std::function<flow(std::string line, bool last)>;

/// Who asks for an operation.
enum class asked_by : uint8_t {
  host, ///< The command line, or a program with a token.
  page, ///< Somebody who is logged in.
};

/// A running operation. Thread-safe.
class operation {
public:
  operation(const runtime& of, line_sink to, asked_by whom = asked_by::host)
      : of_(of), to_(std::move(to)), whom_(whom) {
    // nop
  }

  /// Ends a running chat call, and a read; the last line still comes.
  /// Operations that only change settings are not cut.
  void cancel();

  /// Goes on after `flow::pause`.
  void resume();

  bool is_cancelled() const;

  // -- for the operations themselves ------------------------------------------

  const runtime& of() const noexcept {
    return of_;
  }

  /// For what is read of the store. `goes_on`: a further piece of what has
  /// begun.
  admin_accessor reads(bool goes_on = false) const;

  flow piece(const delta& what);

  /// Answers with a part of the result: `json` is a whole JSON value.
  flow part(const std::string& json);

  /// After a part was answered with `flow::pause`: calls `go_on` once the
  /// receiver wants more or the operation is cancelled. Returns false, and does
  /// not call it, if that is so already.
  bool wait_until_wanted(std::function<void()> go_on);

  /// Ends the operation with `json`, a whole JSON value.
  void result(const std::string& json);

  /// Ends the operation with `{"ok":true}`.
  void done();

  void fail(const failure& why);

  /// Names the provider call that `cancel` and `resume` go to.
  void runs(call running);

private:
  const runtime& of_;
  line_sink to_;
  const asked_by whom_;
  const std::shared_ptr<std::atomic<bool>> cancelled_
    = std::make_shared<std::atomic<bool>>(false);
  mutable std::mutex mutex_;
  std::optional<call> running_;
  std::function<void()> go_on_;
  bool resumed_ = false;
};

using operation_ptr = std::shared_ptr<operation>;

/// Parses `request` in place, finds its operation in the table, and starts it.
/// `of` must live until the last line. Ownership: takes `request` and wipes it
/// before returning. Errors come as the last line: `invalid_request`,
/// `limit_exceeded`, `not_found`, and whatever the runtime says.
operation_ptr start_operation(const runtime& of, wiped_bytes request,
                              line_sink to, asked_by whom = asked_by::host);

} // namespace byollm::owner
