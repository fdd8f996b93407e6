// SPDX-License-Identifier: Apache-2.0
#include "app/process/stderr_sink.hpp"

#include "app/access_log/line_writer.hpp"

#include <spdlog/sinks/base_sink.h>
#include <spdlog/sinks/stdout_color_sinks.h>

#include <mutex>
#include <optional>
#include <unistd.h>

namespace byollm {

namespace {

class stderr_sink final : public spdlog::sinks::base_sink<std::mutex> {
public:
  explicit stderr_sink(line_writer::lost_line_fn lost_line)
      : lost_line_(std::move(lost_line)), place_(line_place::of_stderr()) {
    // nop
  }

protected:
  void sink_it_(const spdlog::details::log_msg& message) override {
    if (!place_.is_open())
      return;
    spdlog::memory_buf_t text;
    formatter_->format(message, text);
    std::string_view line{text.data(), text.size()};
    // Behind those that wait, if there are any.
    if ((!later_ || later_->is_idle()) && place_.write_at_once(line))
      return;
    if (!later_) {
      later_.emplace(lost_line_, log_fn{});
      later_->use(line_place::of_stderr());
    }
    later_->write(line.substr(0, line.size() - 1));
  }

  void flush_() override {
    // nop
  }

private:
  line_writer::lost_line_fn lost_line_;
  line_place place_;
  /// Made when it is first needed.
  std::optional<line_writer> later_;
};

} // namespace

std::shared_ptr<spdlog::sinks::sink>
make_stderr_sink(std::function<std::string(uint64_t lost)> lost_line) {
  if (::isatty(STDERR_FILENO) == 1)
    return std::make_shared<spdlog::sinks::stderr_color_sink_mt>();
  return std::make_shared<stderr_sink>(std::move(lost_line));
}

} // namespace byollm
