// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "app/runtime/call_place.hpp"
#include "app/runtime/core.hpp"
#include "app/runtime/host_caller.hpp"

namespace byollm {

/// One call as it is wanted.
struct call_wish {
  create_message_request request = {};
  bool stream = false;
  call_kind kind = call_kind::message;
  std::shared_ptr<const embedding_input> embed = {};
  /// One attempt, no retry, no fallback.
  bool single = false;
};

/// Behind `context` and `llm_accessor`.
struct llm_accessor::impl {
  std::weak_ptr<runtime_core> core;
  std::shared_ptr<turn_link> link;
  shared<pinned_turn> pinned;
  std::shared_ptr<admission> gate;
  admission::tenant_ptr count;
  /// Taken before; the first call has it.
  call_place_ptr reserved;
  /// What calls are part of that come without a trace.
  trace_headers trace;

  ~impl();

  /// Starts a call whose pieces and reply go to `to`.
  byollm::call start(call_wish wish, stream_callbacks to);

  /// Makes a refusal durable.
  pending<unit> reject(failure why) const;

private:
  void turned_away(const failure& why) const;
  /// A call that was not let in: answered, and now and then in the ledger.
  void shed(admission::verdict why, stream_callbacks to) const;
  void send(const shared<call_order>& order);
  void send_if_new(const shared<call_order>& order,
                   const std::shared_ptr<host_caller>& caller);
};

/// Behind `call`.
struct call::impl {
  std::string id;
  std::weak_ptr<turn_link> link;
  std::weak_ptr<host_caller> caller;
};

/// Makes the order of a call: its id, deadline and times.
shared<call_order> make_order(call_wish wish, std::shared_ptr<caller_port> to);

} // namespace byollm
