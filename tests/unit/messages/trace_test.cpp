// SPDX-License-Identifier: Apache-2.0
// Goal: a trace that breaks W3C's recommendation is ignored, one that keeps to
// it is read. Method: the recommendation's own examples and what is a byte off.
#include "messages/chat.hpp"
#include "messages/limits.hpp"
#include "messages/trace.hpp"

#include <catch2/catch.hpp>

#include <set>

using namespace byollm;

namespace {

const std::string trace_id = "4bf92f3577b34da6a3ce929d0e0e4736";
const std::string span_id = "00f067aa0ba902b7";
const std::string good = "00-" + trace_id + '-' + span_id + "-01";

} // namespace

TEST_CASE("a sound traceparent is read", "[trace]") {
  auto read = parse_traceparent(good);
  REQUIRE(read);
  CHECK(*read == trace_context{trace_id, span_id, 1});
  CHECK(read->is_sampled());
  CHECK(to_traceparent(*read) == good);
  auto unsampled = parse_traceparent("00-" + trace_id + '-' + span_id + "-fe");
  REQUIRE(unsampled);
  CHECK_FALSE(unsampled->is_sampled());
  CHECK(unsampled->flags == 0xfe);
}

TEST_CASE("of a later version what is known counts", "[trace]") {
  auto later = "cc" + good.substr(2);
  CHECK(parse_traceparent(later));
  CHECK(parse_traceparent(later + "-what-the-future-adds"));
  CHECK_FALSE(parse_traceparent(later + ".what"));
}

TEST_CASE("a malformed traceparent is none", "[trace]") {
  auto zeros = [](size_t count) { return std::string(count, '0'); };
  auto upper = good;
  upper[4] = 'B';
  for (const auto& text :
       {std::string{}, std::string{"00"}, good.substr(0, 54), good + "-",
        good + "-01", good + ' ', ' ' + good, "ff" + good.substr(2),
        "0x" + good.substr(2), upper, "00-" + zeros(32) + '-' + span_id + "-01",
        "00-" + trace_id + '-' + zeros(16) + "-01",
        "00-" + trace_id + '-' + span_id + "-0g",
        "00_" + trace_id + '-' + span_id + "-01",
        "00-" + trace_id + '_' + span_id + "-01",
        "00-" + trace_id + '-' + span_id + "_01",
        "00-" + trace_id.substr(1) + "g-" + span_id + "-01",
        // What two headers become.
        good + "," + good}) {
    INFO(text);
    CHECK_FALSE(parse_traceparent(text));
  }
}

TEST_CASE("a tracestate is a bounded list of members", "[trace]") {
  std::string most = "a=1";
  for (int i = 1; i < 32; ++i)
    most += ",k" + std::to_string(i) + "=v";
  for (const auto& text :
       {std::string{"rojo=00f067aa0ba902b7"}, std::string{"a=1, b=2 ,,c=3"},
        std::string{"fw529a3039@dt=FfAwLW/x;~"}, most}) {
    INFO(text);
    CHECK(is_tracestate(text));
  }
  for (const auto& text :
       {std::string{}, std::string{","}, std::string{"a"}, std::string{"=1"},
        std::string{"a="}, std::string{"A=1"}, std::string{"a=1=2"},
        std::string{"a=\x01"}, std::string{"a=\xc3\xa4"}, most + ",z=1",
        "a=" + std::string(257, 'x'),
        "a=" + std::string(limits::tracestate_bytes_max, 'x')}) {
    INFO(text);
    CHECK_FALSE(is_tracestate(text));
  }
}

TEST_CASE("a state goes with its parent", "[trace]") {
  CHECK(sound_trace({"00-x", "a=1"}).state.empty());
  auto kept = sound_trace({good, "a=1"});
  CHECK(kept.parent == good);
  CHECK(kept.state == "a=1");
  auto alone = sound_trace({good, "no state"});
  CHECK(alone.parent == good);
  CHECK(alone.state.empty());
}

TEST_CASE("a request's own trace goes before one in its extra headers",
          "[trace]") {
  create_message_request request;
  CHECK(trace_of(request).parent.empty());
  auto other = "00-" + trace_id + "-1111111111111111-00";
  request.extra = {"any", "", {{"traceparent", other}, {"tracestate", "a=1"}}};
  CHECK(trace_of(request).parent == other);
  CHECK(trace_of(request).state == "a=1");
  request.trace.parent = good;
  CHECK(trace_of(request).parent == good);
  CHECK(trace_of(request).state.empty());
}

TEST_CASE("a span's id follows from trace, call and attempt", "[trace]") {
  auto id = span_id_of(trace_id, "c", 1);
  CHECK(id == span_id_of(trace_id, "c", 1));
  std::set<std::string> seen;
  for (int call = 0; call < 1'000; ++call)
    for (uint32_t attempt = 0; attempt < 4; ++attempt)
      seen.insert(span_id_of(trace_id, std::to_string(call), attempt));
  CHECK(seen.size() == 4'000);
  CHECK(id != span_id_of(trace_id.substr(1) + '0', "c", 1));
  for (const auto& made : seen)
    CHECK(parse_traceparent("00-" + trace_id_of(made) + '-' + made + "-01"));
}
