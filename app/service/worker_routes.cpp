// SPDX-License-Identifier: Apache-2.0
// What workers ask: to be handed invocations, and to answer them.
#include "app/owner/fields.hpp"
#include "app/service/parts.hpp"
#include "app/service/read_call.hpp"
#include "app/service/render.hpp"
#include "app/service/shorten.hpp"
#include "messages/limits.hpp"

namespace byollm::service {

namespace {

// What a handler says of its failure is its own words, cut short.
failure handler_failure(const rapidjson::Value& from) {
  owner::fields in{from};
  auto type = in.text_or("type", "Error");
  auto message
    = ends_of(in.text_or("message", ""), limits::handler_error_bytes_max);
  if (message.empty())
    message = "the function failed";
  return {
    errc::handler_failed, std::move(message),
    std::string{beginning_of(type, limits::handler_error_type_bytes_max)}};
}

// "Not me" is no end of an invocation.
status take_error(parts& of, const visit& v, const rapidjson::Value& error) {
  auto why = handler_failure(error);
  auto leaves = why.parameter == "worker_stopping";
  if (leaves || why.parameter == "worker_busy")
    return of.hands.decline(v.argument, v.token.name, leaves);
  return of.hands.finish(v.argument, v.token.name, std::move(why));
}

} // namespace

void attach_worker(parts& of, const visit_ptr& v) {
  const auto& whose = v->token.extension;
  if (whose != "*" && whose != v->argument)
    return v->at->reply(
      answer_of({errc::forbidden, "the token is for the extension " + whose}));
  auto offer = read_offer(v->argument, v->body);
  if (!offer)
    return v->at->reply(answer_of(offer.error()));
  auto done = of.hands.attach(of.new_id(), *std::move(offer), v->token, v->at);
  if (!done)
    v->at->reply(answer_of(done.error()));
}

void end_invocation(parts& of, const visit_ptr& v) {
  auto result = v->body.FindMember("result");
  auto error = v->body.FindMember("error");
  auto has_result = result != v->body.MemberEnd();
  auto has_error = error != v->body.MemberEnd();
  if (has_result == has_error || (has_error && !error->value.IsObject()))
    return v->at->reply(answer_of(
      {errc::invalid_request, "an invocation ends with a result or an error"}));
  auto taken = has_result ? of.hands.finish(v->argument, v->token.name,
                                            text_of(result->value))
                          : take_error(of, *v, error->value);
  if (taken)
    v->at->reply({204});
  else
    v->at->reply(answer_of(taken.error()));
}

} // namespace byollm::service
