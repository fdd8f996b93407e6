// SPDX-License-Identifier: Apache-2.0
// A host that says everything that the API tells it, but the words of answers:
// a sink for the canary's scanner. Arguments: data directory, URL, provider;
// the key comes on stdin.
#include "app/byollm.hpp"

#include <future>
#include <iostream>
#include <iterator>
#include <mutex>

using namespace byollm;

namespace {

void say(const failure& why) {
  std::cout << "failure " << describe(why) << '|' << why.detail << '|'
            << why.parameter << '|' << why.provider_code << '|'
            << why.provider_request_id << '\n';
}

void say(const message_reply& reply) {
  std::cout << "reply " << reply.provider << '|' << reply.model << '|'
            << reply.provider_request_id << '|' << reply.fallback_from << '|'
            << to_string(reply.stop) << '|' << reply.call << '\n';
  for (const auto& block : reply.content)
    if (auto* use = std::get_if<tool_use_block>(&block))
      std::cout << "tool " << use->id << '|' << use->name << '\n';
  for (const auto& from : reply.params)
    std::cout << "param " << from.value_json << '|' << from.reason << '\n';
}

void say(const std::vector<std::string>& names) {
  for (const auto& name : names)
    std::cout << "model " << name << '\n';
}

void say(const llm_test& test) {
  for (const auto& stage : test.stages) {
    std::cout << to_string(stage.verdict) << '|' << stage.text << '\n';
    say(stage.why);
  }
}

template <class T>
void say_either(const expected<T>& got) {
  if (got)
    say(*got);
  else
    say(got.error());
}

create_message_request hello() {
  create_message_request out;
  out.messages = {{role::user, {text_block{"hi"}}}};
  return out;
}

void stream(const context& turn) {
  std::promise<void> ended;
  turn.llm().stream(hello(), {[](const delta& piece) {
                                if (piece.what == delta::kind::tool_start)
                                  std::cout << "tool " << piece.tool_id << '|'
                                            << piece.tool_name << '\n';
                                return flow::more;
                              },
                              [&](expected<message_reply> reply) {
                                say_either(reply);
                                ended.set_value();
                              }});
  ended.get_future().wait();
}

int run(const char* directory, const std::string& url, const char* provider) {
  std::string key{std::istreambuf_iterator<char>{std::cin}, {}};
  runtime_options options;
  options.data_directory = directory;
  std::mutex mutex;
  options.log = [&](log_level, std::string_view text, const log_fields& more) {
    std::lock_guard guard{mutex};
    std::cerr << text;
    for (const auto& [name, value] : more)
      std::cerr << ' ' << name << '=' << value;
    std::cerr << '\n';
  };
  auto started = runtime::start(std::move(options));
  if (!started)
    return say(started.error()), 1;
  auto& rt = **started;
  auto admin = rt.admin();
  if (!admin.allow_origin("t", url, true, "host").get())
    return 1;
  llm_settings settings{provider, "m", url, std::move(key)};
  if (auto set = admin.set_user_llm("t", "u", std::move(settings), "u").get();
      !set)
    return say(set.error()), 1;
  auto opened = rt.open_turn({"t", "u", "canary"}).get();
  if (!opened)
    return say(opened.error()), 1;
  say_either(opened->llm().create_message(hello()).get());
  stream(*opened);
  say_either(opened->llm().models().get());
  say_either(admin.test_user_llm("t", "u", "canary").get());
  say_either(admin.user_models("t", "u", "canary").get());
  auto stats = rt.stats();
  std::cout << stats.checkpoint << stats.ledger_records << '\n';
  for (const auto& problem : stats.problems)
    say(problem.why);
  return 0;
}

} // namespace

int main(int argc, char** argv) {
  return argc == 4 ? run(argv[1], argv[2], argv[3]) : 2;
}
