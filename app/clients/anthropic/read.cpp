// SPDX-License-Identifier: Apache-2.0
#include "app/clients/anthropic/parts.hpp"
#include "app/clients/wishes.hpp"

namespace byollm::clients::anthropic {

namespace {

void read_params(members& in, parameters& to) {
  to.temperature = in.number("temperature");
  to.top_p = in.number("top_p");
  to.max_tokens = in.integer("max_tokens");
  if (in.array("stop_sequences"))
    to.stop_sequences = in.texts("stop_sequences");
  check_params(in, to, "stop_sequences");
}

void read_metadata(members& in, const source& from, asked_message& to) {
  std::string purpose;
  if (auto found = in.object("metadata")) {
    members one{*found, "metadata"};
    purpose = one.text_or("purpose", "");
    if (auto user = one.text("user_id"))
      to.request.metadata.emplace("user_id", *std::move(user));
    note_rest(one, to.losses);
    in.take_problem(one);
  }
  to.request.purpose = purpose_of(from, std::move(purpose));
}

// A conversation that is kept at the provider belongs to one key there, and
// who answers here may change. The official client then sends all of it.
void refuse_threads(members& in) {
  if (in.find("thread"))
    in.refuse({errc::unsupported, "conversations are sent whole", "thread"});
}

} // namespace

expected<asked_message> read(const source& from) {
  members in{from.body};
  asked_message made;
  auto& to = made.request;
  refuse_threads(in);
  to.model = read_model(in);
  read_messages(in, made);
  read_params(in, to.params);
  read_tools(in, made);
  read_output(in, made);
  read_metadata(in, from, made);
  made.stream = in.flag("stream");
  read_extra(in, from, "anthropic", {}, to);
  if (in.problem())
    return *in.problem();
  return made;
}

} // namespace byollm::clients::anthropic
