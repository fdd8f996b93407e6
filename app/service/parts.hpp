// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "app/clients/dialect.hpp"
#include "app/http/exchange.hpp"
#include "app/pages/guard.hpp"
#include "app/pages/person_gate.hpp"
#include "app/pages/session_book.hpp"
#include "app/service/open_turns.hpp"
#include "app/service/request_watch.hpp"
#include "app/service/workers.hpp"

#include <rapidjson/document.h>

#include <atomic>
#include <chrono>
#include <functional>
#include <memory>
#include <string>

namespace byollm::service {

/// What all routes share. Outlives the server that calls them, and is outlived
/// by nothing that the runtime still runs.
struct parts {
  /// Runs `task` later on a loop; the result takes that back.
  using after_fn = std::function<std::function<void()>(
    std::chrono::milliseconds delay, std::function<void()> task)>;

  const runtime& of;
  open_turns turns;
  workers hands;
  after_fn after = {};
  std::function<std::string()> new_id = {};
  std::function<int64_t()> unix_ms = {};
  /// New turns, calls and workers are refused.
  std::atomic<bool> is_stopping = false;
  pages::live_site site = {};
  pages::session_book sessions = pages::session_book{};
  pages::person_gate people = pages::person_gate{};
  /// Null: nobody.
  request_watch* watch = nullptr;
  /// Returns all metrics as text; empty: there are none.
  std::function<std::string()> metrics = {};
};

/// One request with a route of its own.
struct visit {
  http::exchange_ptr at;
  /// What stands in the path's `{}`.
  std::string argument = {};
  /// With a call token; with a client token what that grants, and `is_client`.
  call_grant grant = {};
  /// Each call is a chat turn of its own.
  bool is_client = false;
  /// For the call of such a one.
  call_place_ptr place = {};
  /// With a service token.
  service_token_view token = {};
  /// Of who is logged in, and their place while an operation is under way.
  pages::session session = {};
  pages::person_gate::place_ptr seat = {};
  /// Of a request with a body, an object.
  rapidjson::Document body = {};
  /// What the client speaks; null: as docs/service.md says. Then `id` names
  /// the request, and its call.
  const clients::dialect* in = nullptr;
  std::string id = {};
  /// What its calls are part of.
  trace_headers trace = {};
};

using visit_ptr = std::shared_ptr<visit>;

// The routes of docs/service.md. Each answers its visit once, now or later.
void show_llm(parts& of, const visit_ptr& v);
void end_llm(parts& of, const visit_ptr& v);
void create_message(parts& of, const visit_ptr& v);
void count_tokens(parts& of, const visit_ptr& v);
void embed(parts& of, const visit_ptr& v);
void answer_client(parts& of, const visit_ptr& v);
void count_for_client(parts& of, const visit_ptr& v);
void embed_for_client(parts& of, const visit_ptr& v);
void list_models(parts& of, const visit_ptr& v);
void show_model(parts& of, const visit_ptr& v);
void write_log(parts& of, const visit_ptr& v);
void attach_worker(parts& of, const visit_ptr& v);
void end_invocation(parts& of, const visit_ptr& v);
void run_turn(parts& of, const visit_ptr& v);
void list_extensions(parts& of, const visit_ptr& v);
void mint_token(parts& of, const visit_ptr& v);
void add_client_token(parts& of, const visit_ptr& v);
void list_client_tokens(parts& of, const visit_ptr& v);
void revoke_client_token(parts& of, const visit_ptr& v);
void revoke_client_tokens(parts& of, const visit_ptr& v);
void list_users(parts& of, const visit_ptr& v);
void complete(parts& of, const visit_ptr& v);
void show_config(parts& of, const visit_ptr& v);
void save_config(parts& of, const visit_ptr& v);
void remove_config(parts& of, const visit_ptr& v);
void disable_config(parts& of, const visit_ptr& v);
void enable_config(parts& of, const visit_ptr& v);
void show_rules(parts& of, const visit_ptr& v);
void set_rules(parts& of, const visit_ptr& v);
void list_providers(parts& of, const visit_ptr& v);
void show_usage(parts& of, const visit_ptr& v);
void test_config(parts& of, const visit_ptr& v);
void test_tools(parts& of, const visit_ptr& v);
void invalidate(parts& of, const visit_ptr& v);
void list_audit(parts& of, const visit_ptr& v);
void make_login(parts& of, const visit_ptr& v);
void show_login(parts& of, const visit_ptr& v);
void log_in(parts& of, const visit_ptr& v);
void log_out(parts& of, const visit_ptr& v);
void show_session(parts& of, const visit_ptr& v);
void show_login_page(parts& of, const visit_ptr& v);
void show_settings_page(parts& of, const visit_ptr& v);
void show_admin_page(parts& of, const visit_ptr& v);
void show_page_file(parts& of, const visit_ptr& v);
void run_page_operation(parts& of, const visit_ptr& v);
void export_ledger(parts& of, const visit_ptr& v);
void show_metrics(parts& of, const visit_ptr& v);
void tell_live(parts& of, const visit_ptr& v);
void tell_ready(parts& of, const visit_ptr& v);

/// Returns the answer that carries metrics.
http::answer metrics_answer(std::string text);

} // namespace byollm::service
