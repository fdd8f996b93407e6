// SPDX-License-Identifier: Apache-2.0
#include "app/store/anchor.hpp"

#include "app/vault/private_files.hpp"

#include <algorithm>
#include <cerrno>
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

namespace byollm {

namespace {

// A line has about 200 bytes; what is longer than a block is no anchor.
constexpr off_t block_bytes = 64 << 10;

std::optional<checkpoint> newest_in(std::string_view lines,
                                    std::span<const note_key> known) {
  std::optional<checkpoint> result;
  while (auto line = take_line(lines))
    if (auto read = open_anchor(*line, known);
        read && (!result || read->head.size >= result->head.size))
      result = std::move(read);
  return result;
}

/// Reads a file from its end, in blocks of whole lines.
class lines_from_end {
public:
  lines_from_end(int fd, off_t size) : fd_(fd), at_(size) {
    // nop
  }

  bool is_over() const noexcept {
    return at_ == 0;
  }

  /// Returns the lines of the next block; they live until the next call. The
  /// last one of a file has no newline if it was torn. Errors: `errno`'s.
  std::optional<std::string_view> next() {
    auto start = std::max<off_t>(0, at_ - block_bytes);
    std::string block(static_cast<size_t>(at_ - start), '\0');
    auto n = ::pread(fd_, block.data(), block.size(), start);
    if (n != static_cast<ssize_t>(block.size())) {
      errno = n < 0 ? errno : EIO;
      return std::nullopt;
    }
    at_ = start;
    text_ = block.append(begun_);
    std::string_view lines{text_};
    // The first may begin in the block before.
    auto first
      = is_over() ? 0 : std::min(lines.find('\n'), lines.size() - 1) + 1;
    begun_ = lines.substr(0, std::min<size_t>(first, block_bytes));
    return lines.substr(first);
  }

private:
  int fd_;
  off_t at_;
  std::string text_;
  /// A line whose beginning is not read yet.
  std::string begun_;
};

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
    // Who else writes there must not hide it.
    lines_from_end file{fd.get(), found.st_size};
    while (!file.is_over()) {
      auto lines = file.next();
      if (!lines)
        return failed(errno);
      if (auto result = newest_in(*lines, known))
        return result;
    }
    return std::optional<checkpoint>{};
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
