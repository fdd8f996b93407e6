// SPDX-License-Identifier: Apache-2.0
#include "app/service/client_voice.hpp"

namespace byollm::service {

namespace {

http::answer answer_with(clients::told_failure told, const failure& why,
                         std::string_view id) {
  http::answer made{told.status, std::move(told.body)};
  made.said.emplace_back("error", to_string(why.code));
  made.headers = clients::id_headers(id);
  for (auto& field : clients::retry_headers(why, told.status))
    made.headers.push_back(std::move(field));
  made.turns_away = why.code == errc::overloaded;
  return made;
}

} // namespace

http::answer error_in(const clients::dialect& in, const failure& why,
                      std::string_view id) {
  return answer_with(in.render(why, id), why, id);
}

http::answer refused_in(const clients::dialect& in, int status,
                        std::string_view why, std::string_view id) {
  failure known{status == 503 ? errc::overloaded : errc::invalid_request};
  return answer_with(in.render_refusal(status, why, id), known, id);
}

client_voice::client_voice(const clients::dialect& in,
                           clients::call_facts facts, std::vector<loss> losses,
                           render_fn whole)
    : in_(in),
      facts_(std::move(facts)),
      losses_(std::move(losses)),
      render_(std::move(whole)) {
  // nop
}

void client_voice::asks(clients::call_view of) {
  asked_ = std::move(of);
  facts_.model = asked_.model;
}

http::answer client_voice::whole(const message_reply& got) {
  http::answer made{200, render_ ? render_(got) : in_.render(got, facts_)};
  made.headers = facts_of(got);
  return made;
}

clients::header_list client_voice::facts_of(const message_reply& got) const {
  auto losses = losses_;
  in_.note_unsaid(got, losses);
  return clients::answer_headers(got, losses);
}

http::answer client_voice::error(const failure& why) {
  auto made = error_in(in_, why, facts_.call);
  // Nobody was asked.
  if (asked_.turn.empty())
    return made;
  for (auto& [name, value] : clients::asked_headers(asked_))
    if (name.starts_with("x-byollm-"))
      made.headers.emplace_back(name, std::move(value));
  return made;
}

http::answer client_voice::head() {
  stream_ = in_.stream(facts_);
  return {200, {}, "text/event-stream", clients::asked_headers(asked_)};
}

std::string client_voice::piece(const delta& what) {
  return stream_->piece(what);
}

// What the head could not tell yet, clients skip and people see.
std::string client_voice::end(const message_reply& got) {
  return clients::as_comments(facts_of(got)) + stream_->end(got);
}

std::string client_voice::broken(const failure& why) {
  return stream_->fail(why);
}

} // namespace byollm::service
