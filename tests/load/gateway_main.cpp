// SPDX-License-Identifier: Apache-2.0
// byollm-gateway-load: asks a gateway in OpenAI's dialect, by the clock whether
// or not it keeps up (`open`), or for many streams at a time (`streams`).
// gateway.py starts it, and what it asks.
#include "tests/load/gateway_client.hpp"
#include "tests/load/measure.hpp"

#include <CLI/CLI.hpp>

#include <algorithm>
#include <charconv>
#include <cstdio>
#include <map>

namespace {

using namespace byollm::load;
using clock = gateway_client::clock;
using std::chrono::duration;
using std::chrono::microseconds;

struct arguments {
  uint16_t port = 0;
  std::vector<std::string> tokens = {""};
  double seconds = 5;
  double warm_up = 1;
  // open
  double rate = 1'000;
  size_t connections = 512;
  bool streams = false;
  std::string cold_token = {};
  double cold_rate = 0;
  // streams
  size_t many = 1'000;
};

uint32_t ns_between(clock::time_point from, clock::time_point to) {
  auto ns = std::chrono::nanoseconds{to - from}.count();
  return static_cast<uint32_t>(std::clamp<int64_t>(ns, 0, UINT32_MAX));
}

double us(std::vector<uint32_t>& samples, double share) {
  return percentile(samples, share) / 1e3;
}

// -- open loop ----------------------------------------------------------------

/// Requests of one token that come by the clock.
class flow {
public:
  flow(poller& at, const arguments& args,
       const std::vector<std::string>& tokens, double rate)
      : at_(at), rate_(rate) {
    for (size_t i = 0; rate > 0 && i < args.connections; ++i)
      clients_.push_back(std::make_unique<gateway_client>(
        args.port, chat_request(tokens[i % tokens.size()], args.streams)));
    for (auto& each : clients_) {
      each->owner = this;
      free_.push_back(each.get());
    }
  }

  /// Sends what is due. Without a connection that is free it waits, and the
  /// time that it waits is part of what its answer took.
  void send_due(clock::time_point start, clock::time_point now) {
    if (rate_ <= 0)
      return;
    // The first is due at once.
    auto passed = duration<double>(now - start).count();
    auto due = static_cast<uint64_t>(passed * rate_) + 1;
    for (; sent_ < due && !free_.empty(); ++sent_) {
      auto* client = free_.back();
      free_.pop_back();
      client->due = start
                    + std::chrono::duration_cast<clock::duration>(
                      duration<double>(static_cast<double>(sent_) / rate_));
      client->sent = now;
      if (client->send())
        at_.watch(*client);
      else
        ended(*client, now, 0);
    }
    behind_ = std::max(behind_, due - sent_);
  }

  void ended(gateway_client& client, clock::time_point now, int status) {
    free_.push_back(&client);
    if (!is_counted)
      return;
    ++answers_[status];
    if (status == 200)
      good_.push_back(ns_between(client.due, now));
    else
      refused_.push_back(ns_between(client.sent, now));
  }

  void print(const char* name, double seconds) {
    std::printf("%s offered=%.0f good=%.0f", name, rate_,
                static_cast<double>(good_.size()) / seconds);
    for (auto [status, count] : answers_)
      std::printf(" s%d=%.0f", status, static_cast<double>(count) / seconds);
    std::printf(" good_p50_us=%.0f good_p99_us=%.0f refused_p50_us=%.0f "
                "refused_p99_us=%.0f behind=%llu\n",
                us(good_, 0.5), us(good_, 0.99), us(refused_, 0.5),
                us(refused_, 0.99), static_cast<unsigned long long>(behind_));
  }

  bool is_counted = false;

private:
  poller& at_;
  double rate_;
  std::vector<std::unique_ptr<gateway_client>> clients_;
  std::vector<gateway_client*> free_;
  uint64_t sent_ = 0;
  uint64_t behind_ = 0;
  std::map<int, uint64_t> answers_;
  std::vector<uint32_t> good_;
  std::vector<uint32_t> refused_;
};

void run_open(const arguments& args) {
  poller at;
  flow hot{at, args, args.tokens, args.rate};
  flow cold{at, args, {args.cold_token}, args.cold_rate};
  auto start = clock::now();
  auto counts_from = start
                     + std::chrono::duration_cast<clock::duration>(
                       duration<double>(args.warm_up));
  auto end = counts_from
             + std::chrono::duration_cast<clock::duration>(
               duration<double>(args.seconds));
  auto before = usage_now();
  for (auto now = start; now < end; now = clock::now()) {
    if (!hot.is_counted && now >= counts_from) {
      hot.is_counted = cold.is_counted = true;
      before = usage_now();
    }
    cold.send_due(start, now);
    hot.send_due(start, now);
    at.wait(microseconds{50}, [&](gateway_client& client) {
      if (!client.read())
        return;
      static_cast<flow*>(client.owner)
        ->ended(client, clock::now(), client.status());
    });
  }
  span took{before, usage_now()};
  hot.print("hot", took.seconds);
  if (args.cold_rate > 0)
    cold.print("cold", took.seconds);
  std::printf("client cpu_share=%.2f\n", took.cpu_us / 1e6 / took.seconds);
}

// -- streams ------------------------------------------------------------------

class stream_watch {
public:
  void look(std::string_view news) {
    auto now = clock::now();
    constexpr size_t digits = 19;
    for (auto at = news.find('@');
         at != std::string_view::npos && at + digits < news.size();
         at = news.find('@', at + 1)) {
      int64_t ns = 0;
      auto from = news.data() + at + 1;
      auto [stop, error] = std::from_chars(from, from + digits, ns);
      if (error != std::errc{} || stop != from + digits)
        continue;
      delays.push_back(
        ns_between(clock::time_point{std::chrono::nanoseconds{ns}}, now));
    }
  }

  std::vector<uint32_t> delays;
};

void run_streams(const arguments& args) {
  poller at;
  stream_watch watch;
  std::vector<std::unique_ptr<gateway_client>> all;
  size_t lost = 0;
  auto begin = [&](gateway_client& client) {
    if (client.send())
      at.watch(client);
    else
      ++lost;
  };
  auto start = clock::now();
  auto counts_from = start
                     + std::chrono::duration_cast<clock::duration>(
                       duration<double>(args.warm_up));
  auto end = counts_from
             + std::chrono::duration_cast<clock::duration>(
               duration<double>(args.seconds));
  auto before = usage_now();
  auto is_counted = false;
  for (auto now = start; now < end; now = clock::now()) {
    if (!is_counted && now >= counts_from) {
      is_counted = true;
      watch.delays.clear();
      before = usage_now();
    }
    // Spread over the first half second.
    auto due = std::min<size_t>(
      args.many, static_cast<size_t>(duration<double>(now - start).count() * 2
                                     * static_cast<double>(args.many)));
    while (all.size() < due) {
      all.push_back(std::make_unique<gateway_client>(
        args.port,
        chat_request(args.tokens[all.size() % args.tokens.size()], true)));
      begin(*all.back());
    }
    at.wait(microseconds{1'000}, [&](gateway_client& client) {
      auto is_over = client.read();
      watch.look(client.news());
      if (!is_over)
        return;
      lost += client.status() != 200;
      begin(client);
    });
  }
  span took{before, usage_now()};
  std::printf("streams=%zu chunks=%.0f delay_p50_us=%.0f delay_p99_us=%.0f "
              "lost=%zu cpu_share=%.2f\n",
              args.many, took.rate(watch.delays.size()), us(watch.delays, 0.5),
              us(watch.delays, 0.99), lost, took.cpu_us / 1e6 / took.seconds);
}

} // namespace

int main(int argc, char** argv) {
  CLI::App app{"Asks a gateway on loopback.", "byollm-gateway-load"};
  arguments args;
  app.require_subcommand(1);
  app.add_option("--port", args.port, "Where it listens")->required();
  app.add_option("--token", args.tokens, "What opens it; by turns")
    ->delimiter(',');
  app.add_option("--seconds", args.seconds, "That are counted");
  app.add_option("--warm-up", args.warm_up, "Seconds before");
  auto open = app.add_subcommand("open", "So many requests a second");
  open->add_option("--rate", args.rate, "Requests a second");
  open->add_option("--connections", args.connections, "At most");
  open->add_flag("--stream", args.streams, "Ask for streams");
  open->add_option("--cold-token", args.cold_token, "Of somebody else");
  open->add_option("--cold-rate", args.cold_rate, "Their requests a second");
  auto streams = app.add_subcommand("streams", "Streams at a time");
  streams->add_option("--streams", args.many, "So many");
  CLI11_PARSE(app, argc, argv);
  if (*open)
    run_open(args);
  else
    run_streams(args);
}
