// SPDX-License-Identifier: Apache-2.0
// Goal: a caller that reads slowly slows the upstream, and nothing grows in
// between. Method: an upstream that would send without end, a sink that says
// stop; what the kernel takes from the upstream must come to rest.
#include "messages/limits.hpp"
#include "messages/shared_room.hpp"
#include "tests/net/net_fixture.hpp"

#include <catch2/catch.hpp>

#include <thread>

using namespace byollm;
using namespace byollm::test;

namespace {

struct pressure_fixture : net_fixture {
  sink_ptr flood() {
    serve({upstream_script{}
             .expect()
             .send(chunked_head())
             .flood(chunk(std::string(16'000, 'x')), 4'000)
             .send(chunk("[END]") + "0\r\n\r\n")});
    return call(streaming);
  }
};

} // namespace

TEST_CASE_METHOD(pressure_fixture, "a paused sink stops the upstream",
                 "[net]") {
  auto sink = flood();
  sink->at_delta = [&] { sink->is_ready = false; };
  until([&] { return sink->resume != nullptr; });
  // The kernel's buffers fill, then nothing more moves.
  settle();
  auto held = sink->text.size();
  auto sent = upstream->sent_bytes();
  settle();
  CHECK(upstream->sent_bytes() == sent);
  CHECK(sent < 32u << 20);
  CHECK(sink->text.size() == held);
  CHECK(held <= limits::read_buffer_bytes);
  // Each leave to go on is good for one read, no more.
  for (int i = 0; i < 5; ++i) {
    auto before = sink->text.size();
    auto resume = std::exchange(sink->resume, nullptr);
    sink->is_ready = true;
    resume();
    until([&] { return sink->resume != nullptr; });
    CHECK(sink->text.size() - before <= limits::read_buffer_bytes);
  }
}

TEST_CASE_METHOD(pressure_fixture, "time stands still for a paused call",
                 "[net]") {
  auto sink = flood();
  sink->at_delta = [&] { sink->is_ready = false; };
  until([&] { return sink->resume != nullptr; });
  clock.advance(limits::stream_idle_timeout * 3);
  settle();
  CHECK_FALSE(sink->is_done());
  SECTION("but not beyond its deadline") {
    clock.advance(600s);
    CHECK(sink->is_done());
    CHECK(sink->code() == errc::total_timeout);
  }
  SECTION("and goes on with its answer") {
    sink->at_delta = nullptr;
    sink->is_ready = true;
    sink->resume();
    until_done(sink);
    CHECK(sink->code() == errc::none);
    CHECK(sink->text.size() == 16'000u * 4'000u + 5u);
  }
}

TEST_CASE_METHOD(pressure_fixture, "leave to go on may come from any thread",
                 "[net]") {
  auto sink = flood();
  sink->at_delta = [&] { sink->is_ready = false; };
  until([&] { return sink->resume != nullptr; });
  sink->at_delta = nullptr;
  sink->is_ready = true;
  std::thread{sink->resume}.join();
  until_done(sink);
  CHECK(sink->code() == errc::none);
}

TEST_CASE_METHOD(pressure_fixture, "leave that was not meant pauses again",
                 "[net]") {
  auto sink = flood();
  sink->at_delta = [&] { sink->is_ready = false; };
  until([&] { return sink->resume != nullptr; });
  auto held = sink->text.size();
  auto resume = std::exchange(sink->resume, nullptr);
  resume();
  resume();
  until([&] { return sink->resume != nullptr; });
  settle();
  CHECK(sink->text.size() == held);
}

TEST_CASE_METHOD(pressure_fixture, "a whole answer is not held back", "[net]") {
  serve({upstream_script{}.expect().send(chunked_head() + chunk("hi [END]")
                                         + "0\r\n\r\n")});
  auto sink = call(streaming);
  sink->is_ready = false;
  until_done(sink);
  CHECK(sink->code() == errc::none);
}

TEST_CASE_METHOD(net_fixture, "answers under way share a room", "[net]") {
  options.in_flight_max = 3;
  options.answers = std::make_shared<shared_room>(4 * limits::answer_room_step);
  auto half = upstream_script{}.expect().send(
    chunked_head() + chunk(std::string(2 * limits::answer_room_step, 'x')));
  auto whole = half;
  serve({half, half, whole.send(chunk("[END]") + "0\r\n\r\n")});
  auto first = call(streaming);
  until([&] { return first->text.size() == 2 * limits::answer_room_step; });
  auto second = call(streaming);
  until_done(second);
  CHECK(second->code() == errc::answer_too_large);
  CHECK(second->outcome.why.parameter == "answers_bytes_max");
  CHECK_FALSE(first->is_done());
  port->close({errc::stopping});
  CHECK(first->is_done());
  first.reset();
  open_port();
  auto third = call(streaming);
  until_done(third);
  CHECK(third->code() == errc::none);
}
