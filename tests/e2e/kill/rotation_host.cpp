// SPDX-License-Identifier: Apache-2.0
// A host whose master key is rotated while its users chat. Each user has a key
// of their own, and each request says which one it should come with, so that
// the upstream can tell.
//   rotation_host DIRECTORY URL USERS setup    store the keys
//   rotation_host DIRECTORY URL USERS rotate   rotate under load, retire
//   rotation_host DIRECTORY URL USERS check    one turn of each user
// Tells what it did on descriptor 3.
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

constexpr int to_parent = 3;
constexpr int callers = 4;

void tell(const std::string& line) {
  auto whole = line + "\n";
  if (::write(to_parent, whole.data(), whole.size())
      != static_cast<ssize_t>(whole.size()))
    std::exit(4);
}

void arm() {
  if (auto* shim = ::dlsym(RTLD_DEFAULT, "kill_shim_arm"))
    reinterpret_cast<void (*)()>(shim)();
}

class host {
public:
  host(const runtime& rt, std::string url, int users)
      : rt_(rt), url_(std::move(url)), users_(users) {
    // nop
  }

  bool store_key(int user, int version) const {
    llm_settings llm{.provider = "openai",
                     .model = "some-model",
                     .base_url = url_,
                     .key = key_name(user, version)};
    auto name = std::to_string(user);
    return bool{rt_.admin().set_user_llm("acme", name, llm, name).get()};
  }

  bool set_up() const {
    auto allowed = rt_.admin().allow_origin("acme", url_, true, "host").get();
    for (int user = 0; allowed && user < users_; ++user)
      if (!store_key(user, 1))
        return false;
    return bool{allowed};
  }

  // A turn of a user, which the upstream takes only with that very key.
  bool take_turn(int user, int version) const {
    turn_request turn;
    turn.tenant = "acme";
    turn.user = std::to_string(user);
    turn.extension = "notes";
    auto opened = rt_.open_turn(turn).get();
    if (!opened)
      return failed(user, opened.error());
    if (!opened->llm().is_byollm())
      return failed(user, {errc::config_changed});
    create_message_request request;
    request.messages
      = {{role::user, {text_block{"key:" + key_name(user, version) + ";"}}}};
    auto reply = opened->llm().create_message(std::move(request)).get();
    return reply ? true : failed(user, reply.error());
  }

  // The last tenth of the users change their key once, and use it at once.
  void chat_until(const std::atomic<bool>& done, int caller) const {
    auto first_changing = users_ - users_ / 10;
    for (auto user = caller; !done; user += callers)
      take_turn(user % first_changing, 1);
  }

  void change_until(const std::atomic<bool>& done) const {
    for (auto user = users_ - users_ / 10; user < users_ && !done; ++user)
      if (store_key(user, 2)) {
        tell("changed " + std::to_string(user));
        take_turn(user, 2);
      }
  }

  // Rotates to the end and retires the key before.
  bool rotate() const {
    auto step = rt_.admin().rotate_master_key("host").get();
    while (step && step->left > 0) {
      tell("wrapped " + std::to_string(step->rewrapped) + " left "
           + std::to_string(step->left) + " unreadable "
           + std::to_string(step->unreadable));
      step = rt_.admin().follow_rotation(step->version).get();
    }
    if (step)
      return retire(step->version - 1);
    tell("rotation failed " + describe(step.error()));
    return false;
  }

  bool rotate_under_load() const {
    std::atomic<bool> done{false};
    std::vector<std::thread> threads;
    for (int i = 0; i < callers; ++i)
      threads.emplace_back([&, i] { chat_until(done, i); });
    threads.emplace_back([&] { change_until(done); });
    auto rotated = rotate();
    done = true;
    for (auto& each : threads)
      each.join();
    return rotated;
  }

  // `changed` users have their second key.
  bool check(const std::vector<int>& versions) const {
    auto all = true;
    for (int user = 0; user < users_; ++user)
      all = take_turn(user, versions[static_cast<size_t>(user)]) && all;
    return all;
  }

private:
  static std::string key_name(int user, int version) {
    return "key-of-" + std::to_string(user) + "-" + std::to_string(version);
  }

  bool retire(uint32_t version) const {
    auto retired = rt_.admin().retire_master_key(version, "host").get();
    tell(retired ? "retired " + std::to_string(version)
                 : "not retired " + describe(retired.error()));
    return bool{retired};
  }

  static bool failed(int user, const failure& why) {
    tell("failed " + std::to_string(user) + " " + describe(why));
    return false;
  }

  const runtime& rt_;
  std::string url_;
  int users_;
};

// Which key each user should have: what the upstream learnt, on stdin.
std::vector<int> read_versions(int users) {
  std::vector<int> versions(static_cast<size_t>(users), 1);
  int user = 0;
  while (std::scanf("%d", &user) == 1)
    if (user >= 0 && user < users)
      versions[static_cast<size_t>(user)] = 2;
  return versions;
}

} // namespace

int main(int argc, char** argv) {
  if (argc < 5)
    return 2;
  const std::string what = argv[4];
  auto users = std::atoi(argv[3]);
  auto rt = runtime::start({.data_directory = argv[1], .loops = 2});
  if (!rt) {
    std::fprintf(stderr, "%s\n", describe(rt.error()).c_str());
    return 1;
  }
  host of{**rt, argv[2], users};
  tell("ready");
  arm();
  auto fine = what == "setup"    ? of.set_up()
              : what == "rotate" ? of.rotate_under_load()
                                 : of.check(read_versions(users));
  auto stopped = (*rt)->stop(std::chrono::seconds{30});
  tell("stopped");
  return fine && stopped && *stopped ? 0 : 5;
}
