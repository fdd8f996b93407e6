// SPDX-License-Identifier: Apache-2.0
// What the official clients ask, in their own dialects.
#include "app/clients/anthropic/parts.hpp"
#include "app/clients/openai/parts.hpp"
#include "app/clients/trouble.hpp"
#include "app/service/asking.hpp"
#include "app/service/client_voice.hpp"

#include <algorithm>

namespace byollm::service {

namespace {

clients::source source_of(const visit_ptr& v) {
  const auto& asked = v->at->asked();
  return {v->body, view(asked.body), asked.fields};
}

clients::call_facts facts_of(const parts& of, const visit_ptr& v) {
  return {v->id, {}, of.unix_ms() / 1'000, false};
}

void refuse(const visit_ptr& v, const failure& why) {
  v->at->reply(error_in(*v->in, why, v->id));
}

std::shared_ptr<client_voice> voice_of(const parts& of, const visit_ptr& v,
                                       std::vector<loss> losses,
                                       render_fn whole = {}) {
  return std::make_shared<client_voice>(*v->in, facts_of(of, v),
                                        std::move(losses), std::move(whole));
}

clients::call_view view_of(const visit_ptr& v, const open_turn& turn,
                           const std::optional<std::string>& model) {
  auto llm = turn.at.llm();
  return {v->id, turn.at.turn(), llm.provider(), model.value_or(llm.model()),
          llm.is_byollm()};
}

// The version is about Anthropic's own answers: to anybody else it says
// nothing, and that it was left out is no loss.
void leave_version_out(create_message_request& request,
                       const llm_accessor& llm) {
  if (!request.extra || (llm.provider() == "anthropic" && llm.is_byollm()))
    return;
  request.extra->headers.erase("anthropic-version");
  if (request.extra->headers.empty() && request.extra->fields_json.empty())
    request.extra.reset();
}

// -- models -------------------------------------------------------------------

using names = std::vector<std::string>;

void add_new(names& to, const std::string& name) {
  if (!name.empty() && std::ranges::find(to, name) == to.end())
    to.push_back(name);
}

// Custom servers need not have a list.
bool has_no_list(const failure& why) noexcept {
  using clients::trouble;
  auto what = clients::trouble_of(why.code);
  if (why.code == errc::no_provider)
    return false;
  return what == trouble::request || what == trouble::missing
         || what == trouble::model;
}

/// Calls `use` with the names that a call may say: ours for whoever answers,
/// the model that would, and where the admin lets callers name one, all that
/// the key may use.
void with_models(parts& of, const visit_ptr& v,
                 std::function<void(const names&)> use) {
  auto to = voice_of(of, v, {});
  with_turn(of, v, to, [v, use = std::move(use)](const open_turn_ptr& turn) {
    auto llm = turn->at.llm();
    names known{"byollm"};
    add_new(known, llm.model());
    auto is_answered = !llm.provider().empty();
    if (is_answered && (!llm.may_name_model() || !may_call(*turn, "")))
      return use(known);
    llm.models(trace_for(*v, *turn))
      .then([v, use, turn, known](expected<names> got) mutable {
        if (!got && !has_no_list(got.error()))
          return refuse(v, got.error());
        if (got)
          for (const auto& name : *got)
            add_new(known, name);
        use(known);
      });
  });
}

void answer(const visit_ptr& v, std::string body) {
  http::answer made{200, std::move(body)};
  made.headers = clients::id_headers(v->id);
  v->at->reply(std::move(made));
}

} // namespace

void answer_client(parts& of, const visit_ptr& v) {
  auto asked = v->in->read(source_of(v));
  if (!asked)
    return refuse(v, asked.error());
  auto& request = asked->request;
  request.id = v->id;
  request.id_is_new = true;
  auto facts = facts_of(of, v);
  facts.include_usage = asked->include_usage;
  auto to = std::make_shared<client_voice>(*v->in, std::move(facts),
                                           std::move(asked->losses));
  auto call = std::make_shared<clients::asked_message>(*std::move(asked));
  for_call(of, v, call->request.purpose, to,
           [v, call, to](const open_turn_ptr& turn) {
             join_trace(*v, *turn, call->request);
             to->asks(view_of(v, *turn, call->request.model));
             leave_version_out(call->request, turn->at.llm());
             auto start = call->stream ? ask_stream : ask_whole;
             start(turn, std::move(call->request), v->at, to);
           });
}

void count_for_client(parts& of, const visit_ptr& v) {
  auto asked = v->in->read(source_of(v));
  if (!asked)
    return refuse(v, asked.error());
  auto to = voice_of(of, v, std::move(asked->losses),
                     clients::anthropic::render_count);
  auto request
    = std::make_shared<create_message_request>(std::move(asked->request));
  request->id = v->id;
  request->id_is_new = true;
  for_call(of, v, request->purpose, to,
           [v, request, to](const open_turn_ptr& turn) {
             join_trace(*v, *turn, *request);
             to->asks(view_of(v, *turn, request->model));
             leave_version_out(*request, turn->at.llm());
             ask(turn, v->at, to, [&](const llm_accessor& llm, done_fn done) {
               return llm.count_tokens(std::move(*request), std::move(done));
             });
           });
}

void embed_for_client(parts& of, const visit_ptr& v) {
  auto asked = clients::openai::read_vectors(source_of(v));
  if (!asked)
    return refuse(v, asked.error());
  auto request = std::make_shared<embed_request>(std::move(asked->request));
  request->id = v->id;
  request->id_is_new = true;
  auto in_base64 = request->input.format == vector_format::base64;
  auto to = voice_of(of, v, std::move(asked->losses),
                     [in_base64](const message_reply& got) {
                       return clients::openai::render_vectors(got, in_base64);
                     });
  for_call(of, v, request->purpose, to,
           [v, request, to](const open_turn_ptr& turn) {
             request->trace = trace_for(*v, *turn);
             to->asks(view_of(v, *turn, request->model));
             ask(turn, v->at, to, [&](const llm_accessor& llm, done_fn done) {
               return llm.embed(std::move(*request), std::move(done));
             });
           });
}

void list_models(parts& of, const visit_ptr& v) {
  with_models(
    of, v, [v](const names& known) { answer(v, v->in->render_models(known)); });
}

void show_model(parts& of, const visit_ptr& v) {
  with_models(of, v, [v](const names& known) {
    auto is_known = v->argument == "default"
                    || std::ranges::find(known, v->argument) != known.end();
    if (is_known)
      answer(v, v->in->render_model(v->argument));
    else
      refuse(v, {errc::model_not_found, "there is no such model", "model"});
  });
}

} // namespace byollm::service
