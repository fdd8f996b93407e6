// SPDX-License-Identifier: Apache-2.0
#include "app/daemon/credentials.hpp"

#include "app/vault/wiped_bytes.hpp"

#include <cerrno>
#include <cstdlib>

#include <fcntl.h>
#include <unistd.h>

namespace byollm::daemon {

namespace {

constexpr auto name = "byollm.master_key";
constexpr size_t bytes_max = 64u << 10;

failure bad() {
  return {errc::invalid_config, "the credential cannot be read", name};
}

// As much as there is, in memory that is wiped, with an end.
expected<wiped_bytes> read_all(int from) {
  wiped_bytes out(bytes_max);
  size_t size = 0;
  for (;;) {
    auto count = ::read(from, out.data() + size, out.size() - size);
    if (count < 0 && errno == EINTR)
      continue;
    if (count < 0 || size == out.size())
      return bad();
    if (count == 0)
      break;
    size += static_cast<size_t>(count);
  }
  while (size > 0 && (out[size - 1] == '\n' || out[size - 1] == '\r'))
    --size;
  out.resize(size);
  out.push_back('\0');
  return out;
}

} // namespace

status take_master_keys(const std::string& variable) {
  auto folder = std::getenv("CREDENTIALS_DIRECTORY");
  if (!folder || std::getenv(variable.c_str()))
    return unit{};
  auto path = std::string{folder} + '/' + name;
  auto file = ::open(path.c_str(), O_RDONLY | O_CLOEXEC);
  if (file < 0)
    return errno == ENOENT ? status{unit{}} : status{bad()};
  auto text = read_all(file);
  ::close(file);
  if (!text)
    return text.error();
  if (::setenv(variable.c_str(), text->data(), 0) != 0)
    return bad();
  return unit{};
}

} // namespace byollm::daemon
