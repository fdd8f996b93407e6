// SPDX-License-Identifier: Apache-2.0
// Operations that ask for an answer, or for the plan of one.
#include "app/owner/json.hpp"
#include "app/owner/table.hpp"

#include "messages/limits.hpp"

#include <chrono>

namespace byollm::owner {

namespace {

create_message_request read_request(fields& in) {
  create_message_request out;
  out.system = in.text_or("system", "");
  out.messages = in.conversation();
  out.params = in.params("params");
  out.purpose = in.text_or("purpose", "");
  out.model = in.maybe_text("model");
  out.id = in.text_or("call", "");
  if (auto given = in.number("timeout_ms")) {
    auto most = std::chrono::milliseconds{limits::call_timeout_max};
    auto bounded = std::min<uint64_t>(*given, uint64_t(most.count()));
    out.timeout = std::chrono::milliseconds{static_cast<int64_t>(bounded)};
  }
  return out;
}

// The turn ends when the last copy of `turn` is gone: the callbacks keep one.
void ask(context turn, create_message_request request, bool stream,
         const operation_ptr& as) {
  auto llm = turn.llm();
  auto done = [as, turn](expected<message_reply> got) {
    answer(as, got, [](const message_reply& x) { return render(x); });
  };
  if (!stream)
    return as->runs(llm.create_message(std::move(request), std::move(done)));
  stream_callbacks to;
  to.on_delta = [as](const delta& piece) { return as->piece(piece); };
  to.on_done = std::move(done);
  as->runs(llm.stream(std::move(request), std::move(to)));
}

detached chat_turn(turn_request turn, create_message_request request,
                   bool stream, operation_ptr as) {
  auto opening = as->of().open_turn(std::move(turn));
  auto opened = co_await opening;
  if (opened)
    ask(std::move(*opened), std::move(request), stream, as);
  else
    as->fail(opened.error());
}

detached explain(turn_request turn, std::string purpose, parameters per_call,
                 operation_ptr as) {
  auto asked = as->of().admin().explain(std::move(turn), std::move(purpose),
                                        std::move(per_call));
  answer(as, co_await asked, [](const explanation& x) { return render(x); });
}

} // namespace

void chat(fields& in, operation_ptr as) {
  auto turn = read_turn(in);
  auto request = read_request(in);
  auto stream = in.flag("stream");
  if (!refused(in, as))
    chat_turn(std::move(turn), std::move(request), stream, std::move(as));
}

void resolve(fields& in, operation_ptr as) {
  auto turn = read_turn(in);
  auto purpose = in.text_or("purpose", "");
  auto per_call = in.params("params");
  if (!refused(in, as))
    explain(std::move(turn), std::move(purpose), std::move(per_call),
            std::move(as));
}

} // namespace byollm::owner
