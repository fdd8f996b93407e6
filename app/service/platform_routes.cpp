// SPDX-License-Identifier: Apache-2.0
// What the platform's panel asks: the operations of the CLI, by other names.
#include "app/owner/json.hpp"
#include "app/service/parts.hpp"
#include "app/service/query.hpp"
#include "app/service/read_call.hpp"
#include "app/service/render.hpp"
#include "app/service/run_operation.hpp"
#include "providers/catalog.hpp"

#include <chrono>

namespace byollm::service {

namespace {

using std::chrono::steady_clock;

std::string as_it_is(std::string result) {
  return result;
}

// The key itself never comes back; a panel shows that there is one.
std::string masked(std::string view) {
  auto has_key = view.find("\"has_key\":true") != std::string::npos;
  view.insert(1, has_key ? "\"configured\":true,\"api_key\":\"********\","
                         : "\"configured\":true,\"api_key\":null,");
  return view;
}

bool add_query(std::string& to, const visit_ptr& v) {
  auto query = parse_query(v->at->asked().query);
  if (!query) {
    v->at->reply(answer_of(query.error()));
    return false;
  }
  for (const auto& [name, value] : *query)
    add(to, name, value);
  return true;
}

// Without a user it is about the platform's LLM.
std::string whose(const visit_ptr& v) {
  auto query = parse_query(v->at->asked().query);
  auto has_user = query
                  && std::any_of(query->begin(), query->end(),
                                 [](auto& x) { return x.first == "user"; });
  return has_user ? "user" : "platform";
}

std::string test_summary(const std::string& result, bool of_tools,
                         steady_clock::time_point since) {
  rapidjson::Document test;
  test.Parse(result.c_str());
  auto ms = std::chrono::duration_cast<std::chrono::milliseconds>(
    steady_clock::now() - since);
  auto takes_tools = false;
  for (const auto& stage : test["stages"].GetArray())
    if (stage["stage"] == "tool_use")
      takes_tools = stage["verdict"] == "passed";
  return owner::json_text([&](owner::json_writer& to) {
    to.StartObject();
    owner::put_flag(to, "ok", of_tools ? takes_tools : test["ok"].GetBool());
    owner::put_flag(to, "tool_use_supported", takes_tools);
    owner::put_number(to, "latency_ms", static_cast<uint64_t>(ms.count()));
    to.Key("test");
    test.Accept(to);
    to.EndObject();
  });
}

void switch_for_admin(parts& of, const visit_ptr& v, bool disabled) {
  auto request = begin_operation("config.disable");
  request.append(",\"disabled\":").append(disabled ? "true" : "false");
  add(request, "actor", "service:" + v->token.name);
  run_operation(of, v, with_body(request, v), as_it_is);
}

void test_with(parts& of, const visit_ptr& v, bool of_tools) {
  auto request = begin_operation("config.test");
  add(request, "extension", "panel");
  run_operation(
    of, v, with_body(request, v),
    [of_tools, since = steady_clock::now()](const std::string& result) {
      return test_summary(result, of_tools, since);
    });
}

} // namespace

void show_config(parts& of, const visit_ptr& v) {
  auto request = begin_operation("config.show");
  add(request, "whose", whose(v));
  if (add_query(request, v))
    run_operation(of, v, request, masked);
}

void save_config(parts& of, const visit_ptr& v) {
  auto request = begin_operation("config.set");
  add(request, "actor", "service:" + v->token.name);
  run_operation(of, v, with_body(request, v), masked);
}

void remove_config(parts& of, const visit_ptr& v) {
  auto request = begin_operation("config.rm");
  add(request, "whose", whose(v));
  add(request, "actor", "service:" + v->token.name);
  if (add_query(request, v))
    run_operation(of, v, request, as_it_is);
}

void disable_config(parts& of, const visit_ptr& v) {
  switch_for_admin(of, v, true);
}

void enable_config(parts& of, const visit_ptr& v) {
  switch_for_admin(of, v, false);
}

void show_rules(parts& of, const visit_ptr& v) {
  run_operation(of, v, begin_operation("rules.show"), as_it_is);
}

void set_rules(parts& of, const visit_ptr& v) {
  auto request = begin_operation("rules.set");
  add(request, "actor", "service:" + v->token.name);
  run_operation(of, v, with_body(request, v), as_it_is);
}

void list_providers(parts&, const visit_ptr& v) {
  auto table = make_provider_table();
  v->at->reply({200, owner::json_text([&table](owner::json_writer& to) {
                  to.StartArray();
                  for (const auto& known : *table) {
                    to.StartObject();
                    owner::put(to, "provider", known.name);
                    owner::put(to, "base_url", known.default_base_url);
                    owner::put_flag(to, "requires_key", known.requires_key);
                    owner::put_flag(to, "has_embeddings", known.has_embeddings);
                    to.EndObject();
                  }
                  to.EndArray();
                })});
}

void add_client_token(parts& of, const visit_ptr& v) {
  auto request = begin_operation("client_token.add");
  add(request, "actor", "service:" + v->token.name);
  run_operation(of, v, with_body(request, v), as_it_is);
}

void list_client_tokens(parts& of, const visit_ptr& v) {
  auto request = begin_operation("client_token.list");
  if (add_query(request, v))
    run_operation(of, v, request, as_it_is);
}

void revoke_client_token(parts& of, const visit_ptr& v) {
  auto request = begin_operation("client_token.revoke");
  add(request, "id", v->argument);
  add(request, "actor", "service:" + v->token.name);
  run_operation(of, v, request, as_it_is);
}

void revoke_client_tokens(parts& of, const visit_ptr& v) {
  auto request = begin_operation("client_token.revoke_all");
  add(request, "actor", "service:" + v->token.name);
  if (add_query(request, v))
    run_operation(of, v, request, as_it_is);
}

void list_users(parts& of, const visit_ptr& v) {
  auto request = begin_operation("config.list");
  if (add_query(request, v))
    run_operation(of, v, request, as_it_is);
}

void test_config(parts& of, const visit_ptr& v) {
  test_with(of, v, false);
}

void test_tools(parts& of, const visit_ptr& v) {
  test_with(of, v, true);
}

// Nothing is remembered longer than the store says: there is nothing to forget.
void invalidate(parts&, const visit_ptr& v) {
  v->at->reply({200, "{\"ok\":true}"});
}

void show_usage(parts& of, const visit_ptr& v) {
  auto query = parse_query(v->at->asked().query);
  if (!query)
    return v->at->reply(answer_of(query.error()));
  auto request = begin_operation("usage");
  if (!v->argument.empty())
    add(request, "user", v->argument);
  for (const auto& [name, value] : *query) {
    if (name != "date") {
      add(request, name, value);
      continue;
    }
    add(request, "first_day", value);
    add(request, "last_day", value);
  }
  run_operation(of, v, request, as_it_is);
}

void list_audit(parts& of, const visit_ptr& v) {
  auto query = parse_query(v->at->asked().query);
  if (!query)
    return v->at->reply(answer_of(query.error()));
  auto request = begin_operation("ledger.list");
  for (const auto& [name, value] : *query) {
    auto is_number = name == "from_seq" || name == "limit"
                     || name == "from_unix_ms" || name == "to_unix_ms";
    auto is_flag = name == "newest_first";
    auto is_plain
      = (is_number && !value.empty() && value.size() < 20
         && value.find_first_not_of("0123456789") == std::string::npos)
        || (is_flag && (value == "true" || value == "false"));
    if (is_plain)
      request.append(",\"").append(name).append("\":").append(value);
    else
      add(request, name, value);
  }
  run_operation(of, v, request, as_it_is);
}

} // namespace byollm::service
