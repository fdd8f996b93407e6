// SPDX-License-Identifier: Apache-2.0
// A host that is made to be killed: `callers` threads make one chat turn after
// the other and tell each acknowledged result on descriptor 3.
//   kill_host DIRECTORY URL TURNS [PREFIX]   TURNS 0: only open, recover, stop
#include "app/byollm.hpp"

#include <atomic>
#include <cstdio>
#include <cstdlib>
#include <dlfcn.h>
#include <string>
#include <thread>
#include <unistd.h>
#include <vector>

namespace {

using namespace byollm;

constexpr int callers = 6;
constexpr int to_parent = 3;

void tell(const std::string& line) {
  auto whole = line + "\n";
  // One write: a line is told whole or not at all.
  if (::write(to_parent, whole.data(), whole.size())
      != static_cast<ssize_t>(whole.size()))
    std::exit(4);
}

bool configure(const runtime& rt, const std::string& url) {
  auto admin = rt.admin();
  llm_settings llm{.provider = "openai",
                   .model = "some-model",
                   .base_url = url,
                   .key = "a-key-of-nobody"};
  return admin.allow_origin("acme", url, true, "host").get()
         && admin.allow_origin("", url, true, "host").get()
         && admin.set_user_llm("acme", "ada", llm, "ada").get()
         && admin.set_platform_llm(llm, "host").get();
}

void arm() {
  if (auto* shim = ::dlsym(RTLD_DEFAULT, "kill_shim_arm"))
    reinterpret_cast<void (*)()>(shim)();
}

// One chat turn with one call. The upstream finds the call's name in its text.
void take_turn(const runtime& rt, const std::string& name, bool own) {
  turn_request turn;
  turn.tenant = "acme";
  turn.user = own ? "ada" : "bob";
  turn.extension = "notes";
  auto opened = rt.open_turn(turn).get();
  if (!opened)
    return tell("error " + name + " "
                + std::string{to_string(opened.error().code)});
  create_message_request request;
  request.id = name;
  request.messages = {{role::user, {text_block{"call:" + name + ";"}}}};
  auto reply = opened->llm().create_message(std::move(request)).get();
  tell(reply
         ? "reply " + name
         : "error " + name + " " + std::string{to_string(reply.error().code)});
}

// A change, told once it is durable; a removal cuts the write-ahead log.
void change_something(const runtime& rt, const std::string& name,
                      const std::string& url) {
  auto admin = rt.admin();
  llm_settings llm{.provider = "openai",
                   .model = "some-model",
                   .base_url = url,
                   .key = "another-key-of-nobody"};
  if (admin.set_user_llm("acme", name, llm, name).get())
    tell("set " + name);
  if (admin.remove_user_llm("acme", name, name).get())
    tell("removed " + name);
}

} // namespace

int main(int argc, char** argv) {
  if (argc < 4)
    return 2;
  const std::string url = argv[2];
  const auto turns = std::atoi(argv[3]);
  const std::string prefix = argc > 4 ? argv[4] : "";
  auto rt = runtime::start({.data_directory = argv[1], .loops = 2});
  if (!rt) {
    std::fprintf(stderr, "%s\n", describe(rt.error()).c_str());
    return 1;
  }
  if (turns > 0 && !configure(**rt, url))
    return 3;
  tell("ready");
  arm();
  std::atomic<int> next{0};
  std::vector<std::thread> threads;
  for (int i = 0; turns > 0 && i < callers; ++i)
    threads.emplace_back([&] {
      for (auto n = next++; n < turns; n = next++) {
        auto name = prefix + std::to_string(n);
        if (n % 16 == 15)
          change_something(**rt, "user-" + name, url);
        take_turn(**rt, name, n % 2 == 0);
      }
    });
  for (auto& each : threads)
    each.join();
  auto stopped = (*rt)->stop(std::chrono::seconds{30});
  rt = failure{};
  tell("stopped");
  return stopped && *stopped ? 0 : 5;
}
