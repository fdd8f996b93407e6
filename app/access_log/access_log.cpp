// SPDX-License-Identifier: Apache-2.0
#include "app/access_log/access_log.hpp"

#include "app/access_log/access_line.hpp"
#include "messages/calendar.hpp"

namespace byollm {

expected<line_place> access_log::open(const access_options& how) {
  return how.file.empty() ? expected<line_place>{line_place{}}
                          : line_place::open(how.file);
}

void access_log::change(const access_options& how, line_place place) {
  auto is_on = place.is_open();
  if (is_on && !lines_)
    lines_.emplace(
      [](uint64_t lost) { return lost_lines(lost, unix_ms_now()); }, log_);
  if (lines_)
    lines_->use(std::move(place));
  names_users_ = how.names_users;
  is_on_ = is_on;
}

void access_log::write(const http::record& told) {
  if (is_on_.load(std::memory_order_acquire))
    lines_->write(access_line(told, unix_ms_now(), names_users_));
}

} // namespace byollm
