// SPDX-License-Identifier: Apache-2.0
#include "tests/load/boundary.hpp"
#include "tests/load/thin_client.hpp"

#include <rapidjson/document.h>

#include <thread>

namespace byollm::load {

namespace {

using clock = std::chrono::steady_clock;

std::string make_body(const far_side& at, const user& who,
                      const turn_shape& shape) {
  return R"({"tenant":")" + who.tenant.str() + R"(","user":")" + who.id.str()
         + R"(","extension":")" + at.extension
         + R"(","function":"ask","arguments":{"calls":)"
         + std::to_string(shape.calls_per_turn) + R"(,"message_bytes":)"
         + std::to_string(shape.message_bytes) + "}}";
}

const rapidjson::Value* member(const rapidjson::Value* of, const char* name) {
  if (!of || !of->IsObject())
    return nullptr;
  auto found = of->FindMember(name);
  return found == of->MemberEnd() ? nullptr : &found->value;
}

/// Returns what the worker says of its calls; nothing if it is no such answer.
std::optional<std::vector<uint32_t>> read_calls(const std::string& body) {
  rapidjson::Document parsed;
  parsed.Parse(body.data(), body.size());
  if (parsed.HasParseError())
    return std::nullopt;
  auto told = member(member(member(&parsed, "result"), "data"), "call_ns");
  if (!told || !told->IsArray())
    return std::nullopt;
  std::vector<uint32_t> result;
  for (const auto& each : told->GetArray())
    result.push_back(static_cast<uint32_t>(
      std::min<uint64_t>(each.IsUint64() ? each.GetUint64() : 0, UINT32_MAX)));
  return result;
}

void take_turns(const far_side& at, const std::vector<user>& users,
                const turn_shape& shape, stretch_book& book) {
  pin(at.cores);
  thin_client peer{at.socket, at.host_token};
  while (auto number = book.draw()) {
    auto body = make_body(at, users[*number % users.size()], shape);
    auto began = clock::now();
    auto got = peer.post("/v1/turns", body);
    std::chrono::nanoseconds took = clock::now() - began;
    if (!got)
      return book.fail(got.error());
    auto calls = read_calls(got->body);
    if (got->status != 200 || !calls)
      return book.fail({errc::unavailable, got->body});
    auto turn_ns = std::min<int64_t>(took.count(), UINT32_MAX);
    book.turn_ended(static_cast<uint32_t>(turn_ns), *calls);
    std::this_thread::sleep_for(shape.think_time);
  }
}

double cpu_of(const worker_processes& workers) {
  std::chrono::microseconds sum{0};
  for (const auto& each : workers)
    sum += each->cpu();
  return static_cast<double>(sum.count());
}

} // namespace

expected<stretch> run_there(const far_side& at, const std::vector<user>& users,
                            const turn_shape& shape) {
  stretch_book book{shape.turns, shape.calls_per_turn};
  auto workers_before = cpu_of(*at.workers);
  auto daemon_before = at.daemon->cpu();
  auto began = usage_now();
  std::vector<std::thread> host;
  for (size_t i = 0; i < shape.concurrency; ++i)
    host.emplace_back([&, delay = shape.delay_of(i)] {
      std::this_thread::sleep_for(delay);
      take_turns(at, users, shape, book);
    });
  for (auto& each : host)
    each.join();
  span took{began, usage_now()};
  auto daemon_after = at.daemon->cpu();
  auto made = book.result();
  if (!made)
    return made;
  made->seconds = took.seconds;
  made->cpu_us = static_cast<double>((daemon_after - daemon_before).count());
  made->host_cpu_us = took.cpu_us;
  made->workers_cpu_us = cpu_of(*at.workers) - workers_before;
  return made;
}

} // namespace byollm::load
