// SPDX-License-Identifier: Apache-2.0
#include "app/service/asking.hpp"

#include "app/late_call.hpp"

#include <algorithm>
#include <utility>

namespace byollm::service {

namespace {

// A client's program has no turn: each of its calls is one.
void open_for_call(parts& of, const visit_ptr& v, const voice_ptr& to,
                   use_turn_fn use) {
  const auto& grant = v->grant;
  turn_request turn{grant.tenant, grant.user, grant.extension, grant.origin};
  turn.place = std::move(v->place);
  of.of.open_turn(std::move(turn))
    .then([v, to, use = std::move(use)](expected<context> opened) {
      if (opened)
        use(std::make_shared<open_turn>(*std::move(opened), v->grant));
      else
        v->at->reply(to->error(opened.error()));
    });
}

// A refused call is in the ledger, too; the answer follows its row.
void refuse(const open_turn_ptr& turn, const http::exchange_ptr& at,
            const voice_ptr& to, const failure& why) {
  turn->at.reject(why).then([at, to, why](const expected<unit>& done) {
    at->reply(to->error(done ? why : done.error()));
  });
}

// What an access log tells of a call.
void note_asked(http::exchange& at, const open_turn& turn) {
  at.note("turn", turn.at.turn());
  at.note("provider", turn.at.llm().provider());
}

void note_end(http::exchange& at, const expected<message_reply>& got) {
  if (!got)
    return at.note("error", to_string(got.error().code));
  auto is_users = got->billing == billing_class::byollm;
  at.note("call", got->call);
  at.note("turn", got->turn);
  at.note("provider", got->provider);
  at.note("paid_by", is_users ? "user" : "platform");
}

// The stream's head goes out with its first piece: what fails before that is
// told by its status.
class stream_answer {
public:
  stream_answer(http::exchange_ptr at, voice_ptr to)
      : at_(std::move(at)), to_(std::move(to)) {
    // nop
  }

  bool piece(const delta& what) {
    begin();
    return at_->write(to_->piece(what));
  }

  void end(const expected<message_reply>& got) {
    note_end(*at_, got);
    if (!got && !has_begun_)
      return at_->reply(to_->error(got.error()));
    begin();
    at_->write(got ? to_->end(*got) : to_->broken(got.error()));
    at_->end_stream();
  }

private:
  void begin() {
    if (!std::exchange(has_begun_, true))
      at_->begin_stream(to_->head());
  }

  http::exchange_ptr at_;
  voice_ptr to_;
  bool has_begun_ = false;
};

std::shared_ptr<late_call> until_gone(const http::exchange_ptr& at) {
  auto running = std::make_shared<late_call>();
  at->on_gone([running] { running->cancel(); });
  return running;
}

} // namespace

void with_turn(parts& of, const visit_ptr& v, const voice_ptr& to,
               use_turn_fn use) {
  if (v->is_client)
    return open_for_call(of, v, to, std::move(use));
  of.turns.get(v->grant, [v, to, use = std::move(use)](
                           const expected<open_turn_ptr>& turn) {
    if (turn)
      use(*turn);
    else
      v->at->reply(to->error(turn.error()));
  });
}

trace_headers trace_for(const visit& v, const open_turn& turn) {
  const auto& of_turn = turn.at.trace();
  auto brought = parse_traceparent(v.at->asked().header("traceparent"));
  return brought || of_turn.parent.empty() ? v.trace : of_turn;
}

void join_trace(const visit& v, const open_turn& turn,
                create_message_request& request) {
  auto is_in_body = v.at->asked().header("traceparent").empty()
                    && !trace_of(request).parent.empty();
  if (!is_in_body)
    request.trace = trace_for(v, turn);
}

void note_whose(http::exchange& at, const turn_request& turn) {
  at.note("tenant", turn.tenant);
  at.note("user", turn.user);
  at.note("extension", turn.extension);
}

status may_call(open_turn& turn, const std::string& purpose) {
  const auto& grant = turn.grant;
  if (!grant.purposes.empty()
      && std::ranges::find(grant.purposes, purpose) == grant.purposes.end())
    return failure{errc::forbidden, "the token is for other purposes",
                   "purpose"};
  std::lock_guard guard{turn.mutex};
  if (grant.calls && turn.calls >= *grant.calls)
    return failure{errc::limit_exceeded,
                   "the token's number of calls is used up", "calls"};
  ++turn.calls;
  return unit{};
}

void for_call(parts& of, const visit_ptr& v, const std::string& purpose,
              const voice_ptr& to, use_turn_fn use) {
  // It has been read: a long prompt would be there twice for as long as its
  // answer takes.
  v->at->take_body();
  with_turn(of, v, to,
            [v, purpose, to, use = std::move(use)](const open_turn_ptr& turn) {
              if (auto may = may_call(*turn, purpose); may)
                use(turn);
              else
                refuse(turn, v->at, to, may.error());
            });
}

void ask(const open_turn_ptr& turn, const http::exchange_ptr& at,
         const voice_ptr& to, const start_fn& start) {
  note_asked(*at, *turn);
  auto running = until_gone(at);
  auto done = [at, turn, to](const expected<message_reply>& got) {
    note_end(*at, got);
    at->reply(got ? to->whole(*got) : to->error(got.error()));
  };
  running->set(start(turn->at.llm(), std::move(done)));
}

void ask_whole(const open_turn_ptr& turn, create_message_request request,
               const http::exchange_ptr& at, const voice_ptr& to) {
  ask(turn, at, to, [&](const llm_accessor& llm, done_fn done) {
    return llm.create_message(std::move(request), std::move(done));
  });
}

void ask_stream(const open_turn_ptr& turn, create_message_request request,
                const http::exchange_ptr& at, const voice_ptr& to) {
  note_asked(*at, *turn);
  auto running = until_gone(at);
  auto answer = std::make_shared<stream_answer>(at, to);
  stream_callbacks tell;
  tell.on_delta = [answer, at, running](const delta& piece) {
    if (answer->piece(piece))
      return flow::more;
    at->when_writable([running] { running->resume(); });
    return flow::pause;
  };
  tell.on_done
    = [answer, turn](const expected<message_reply>& got) { answer->end(got); };
  running->set(turn->at.llm().stream(std::move(request), std::move(tell)));
}

} // namespace byollm::service
