// SPDX-License-Identifier: Apache-2.0
#include "tests/e2e/faults/fault.hpp"

namespace byollm::test {

namespace {

using wire::trouble;

upstream_script asked() {
  return upstream_script{}.expect();
}

/// Where a stream's reader has its first piece.
std::string begun(tongue in) {
  return wire::chunked_head_of(in, true)
         + chunk(wire::opening(in) + wire::says(in, own_piece));
}

/// Half of a whole answer, announced as a whole one.
std::string half(tongue in) {
  auto body = wire::whole(in, own_text);
  return wire::head_of(in, body.size()) + body.substr(0, body.size() / 2);
}

/// Ends a call in the midst of an answer: who had a piece of it keeps that, and
/// nobody is asked again. `otherwise` is what the ledger says of a whole
/// answer.
verdict torn(bool stream, errc error, call_status otherwise) {
  verdict made{.fails = {.error = error, .http_status = 200}};
  made.fails.status = stream ? call_status::partial : otherwise;
  made.seen = stream ? own_piece : "";
  return made;
}

// -- before an answer ---------------------------------------------------------

fault refused_connection() {
  return {"connection refused", [](tongue, bool) -> std::optional<scene> {
            return scene{{},
                         {.fails = {.error = errc::connect_failed,
                                    .status = call_status::failed,
                                    .sent = certainty::no},
                          .times = 3,
                          .moves_on = true}};
          }};
}

fault reset_before_an_answer() {
  return {"reset before an answer", [](tongue, bool) -> std::optional<scene> {
            return scene{{asked().reset()},
                         {.fails = {.error = errc::connection_lost,
                                    .status = call_status::unknown,
                                    .sent = certainty::maybe},
                          .times = 2,
                          .moves_on = true}};
          }};
}

/// A whole answer's first byte is its end: only the deadline says that it is
/// late, and leaves no time for anybody else.
fault silence() {
  return {"silence: no first byte in time",
          [](tongue, bool stream) -> std::optional<scene> {
            scene made{{asked()},
                       {.fails = {.error = stream ? errc::first_byte_timeout
                                                  : errc::total_timeout,
                                  .status = call_status::unknown,
                                  .sent = certainty::maybe},
                        .moves_on = stream}};
            made.is_urgent = !stream;
            return made;
          },
          true};
}

fault slow_first_token() {
  fault made{"slow first token", {}};
  made.play = [](tongue in, bool stream) -> std::optional<scene> {
    auto script = asked();
    if (stream)
      script.send(wire::chunked_head_of(in, true)
                  + (wire::life(in).empty() ? "" : chunk(wire::life(in))));
    script.wait(go_on);
    if (stream)
      script.send(chunk(wire::opening(in) + wire::says(in, own_text)
                        + wire::closing(in) + wire::marker(in))
                  + wire::last_chunk());
    else
      script.send(wire::response(in, 200, wire::whole(in, own_text)));
    return scene{{script.close()}, {.times = 0, .recovers = true}};
  };
  made.needs_patience = true;
  return made;
}

// -- in an answer -------------------------------------------------------------

fault cut() {
  return {"connection cut in mid-answer",
          [](tongue in, bool stream) -> std::optional<scene> {
            return scene{{asked().send(stream ? begun(in) : half(in)).cut()},
                         torn(stream, errc::truncated, call_status::failed)};
          }};
}

fault stall() {
  return {"stall in mid-answer",
          [](tongue in, bool stream) -> std::optional<scene> {
            return scene{
              {asked().send(stream ? begun(in) : half(in))},
              torn(stream, errc::idle_timeout, call_status::unknown)};
          },
          true};
}

fault malformed_chunk() {
  return {"malformed chunk (HTTP)",
          [](tongue in, bool stream) -> std::optional<scene> {
            auto before = stream ? begun(in)
                                 : wire::chunked_head_of(in, false)
                                     + chunk(wire::whole(in, own_text));
            return scene{{asked().send(before + "no size\r\n").close()},
                         torn(stream, errc::protocol, call_status::failed)};
          }};
}

fault malformed_json() {
  return {"malformed JSON", [](tongue in, bool stream) -> std::optional<scene> {
            const auto* broken = R"({"content":[})";
            auto line = in == tongue::ollama
                          ? std::string{broken} + "\n"
                          : "data: " + std::string{broken} + "\n\n";
            auto sent = stream ? begun(in) + chunk(line) + wire::last_chunk()
                               : wire::response(in, 200, broken);
            return scene{{asked().send(sent).close()},
                         torn(stream, errc::protocol, call_status::failed)};
          }};
}

/// All that was to be said, but not that it is all. A whole answer's end is
/// that of its JSON, which Ollama marks besides.
fault no_end_marker() {
  return {"end marker missing, clean end",
          [](tongue in, bool stream) -> std::optional<scene> {
            auto bare = in == tongue::ollama;
            if (!stream && !bare)
              return std::nullopt;
            auto sent = stream
                          ? begun(in) + (bare ? "" : chunk(wire::closing(in)))
                              + wire::last_chunk()
                          : wire::response(in, 200, wire::says(in, own_text));
            return scene{{asked().send(sent).close()},
                         torn(stream, errc::truncated, call_status::failed)};
          }};
}

/// HTTP says that this is all, and it is half.
fault clean_end() {
  return {"clean end in mid-answer",
          [](tongue in, bool stream) -> std::optional<scene> {
            auto body = wire::whole(in, own_text);
            auto sent
              = stream
                  ? begun(in) + wire::last_chunk()
                  : wire::response(in, 200, body.substr(0, body.size() / 2));
            return scene{{asked().send(sent).close()},
                         torn(stream, stream ? errc::truncated : errc::protocol,
                              call_status::failed)};
          }};
}

// -- errors inside a 200 ------------------------------------------------------

/// Anthropic's is the one that a 529 would have.
verdict told(tongue in, size_t times, bool moves_on) {
  verdict made{.times = times, .moves_on = moves_on};
  made.fails = {.error = errc::provider_fault,
                .http_status = 200,
                .status = call_status::failed};
  if (in == tongue::anthropic) {
    made.fails.error = errc::provider_overloaded;
    made.fails.provider_code = "overloaded_error";
    made.fails.status = call_status::rejected;
  } else if (in == tongue::openai) {
    made.fails.provider_code = "server_error";
  }
  return made;
}

trouble trouble_of(tongue in) {
  return in == tongue::anthropic ? trouble{"overloaded_error"}
                                 : trouble{"server_error"};
}

/// Nothing was generated: as the same error with its status.
fault error_first() {
  return {
    "error first in a 200", [](tongue in, bool stream) -> std::optional<scene> {
      auto what = trouble_of(in);
      auto sent = stream ? wire::chunked_head_of(in, true)
                             + chunk(wire::error_event(in, what))
                             + wire::last_chunk()
                         : wire::response(in, 200, wire::error_body(in, what));
      return scene{{asked().send(sent).close()}, told(in, 3, true)};
    }};
}

fault error_in_the_middle() {
  return {"error in mid-stream",
          [](tongue in, bool stream) -> std::optional<scene> {
            if (!stream)
              return std::nullopt;
            auto shall = told(in, 1, false);
            shall.fails.status = call_status::partial;
            shall.seen = own_piece;
            auto sent = begun(in) + chunk(wire::error_event(in, trouble_of(in)))
                        + wire::last_chunk();
            return scene{{asked().send(sent).close()}, shall};
          }};
}

} // namespace

std::vector<fault> breaks() {
  return {refused_connection(),
          reset_before_an_answer(),
          silence(),
          slow_first_token(),
          cut(),
          stall(),
          malformed_chunk(),
          malformed_json(),
          no_end_marker(),
          clean_end(),
          error_first(),
          error_in_the_middle()};
}

std::vector<fault> all_faults() {
  auto all = breaks();
  for (auto& one : refusals())
    all.push_back(std::move(one));
  return all;
}

} // namespace byollm::test
