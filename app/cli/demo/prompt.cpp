// SPDX-License-Identifier: Apache-2.0
#include "app/cli/demo/prompt.hpp"

#include "app/cli/demo/report.hpp"
#include "app/cli/demo/scenes.hpp"

#include <iostream>
#include <map>

namespace byollm::demo {

namespace {

// Keeps the conversation only as far as it went well.
void one_turn(const runtime& rt, const std::string& user, std::string text,
              std::vector<chat_message>& history) {
  auto request = say(std::move(text));
  auto said = request.messages.front();
  request.messages = history;
  request.messages.push_back(said);
  message_reply reply;
  auto turn = play(rt, user, std::move(request), &reply);
  if (!turn) {
    std::cerr << "byollm: " << describe(turn.error()) << '\n';
    return;
  }
  history.push_back(std::move(said));
  history.push_back({role::assistant, std::move(reply.content)});
  if (auto told = print_turn(rt, *turn); !told)
    std::cerr << "byollm: " << describe(told.error()) << '\n';
}

} // namespace

void chat(const runtime& rt) {
  std::cout << "\nYour turn. /ada, /bob or /cleo says who you are; Ctrl-D "
               "ends.\n";
  std::string user = "ada";
  std::map<std::string, std::vector<chat_message>> histories;
  std::string line;
  while (std::cout << bold(user + "> ") << std::flush
         && std::getline(std::cin, line)) {
    if (line == "/ada" || line == "/bob" || line == "/cleo")
      user = line.substr(1);
    else if (line.starts_with('/'))
      std::cout << "/ada, /bob, /cleo; Ctrl-D ends\n";
    else if (!line.empty())
      one_turn(rt, user, line, histories[user]);
  }
  std::cout << '\n';
}

} // namespace byollm::demo
