// SPDX-License-Identifier: Apache-2.0
#include "app/access_log/line_writer.hpp"

#include "app/access_log/bounds.hpp"

#include <algorithm>

namespace byollm {

namespace {

uint64_t lines_in(std::string_view text) noexcept {
  return static_cast<uint64_t>(std::ranges::count(text, '\n'));
}

} // namespace

line_writer::line_writer(lost_line_fn lost_line, log_fn log)
    : lost_line_(std::move(lost_line)), log_(std::move(log)) {
  waiting_.emplace_back();
  thread_ = std::thread{[this] { run(); }};
}

line_writer::~line_writer() {
  {
    std::lock_guard guard{mutex_};
    is_over_ = true;
    over_at_ = clock::now();
    news_.notify_one();
  }
  thread_.join();
}

void line_writer::use(line_place place) {
  std::lock_guard guard{mutex_};
  waiting_.push_back({std::move(place), true, {}, 0});
  news_.notify_one();
}

void line_writer::write(std::string_view line) {
  std::lock_guard guard{mutex_};
  auto& last = waiting_.back();
  if (last.text.size() + line.size() >= limits::access_queue_bytes) {
    ++last.lost;
    return;
  }
  // The writer sleeps while there is nothing, or not much.
  auto before = last.text.size();
  last.text.append(line).push_back('\n');
  if (before == 0 || (before < limits::access_gather_bytes && has_much()))
    news_.notify_one();
}

bool line_writer::is_idle() {
  std::lock_guard guard{mutex_};
  return !is_writing_ && !has_news();
}

// -- the writer's thread ------------------------------------------------------

void line_writer::run() {
  for (;;) {
    auto parts = take();
    auto is_last = parts.empty();
    for (auto& next : parts)
      put(std::move(next));
    tell_losses(is_last);
    if (is_last)
      return put_last_losses();
  }
}

// Nothing, once all is over.
std::vector<line_writer::part> line_writer::take() {
  std::unique_lock guard{mutex_};
  is_writing_ = false;
  auto ready = [this] { return has_news() || is_over_; };
  if (untold_ == 0)
    news_.wait(guard, ready);
  else
    news_.wait_until(guard, told_at_ + limits::access_losses_told_every, ready);
  // A wake-up for each line would cost more than the line.
  if (has_news())
    news_.wait_for(guard, limits::access_gather_time,
                   [this] { return has_much() || is_over_; });
  std::vector<part> out;
  if (is_over_ && !has_news())
    return out;
  out.swap(waiting_);
  is_writing_ = true;
  waiting_.emplace_back();
  return out;
}

bool line_writer::has_news() const {
  const auto& first = waiting_.front();
  return waiting_.size() > 1 || !first.text.empty() || first.is_new_place;
}

bool line_writer::has_much() const {
  return waiting_.size() > 1
         || waiting_.back().text.size() >= limits::access_gather_bytes;
}

void line_writer::put(part next) {
  if (next.is_new_place) {
    place_ = std::move(next.place);
    is_torn_ = has_failed_ = false;
    missing_ = 0;
  }
  if (!place_.is_open())
    return;
  if (!next.text.empty())
    lose(put(next.text) ? 0 : lines_in(next.text));
  lose(next.lost);
}

// No line comes any more before which it would stand.
void line_writer::put_last_losses() {
  std::string nothing;
  if (place_.is_open() && missing_ > 0)
    put(nothing);
}

// Leaves in `text` what could not be written.
bool line_writer::put(std::string& text) {
  std::string before{is_torn_ ? "\n" : ""};
  if (missing_ > 0)
    before += lost_line_(missing_) + '\n';
  if (!put_all(before))
    return false;
  missing_ = 0;
  return put_all(text);
}

bool line_writer::put_all(std::string& text) {
  while (!text.empty()) {
    auto count = place_.write(text);
    if (count && *count == 0 && is_out_of_patience())
      count = failure{errc::unavailable, "it takes nothing"};
    if (!count) {
      if (!std::exchange(has_failed_, true) && log_)
        log_(log_level::error, "the access log cannot be written",
             {{"why", count.error().detail}});
      return false;
    }
    if (*count > 0)
      is_torn_ = text[*count - 1] != '\n';
    text.erase(0, *count);
  }
  has_failed_ = false;
  return true;
}

void line_writer::lose(uint64_t lines) noexcept {
  missing_ += lines;
  untold_ += lines;
}

void line_writer::tell_losses(bool is_last) {
  auto now = clock::now();
  auto is_time = told_at_ == clock::time_point{}
                 || now - told_at_ >= limits::access_losses_told_every;
  if (untold_ == 0 || (!is_time && !is_last))
    return;
  told_at_ = now;
  auto lost = std::exchange(untold_, 0);
  if (log_)
    log_(log_level::warning, "lines of the access log are lost",
         {{"lines", std::to_string(lost)}});
}

// At the end, a place that takes nothing must not keep the process.
bool line_writer::is_out_of_patience() {
  std::lock_guard guard{mutex_};
  return is_over_ && clock::now() - over_at_ > limits::access_end_patience;
}

} // namespace byollm
