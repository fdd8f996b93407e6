// SPDX-License-Identifier: Apache-2.0
#include "app/process/logging.hpp"

#include "app/owner/json.hpp"
#include "app/process/terminal.hpp"
#include "messages/calendar.hpp"

#include <spdlog/logger.h>
#include <spdlog/sinks/stdout_color_sinks.h>

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

} // namespace

log_fn make_log(log_level least, log_format format) {
  auto logger = std::make_shared<spdlog::logger>(
    "byollm", std::make_shared<spdlog::sinks::stderr_color_sink_mt>());
  logger->set_level(to_spdlog(least));
  logger->flush_on(spdlog::level::debug);
  logger->set_pattern(format == log_format::json ? "%v"
                                                 : "%H:%M:%S.%e %^%l%$ %v");
  return [logger, format](log_level level, std::string_view text,
                          const log_fields& fields) {
    if (!logger->should_log(to_spdlog(level)))
      return;
    // As an argument, never as the format: a text may hold braces.
    logger->log(to_spdlog(level), "{}",
                format == log_format::json ? json_line(level, text, fields)
                                           : human_line(text, fields));
  };
}

} // namespace byollm
