// SPDX-License-Identifier: Apache-2.0
// A host that uses a key over TLS many times and then stays idle, for another
// process to look into its memory.
//   memory_host DIRECTORY URL CA_FILE CALLS [plant]
// Reads the key's line from stdin into memory that it wipes, tells "idle" once
// the calls are done, and ends when stdin does. With `plant` it keeps a copy of
// the key, to prove that the look finds one.
#include "app/byollm.hpp"

#include <atomic>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <string>
#include <thread>
#include <unistd.h>
#include <vector>

#include <openssl/crypto.h>

namespace {

using namespace byollm;

constexpr size_t key_bytes_max = 256;
constexpr int callers = 4;

// Stands still, so that one wipe is all it takes.
char key_line[key_bytes_max];
char planted[key_bytes_max];

size_t read_key() {
  size_t size = 0;
  while (size < key_bytes_max && ::read(0, key_line + size, 1) == 1
         && key_line[size] != '\n')
    ++size;
  return size;
}

bool configure(const runtime& rt, const std::string& url, size_t size) {
  auto admin = rt.admin();
  if (!admin.allow_origin("acme", url, true, "host").get())
    return false;
  llm_settings llm{.provider = "openai", .model = "m", .base_url = url};
  llm.key.emplace(key_line, size);
  OPENSSL_cleanse(key_line, sizeof key_line);
  return bool{admin.set_user_llm("acme", "ada", std::move(llm), "ada").get()};
}

bool take_turns(const runtime& rt, std::atomic<int>& left) {
  while (left-- > 0) {
    turn_request turn;
    turn.tenant = "acme";
    turn.user = "ada";
    turn.extension = "notes";
    auto opened = rt.open_turn(turn).get();
    if (!opened)
      return false;
    create_message_request request;
    request.messages = {{role::user, {text_block{"Hello"}}}};
    auto reply = opened->llm().create_message(std::move(request)).get();
    if (!reply) {
      std::fprintf(stderr, "%s\n", describe(reply.error()).c_str());
      return false;
    }
  }
  return true;
}

} // namespace

int main(int argc, char** argv) {
  if (argc < 5)
    return 2;
  auto size = read_key();
  if (argc > 5)
    std::memcpy(planted, key_line, size);
  auto rt = runtime::start(
    {.data_directory = argv[1], .loops = 2, .ca_pem_file = argv[3]});
  if (!rt || !configure(**rt, argv[2], size))
    return 3;
  std::atomic<int> left{std::atoi(argv[4])};
  std::atomic<bool> fine{true};
  std::vector<std::thread> threads;
  for (int i = 0; i < callers; ++i)
    threads.emplace_back([&] {
      if (!take_turns(**rt, left))
        fine = false;
    });
  for (auto& each : threads)
    each.join();
  std::puts(fine ? "idle" : "failed");
  std::fflush(stdout);
  char end = 0;
  while (::read(0, &end, 1) > 0)
    ;
  // So that no compiler leaves it out.
  return planted[0] == '\0' || argc > 5 ? 0 : 4;
}
