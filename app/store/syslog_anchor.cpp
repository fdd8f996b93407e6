// SPDX-License-Identifier: Apache-2.0
#include "app/store/anchor.hpp"

#include "app/vault/private_files.hpp"

#include <cerrno>
#include <sys/socket.h>
#include <sys/un.h>

namespace byollm {

namespace {

constexpr int notice = 5;

class syslog_anchor final : public anchor {
public:
  syslog_anchor(syslog_facility facility, std::filesystem::path socket)
      : facility_(facility), socket_(std::move(socket)) {
    // nop
  }

  // <facility * 8 + severity>tag: text; the daemon adds the time.
  status write(std::string_view line) override {
    sockaddr_un to = {};
    to.sun_family = AF_UNIX;
    auto path = socket_.string();
    if (path.size() >= sizeof(to.sun_path))
      return failed(ENAMETOOLONG);
    path.copy(to.sun_path, path.size());
    unique_fd fd{::socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0)};
    auto* address = reinterpret_cast<const sockaddr*>(&to);
    if (!fd || ::connect(fd.get(), address, sizeof(to)) != 0)
      return failed(errno);
    auto priority = static_cast<int>(facility_) * 8 + notice;
    auto text = "<" + std::to_string(priority) + ">byollm: ";
    text += line;
    // A daemon that does not read must not hold us: the line is kept.
    if (::send(fd.get(), text.data(), text.size(), MSG_DONTWAIT | MSG_NOSIGNAL)
        < 0)
      return failed(errno);
    return unit{};
  }

  expected<std::optional<checkpoint>>
  newest(std::span<const note_key>) override {
    return std::optional<checkpoint>{};
  }

  std::string name() const override {
    return "syslog";
  }

private:
  failure failed(int error) const {
    return file_failure("cannot send anchors to", socket_, error,
                        "check that a system log runs");
  }

  syslog_facility facility_;
  std::filesystem::path socket_;
};

} // namespace

std::unique_ptr<anchor> make_syslog_anchor(syslog_facility facility,
                                           std::filesystem::path socket) {
  return std::make_unique<syslog_anchor>(facility, std::move(socket));
}

} // namespace byollm
