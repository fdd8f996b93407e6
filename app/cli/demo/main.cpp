// SPDX-License-Identifier: Apache-2.0
// byollm-demo: drives chat turns through a runtime and reads back from the
// ledger who answered, with which parameters, on whose bill.
#include "app/cli/demo/platform.hpp"
#include "app/cli/demo/prompt.hpp"
#include "app/cli/demo/provider.hpp"
#include "app/cli/demo/report.hpp"
#include "app/cli/demo/scenes.hpp"
#include "app/cli/demo/standin.hpp"
#include "app/cli/options.hpp"
#include "app/process/terminal.hpp"

#include "messages/limits.hpp"

#include <CLI/CLI.hpp>

#include <iostream>

namespace byollm::demo {

namespace {

struct arguments {
  std::filesystem::path data_directory = ".state/demo";
  provider_choice own = {};
};

expected<llm_settings> own_settings(const arguments& args,
                                    const std::string& standin_url) {
  if (args.own.is_real())
    return real_settings(args.own);
  llm_settings out;
  out.provider = "anthropic";
  out.model = "standin-own";
  out.base_url = standin_url;
  out.key = throwaway_key("ada-");
  return out;
}

void print_opening(const arguments& args, const std::string& standin_url) {
  std::cout << bold("BYOLLM demo") << "\n  data directory  "
            << std::filesystem::absolute(args.data_directory).string()
            << "\n  stand-in LLM    " << standin_url
            << ": our own little program over real HTTP; no model thinks in "
               "it\n  platform's LLM  that stand-in, in OpenAI's dialect\n"
               "  ada's own LLM   ";
  if (args.own.is_real())
    std::cout << "REAL: " << args.own.provider << ' ' << args.own.model
              << ", on your key\n";
  else
    std::cout << "the stand-in, in Anthropic's dialect, with her own key\n";
  std::cout << std::flush;
}

status play_all(const runtime& rt, std::vector<std::string>& turns) {
  auto number = 0;
  for (auto& scene : make_scenes()) {
    std::cout << '\n'
              << bold(std::to_string(++number) + "  " + scene.title) << "\n   "
              << dim(scene.user + "> ")
              << std::get<text_block>(
                   scene.request.messages.front().content.front())
                   .text
              << "\n   " << dim("llm> ");
    auto turn = play(rt, scene.user, std::move(scene.request));
    if (!turn)
      return std::move(turn).error();
    if (auto told = print_turn(rt, *turn); !told)
      return told;
    turns.push_back(*std::move(turn));
  }
  return unit{};
}

status perform(const runtime& rt, const arguments& args,
               const std::string& standin_url, llm_settings own) {
  if (auto ready = prepare(rt, standin_url, std::move(own)); !ready)
    return ready;
  std::vector<std::string> turns;
  if (auto played = play_all(rt, turns); !played)
    return played;
  std::cout << '\n' << bold("The ledger's rows of these turns") << '\n';
  if (auto printed = print_ledger(rt, turns); !printed)
    return printed;
  std::cout << "\nBeside this, in another terminal: byollm --data-dir "
            << args.data_directory.string()
            << " --tenant demo --user ada chat hello\n";
  if (stdin_is_terminal())
    chat(rt);
  return unit{};
}

status demo(const arguments& args) {
  // First of all, so that no child process ever sees a key in its environment.
  auto real = args.own.is_real() ? own_settings(args, "")
                                 : expected<llm_settings>{llm_settings{}};
  if (!real)
    return std::move(real).error();
  auto llm = standin::start(standin_program());
  if (!llm)
    return std::move(llm).error();
  auto own
    = args.own.is_real() ? std::move(real) : own_settings(args, (*llm)->url());
  print_opening(args, (*llm)->url());
  std::error_code ec;
  std::filesystem::create_directories(
    std::filesystem::absolute(args.data_directory).parent_path(), ec);
  runtime_options how;
  how.data_directory = args.data_directory;
  how.owner_socket = true;
  how.log = make_log(log_level::warning, log_format::human);
  auto started = runtime::start(std::move(how));
  if (!started)
    return std::move(started).error();
  auto done = perform(**started, args, (*llm)->url(), *std::move(own));
  auto stopped = (*started)->stop(limits::stop_deadline);
  if (done && !stopped)
    return std::move(stopped).error();
  return done;
}

int parse_and_run(int argc, char** argv) {
  CLI::App app{"Shows chat turns end to end: a user's own LLM, the platform's, "
               "the cascade, the ledger.",
               "byollm-demo"};
  arguments args;
  app.add_option("--data-dir", args.data_directory, "Default .state/demo");
  auto provider
    = app
        .add_option("--provider", args.own.provider,
                    "Ada's LLM for real: anthropic (ANTHROPIC_API_KEY), "
                    "openai (OPENAI_API_KEY) or ollama (running)")
        ->check(CLI::IsMember({"anthropic", "openai", "ollama"}));
  app.add_option("--model", args.own.model, "Its model")->needs(provider);
  app.add_option("--base-url", args.own.base_url, "Its URL, if not the usual")
    ->needs(provider);
  app.footer("Without arguments everything runs against a stand-in LLM.");
  try {
    app.parse(argc, argv);
  } catch (const CLI::ParseError& error) {
    return app.exit(error) == 0 ? cli::exit_ok : cli::exit_usage;
  }
  if (auto done = demo(args); !done) {
    std::cout << std::flush;
    std::cerr << "byollm-demo: " << printable(describe(done.error())) << '\n';
    return cli::exit_failure;
  }
  return cli::exit_ok;
}

} // namespace

} // namespace byollm::demo

int main(int argc, char** argv) {
  try {
    return byollm::demo::parse_and_run(argc, argv);
  } catch (const std::exception& error) {
    std::cerr << "byollm-demo: " << error.what() << '\n';
    return byollm::cli::exit_failure;
  }
}
