// SPDX-License-Identifier: Apache-2.0
#include "app/process/logging.hpp"

#include "app/owner/json.hpp"
#include "app/process/stderr_sink.hpp"
#include "app/process/terminal.hpp"
#include "messages/calendar.hpp"

#include <spdlog/logger.h>

#include <atomic>

namespace byollm {

namespace {

spdlog::level::level_enum to_spdlog(log_level level) noexcept {
  switch (level) {
  case log_level::debug:
    return spdlog::level::debug;
  case log_level::info:
    return spdlog::level::info;
  case log_level::warning:
    return spdlog::level::warn;
  case log_level::error:
    break;
  }
  return spdlog::level::err;
}

std::string_view name_of(log_level level) noexcept {
  switch (level) {
  case log_level::debug:
    return "debug";
  case log_level::info:
    return "info";
  case log_level::warning:
    return "warning";
  case log_level::error:
    break;
  }
  return "error";
}

std::string json_line(log_level level, std::string_view text,
                      const log_fields& fields) {
  return owner::json_text([&](owner::json_writer& to) {
    to.StartObject();
    owner::put(to, "unix_ms");
    to.Int64(unix_ms_now());
    owner::put(to, "level", name_of(level));
    owner::put(to, "text", text);
    for (const auto& [key, value] : fields)
      owner::put(to, key, value);
    to.EndObject();
  });
}

std::string human_line(std::string_view text, const log_fields& fields) {
  std::string out{text};
  for (const auto& [key, value] : fields)
    out.append(" ").append(key).append("=").append(value);
  // One line stays one line, whatever a value holds.
  out = printable(out);
  for (auto& c : out)
    if (c == '\n')
      c = ' ';
  return out;
}

using lost_line_fn = std::function<std::string(uint64_t lost)>;

std::shared_ptr<spdlog::logger> make_logger(const char* pattern,
                                            lost_line_fn lost_line) {
  auto made = std::make_shared<spdlog::logger>(
    "byollm", make_stderr_sink(std::move(lost_line)));
  // Whose level matters is told before.
  made->set_level(spdlog::level::trace);
  made->flush_on(spdlog::level::trace);
  made->set_pattern(pattern);
  return made;
}

} // namespace

struct live_log::state {
  // A logger for each form: a line has the form that it began with.
  std::shared_ptr<spdlog::logger> human;
  std::shared_ptr<spdlog::logger> json;
  std::atomic<log_level> least;
  std::atomic<log_format> format;
};

live_log::live_log(log_level least, log_format format)
    : state_(std::make_shared<state>()) {
  constexpr auto lost = "lines of this log are lost";
  state_->human = make_logger("%H:%M:%S.%e %^%l%$ %v", [](uint64_t lines) {
    return std::to_string(lines) + ' ' + lost;
  });
  state_->json = make_logger("%v", [](uint64_t lines) {
    return json_line(log_level::warning, lost,
                     {{"lines", std::to_string(lines)}});
  });
  change(least, format);
}

void live_log::change(log_level least, log_format format) {
  state_->least = least;
  state_->format = format;
}

log_fn live_log::writer() const {
  return [to = state_](log_level level, std::string_view text,
                       const log_fields& fields) {
    if (level < to->least.load(std::memory_order_relaxed))
      return;
    // As an argument, never as the format: a text may hold braces.
    if (to->format == log_format::json)
      to->json->log(to_spdlog(level), "{}", json_line(level, text, fields));
    else
      to->human->log(to_spdlog(level), "{}", human_line(text, fields));
  };
}

log_fn make_log(log_level least, log_format format) {
  return live_log{least, format}.writer();
}

} // namespace byollm
