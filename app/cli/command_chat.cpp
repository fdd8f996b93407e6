// SPDX-License-Identifier: Apache-2.0
#include "app/cli/commands.hpp"
#include "app/cli/link.hpp"
#include "app/cli/parameter_options.hpp"
#include "app/cli/print.hpp"
#include "app/process/terminal.hpp"

#include "messages/limits.hpp"

#include <iostream>
#include <memory>

namespace byollm::cli {

namespace {

struct chat_arguments {
  std::vector<std::string> words = {};
  std::string system = {};
  std::string purpose = {};
  std::string model = {};
  std::string turn = {};
  bool whole = false;
  uint64_t timeout_s = 0;
  parameters params = {};
};

// The message: the words of the command line, else all of stdin.
expected<std::string> message_of(const chat_arguments& args) {
  std::string out;
  for (const auto& word : args.words)
    out += (out.empty() ? "" : " ") + word;
  if (!out.empty())
    return out;
  if (stdin_is_terminal())
    std::cerr << "byollm: type your message, then Ctrl-D\n";
  char chunk[4096];
  while (std::cin.read(chunk, sizeof(chunk)) || std::cin.gcount() > 0) {
    out.append(chunk, static_cast<size_t>(std::cin.gcount()));
    if (out.size() > limits::owner_request_bytes_max / 2)
      return failure{errc::limit_exceeded, "the message is too long",
                     "message"};
  }
  while (!out.empty() && (out.back() == '\n' || out.back() == '\r'))
    out.pop_back();
  if (out.empty())
    return failure{errc::invalid_request, "there is no message", "message"};
  return out;
}

// Prints text as it comes; remembers whether the last byte ended a line.
class text_printer {
public:
  void operator()(const rapidjson::Value& piece) {
    if (text_of(piece, "kind") != "text")
      return;
    const auto& text = piece["text"];
    std::cout << for_stdout({text.GetString(), text.GetStringLength()})
              << std::flush;
    if (text.GetStringLength() > 0)
      open_line_ = text.GetString()[text.GetStringLength() - 1] != '\n';
  }

  void end_line() {
    if (open_line_)
      std::cout << std::endl;
    open_line_ = false;
  }

private:
  bool open_line_ = false;
};

void print_footer(const rapidjson::Value& reply) {
  auto own = flag_of(reply, "is_byollm");
  std::cerr << "-- " << text_of(reply, "provider") << ' '
            << text_of(reply, "model") << ", "
            << (own ? "your own LLM (costs the platform 0)"
                    : "the platform's LLM, on the platform's bill");
  if (auto from = text_of(reply, "fallback_from"); !from.empty())
    std::cerr << ", because your " << from << " failed";
  std::cerr << "\n-- " << params_line(reply["params"]) << "\n-- turn "
            << text_of(reply, "turn") << ", stopped: " << text_of(reply, "stop")
            << '\n';
}

int chat(const options& opts, const chat_arguments& args) {
  auto message = message_of(args);
  if (!message)
    return report(opts, message.error());
  request what{"chat"};
  what.who(opts)
    .text("message", *message)
    .text_if("system", args.system)
    .text_if("purpose", args.purpose)
    .text_if("model", args.model)
    .text_if("turn", args.turn)
    .params("params", args.params)
    .flag("stream", !args.whole);
  if (args.timeout_s > 0)
    what.number("timeout_ms", args.timeout_s * 1'000);
  text_printer printer;
  auto streamed = !opts.json && !args.whole;
  auto end = run(opts, what, streamed ? delta_fn{std::ref(printer)} : nullptr);
  printer.end_line();
  if (!end.ok)
    return report(opts, end);
  if (opts.json) {
    print_json(std::cout, end.value);
    return exit_ok;
  }
  if (args.whole) {
    const auto& text = end.value["text"];
    std::cout << for_stdout({text.GetString(), text.GetStringLength()}) << '\n';
  }
  std::cout.flush();
  print_footer(end.value);
  return exit_ok;
}

} // namespace

void add_chat(CLI::App& app, chosen_command& chosen) {
  auto args = std::make_shared<chat_arguments>();
  auto sub = app.add_subcommand("chat", "Ask; the answer streams to stdout");
  sub->add_option("MESSAGE", args->words, "What to say; without it, stdin");
  sub->add_option("--system", args->system, "System prompt");
  sub->add_option("--purpose", args->purpose,
                  "Use the admin's parameters of this purpose");
  sub->add_option("--model", args->model,
                  "Another model of the provider, where policy allows it");
  sub->add_option("--turn", args->turn, "Name the chat turn");
  sub->add_option("--timeout", args->timeout_s, "Seconds for the whole call");
  sub->add_flag("--no-stream", args->whole,
                "Print the answer when it is whole");
  add_parameter_options(*sub, args->params);
  sub->footer(
    "Who answered, the parameters and the bill go to stderr.\n"
    "  byollm chat hello there\n"
    "  byollm chat --purpose chain_narrator --temperature 0.9 < story\n"
    "  byollm --json chat hello | jq .usage");
  sub->callback([&chosen, args] {
    chosen = [args](const options& opts) { return chat(opts, *args); };
  });
}

} // namespace byollm::cli
