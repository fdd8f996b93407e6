// SPDX-License-Identifier: Apache-2.0
#include "app/store/anchor.hpp"

#include "app/vault/private_files.hpp"

#include <cerrno>
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

namespace byollm {

namespace {

// The newest anchor is at the end; a line has about 200 bytes.
constexpr off_t tail_bytes = 64 << 10;

class file_anchor final : public anchor {
public:
  explicit file_anchor(std::filesystem::path file) : file_(std::move(file)) {
    // nop
  }

  status write(std::string_view line) override {
    constexpr int flags = O_RDWR | O_APPEND | O_CLOEXEC | O_NOFOLLOW;
    bool is_new = false;
    unique_fd fd{::open(file_.c_str(), flags)};
    if (!fd && errno == ENOENT) {
      fd = unique_fd{::open(file_.c_str(), flags | O_CREAT, 0600)};
      is_new = true;
    }
    struct stat found = {};
    if (!fd || ::fstat(fd.get(), &found) != 0)
      return failed(errno);
    std::string text{line};
    text += '\n';
    // What an earlier write left half is nobody's anchor; ours needs a line of
    // its own.
    if (char last = '\n'; found.st_size > 0
                          && ::pread(fd.get(), &last, 1, found.st_size - 1) == 1
                          && last != '\n')
      text.insert(text.begin(), '\n');
    auto n = ::write(fd.get(), text.data(), text.size());
    if (n != static_cast<ssize_t>(text.size()))
      return failed(n < 0 ? errno : ENOSPC);
    if (::fsync(fd.get()) != 0)
      return failed(errno);
    return is_new ? sync_directory() : unit{};
  }

  expected<std::optional<checkpoint>>
  newest(std::span<const note_key> known) override {
    unique_fd fd{::open(file_.c_str(), O_RDONLY | O_CLOEXEC | O_NOFOLLOW)};
    if (!fd && errno == ENOENT)
      return std::optional<checkpoint>{};
    struct stat found = {};
    if (!fd || ::fstat(fd.get(), &found) != 0)
      return failed(errno);
    auto start = std::max<off_t>(0, found.st_size - tail_bytes);
    std::string text(static_cast<size_t>(found.st_size - start), '\0');
    auto n = ::pread(fd.get(), text.data(), text.size(), start);
    if (n < 0)
      return failed(errno);
    text.resize(static_cast<size_t>(n));
    std::optional<checkpoint> result;
    std::string_view rest{text};
    while (auto line = take_line(rest))
      if (auto read = open_anchor(*line, known);
          read && (!result || read->head.size >= result->head.size))
        result = std::move(read);
    return result;
  }

  std::string name() const override {
    return "file " + file_.string();
  }

private:
  failure failed(int error) const {
    return file_failure("cannot keep anchors in", file_, error,
                        "check the volume");
  }

  status sync_directory() const {
    auto parent = file_.parent_path();
    unique_fd fd{::open(parent.empty() ? "." : parent.c_str(),
                        O_RDONLY | O_DIRECTORY | O_CLOEXEC)};
    if (!fd || ::fsync(fd.get()) != 0)
      return failed(errno);
    return unit{};
  }

  std::filesystem::path file_;
};

} // namespace

std::unique_ptr<anchor> make_file_anchor(std::filesystem::path file) {
  return std::make_unique<file_anchor>(std::move(file));
}

} // namespace byollm
