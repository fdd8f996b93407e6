// SPDX-License-Identifier: Apache-2.0
#include "app/cli/demo/scenes.hpp"

#include "app/cli/demo/platform.hpp"
#include "app/process/terminal.hpp"

#include <future>
#include <iostream>
#include <memory>

namespace byollm::demo {

namespace {

// Prints pieces on the loop thread: a terminal is fast enough for one person,
// and this is where a host would hand the piece to its own client.
flow print_piece(const delta& piece) {
  if (piece.what == delta::kind::text)
    std::cout << for_stdout(piece.text) << std::flush;
  return flow::more;
}

} // namespace

create_message_request say(std::string text) {
  create_message_request out;
  out.messages = {{role::user, {text_block{std::move(text)}}}};
  return out;
}

std::vector<scene> make_scenes() {
  std::vector<scene> out;
  out.push_back({"ada brings her own LLM; the answer streams", "ada",
                 say("Say hello in one sentence.")});
  out.push_back({"bob brings none: the platform's LLM answers", "bob",
                 say("Say hello in one sentence.")});
  auto narrated = say("Narrate one step of a chain.");
  narrated.purpose = "chain_narrator";
  out.push_back({"ada again, for a purpose the admin tuned", "ada", narrated});
  narrated.params.temperature = 0.9;
  out.push_back(
    {"bob, same purpose, but he asks for temperature 0.9", "bob", narrated});
  auto greedy = say("Write as much as you like.");
  greedy.params.max_tokens = 100'000;
  out.push_back({"bob asks for 100,000 tokens; the admin's ceiling is 4,000",
                 "bob", std::move(greedy)});
  out.push_back({"cleo has a local Ollama, without any key", "cleo",
                 say("Who pays for this answer?")});
  return out;
}

expected<std::string> play(const runtime& rt, const std::string& user,
                           create_message_request request,
                           message_reply* reply) {
  turn_request turn;
  turn.tenant = tenant;
  turn.user = user;
  turn.extension = "demo";
  auto opened = rt.open_turn(std::move(turn)).get();
  if (!opened)
    return opened.error();
  // Shared: `get` may return while the loop thread is still in `set_value`.
  auto ended = std::make_shared<std::promise<expected<message_reply>>>();
  auto answer = ended->get_future();
  stream_callbacks to;
  to.on_delta = print_piece;
  to.on_done
    = [ended](expected<message_reply> x) { ended->set_value(std::move(x)); };
  opened->llm().stream(std::move(request), std::move(to));
  auto got = answer.get();
  std::cout << std::endl;
  if (!got)
    return got.error();
  if (reply)
    *reply = *std::move(got);
  return opened->turn();
}

} // namespace byollm::demo
